#include "moa/choose.hpp"

#include "moa/evidence.hpp"
#include "moa/text.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace grapevine::moa {

namespace {

constexpr std::size_t short_chars_max = 64;
constexpr double sourced_coverage =
    0.5;  // quoted passages that cover half of the question beat unsourced opinion

using Indices = std::vector<std::size_t>;

Choice vote(const std::vector<Spoken>& spoken, const Indices& among) {
  Indices best;
  for (const auto candidate : among) {
    Indices group;
    for (const auto other : among) {
      if (normalised(spoken[other].text) == normalised(spoken[candidate].text)) group.push_back(other);
    }
    if (group.size() > best.size()) best = group;
  }
  return {.text = spoken[best.front()].text,
          .used = best,
          .merge = best.size() > 1 ? Merge::consensus : Merge::chosen,
          .shortfall = {}};
}

using Weights = std::map<std::string, double>;  // ordered: sums must not depend on hashing

std::vector<Weights> weigh_words(const std::vector<Spoken>& spoken, const Indices& among) {
  std::vector<Weights> texts;
  Weights texts_with;
  for (const auto i : among) {
    Weights counts;
    for (auto& word : words(spoken[i].text)) counts[std::move(word)] += 1;
    for (const auto& [word, count] : counts) texts_with[word] += 1;
    texts.push_back(std::move(counts));
  }
  for (auto& text : texts) {
    for (auto& [word, weight] : text) {
      weight = (1 + std::log(weight)) * std::log(1 + static_cast<double>(texts.size()) / texts_with.at(word));
    }
  }
  return texts;
}

double product(const Weights& a, const Weights& b) {
  double sum = 0;
  for (const auto& [word, weight] : a) {
    if (const auto found = b.find(word); found != b.end()) sum += weight * found->second;
  }
  return sum;
}

double cosine(const Weights& a, const Weights& b) {
  const double lengths = std::sqrt(product(a, a) * product(b, b));
  return lengths > 0 ? product(a, b) / lengths : 0;
}

Choice compare(const std::vector<Spoken>& spoken, const Indices& among) {
  const auto texts = weigh_words(spoken, among);
  std::size_t best = 0;
  double best_sum = -1;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < texts.size(); ++j) {
      if (j != i) sum += cosine(texts[i], texts[j]);
    }
    if (sum > best_sum + 1e-12) {  // a tie stays with the first
      best = i;
      best_sum = sum;
    }
  }
  return {.text = spoken[among[best]].text,
          .used = {among[best]},
          // Two are equally near to each other: that is no agreement of several.
          .merge = among.size() > 2 ? Merge::consensus : Merge::chosen,
          .shortfall = {}};
}

Choice agree(const std::vector<Spoken>& spoken, const Indices& opinions) {
  Indices brief;
  for (const auto i : opinions) {
    if (normalised(spoken[i].text).size() <= short_chars_max) brief.push_back(i);
  }
  return 2 * brief.size() >= opinions.size() ? vote(spoken, brief) : compare(spoken, opinions);
}

}  // namespace

Choice choose(std::string_view question, const std::vector<Spoken>& spoken) {
  const std::string asked = normalised(question);
  Indices opinions;
  for (std::size_t i = 0; i < spoken.size(); ++i) {
    const bool is_opinion =
        !spoken[i].evidence && !is_blank(spoken[i].text) && normalised(spoken[i].text) != asked;
    if (is_opinion) opinions.push_back(i);
  }
  auto joined = join(question, spoken);
  if (joined && (opinions.empty() || joined->coverage >= sourced_coverage)) {
    const Merge merge = joined->used.size() > 1 ? Merge::joined : Merge::chosen;
    return {
        .text = std::move(joined->text), .used = std::move(joined->used), .merge = merge, .shortfall = {}};
  }
  if (!opinions.empty()) return agree(spoken, opinions);
  return {.text = "I do not know.",
          .used = {},
          .merge = Merge::chosen,
          .shortfall = "nobody who was asked knows"};
}

}  // namespace grapevine::moa
