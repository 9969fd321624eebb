#include "moa/evidence.hpp"

#include "moa/sentences.hpp"
#include "moa/text.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace grapevine::moa {

namespace {

constexpr double coverage_min = 0.3;   // of the query's weight: less is no answer
constexpr double joined_share = 0.25;  // of what is not covered yet, for one more passage
constexpr double joined_gain = 0.1;    // and of all: the last missing word is not worth a page
constexpr std::size_t passages_max = 3;
constexpr std::size_t sentences_max = 3;

struct Term {
  std::string stem;
  double weight = 0;  // inverse document frequency over all devices
};

/// Everything that is known about the question, over all devices.
struct Statistics {
  std::vector<Term> terms;
  double weight = 0;       // of all terms
  double length_mean = 1;  // of a passage, in words
};

struct Passage {
  const Citation* citation = nullptr;
  std::size_t from = 0;        // the proposal
  std::vector<double> counts;  // of each term
  double score = 0;
};

/// Whether a word belongs to an index's English stem. We do not stem: the two agree but for a last letter of
/// the stem ("happi", "happy") and an ending of the word.
bool has_stem(std::string_view word, std::string_view stem) {
  const auto differs = std::mismatch(word.begin(), word.end(), stem.begin(), stem.end()).first;
  const auto alike = static_cast<std::size_t>(differs - word.begin());
  if (alike == word.size() && alike == stem.size()) return true;
  if (alike < 3 || alike + 1 < stem.size()) return false;
  const std::string_view ending = word.substr(alike);
  if (stem.size() >= 5) return ending.size() <= 5;
  constexpr std::string_view endings[] = {"",   "s",   "es", "d", "ed",  "ing", "e",
                                          "er", "ers", "ly", "y", "ies", "ied"};
  if (std::find(std::begin(endings), std::end(endings), ending) != std::end(endings)) return true;
  // "running" has the stem "run": the last letter doubled.
  return ending.size() > 2 && ending.front() == stem.back() &&
         std::find(std::begin(endings), std::end(endings), ending.substr(1)) != std::end(endings);
}

bool any_has_stem(const std::vector<std::string>& words, std::string_view stem) {
  return std::any_of(words.begin(), words.end(), [&](const auto& word) { return has_stem(word, stem); });
}

Statistics add_up(std::string_view question, const std::vector<Spoken>& spoken) {
  const auto asked = words(question);
  std::map<std::string, double> passages_with;
  double passages = 0;
  double length = 0;
  for (const auto& one : spoken) {
    if (!one.evidence) continue;
    passages += one.evidence->passages;
    length += static_cast<double>(one.evidence->passages) * one.evidence->passage_length_mean;
    for (const auto& term : one.evidence->terms) {
      // A device may not add words to the question.
      if (any_has_stem(asked, term.term)) passages_with[term.term] += term.documents;
    }
  }
  Statistics sums{
      .terms = {}, .weight = 0, .length_mean = passages > 0 ? std::max(1.0, length / passages) : 1};
  for (const auto& [stem, with] : passages_with) {
    // Unheard of: as rare as can be, not rarer.
    const double n = std::clamp(with, 1.0, std::max(1.0, passages));
    sums.terms.push_back({stem, std::log(1 + (passages - n + 0.5) / (n + 0.5))});
    sums.weight += sums.terms.back().weight;
  }
  return sums;
}

/// BM25 with the customary constants.
double score(const std::vector<double>& counts, double length, const Statistics& sums) {
  constexpr double k1 = 1.2;
  constexpr double b = 0.75;
  double sum = 0;
  for (std::size_t t = 0; t < counts.size(); ++t) {
    sum += sums.terms[t].weight * counts[t] * (k1 + 1) /
           (counts[t] + k1 * (1 - b + b * length / sums.length_mean));
  }
  return sum;
}

std::vector<double> count(std::string_view text, const Statistics& sums) {
  std::vector<double> counts(sums.terms.size(), 0.0);
  for (const auto& word : words(text)) {
    for (std::size_t t = 0; t < counts.size(); ++t) {
      if (has_stem(word, sums.terms[t].stem)) counts[t] += 1;
    }
  }
  return counts;
}

std::vector<Passage> rank(const std::vector<Spoken>& spoken, const Statistics& sums) {
  std::vector<Passage> ranked;
  for (std::size_t i = 0; i < spoken.size(); ++i) {
    if (!spoken[i].evidence) continue;
    for (const auto& citation : spoken[i].evidence->citations) {
      // The title belongs to the passage: it often holds the one word the paragraph leaves out.
      Passage passage{
          .citation = &citation, .from = i, .counts = count(citation.title + " " + citation.passage, sums)};
      passage.score = score(passage.counts, static_cast<double>(words(citation.passage).size()), sums);
      if (passage.score > 0) ranked.push_back(std::move(passage));
    }
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  return ranked;
}

/// What the passage adds to the terms that are covered already.
double gain(const Passage& passage, const std::vector<bool>& covered, const Statistics& sums) {
  double sum = 0;
  for (std::size_t t = 0; t < covered.size(); ++t) {
    if (passage.counts[t] > 0 && !covered[t]) sum += sums.terms[t].weight;
  }
  return sum;
}

/// The one to three sentences with the most weight among the terms that are wanted, in the order of the text.
std::string extract(std::string_view text, const std::vector<bool>& covered, const Statistics& sums) {
  struct Sentence {
    std::size_t place = 0;
    double weight = 0;
  };
  const auto all = sentences_of(text);
  std::vector<Sentence> best;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Passage alone{.citation = nullptr, .from = 0, .counts = count(all[i], sums)};
    best.push_back({i, gain(alone, covered, sums)});
  }
  std::stable_sort(best.begin(), best.end(),
                   [](const auto& a, const auto& b) { return a.weight > b.weight; });
  const double enough = best.empty() ? 0 : best.front().weight / 2;
  std::erase_if(best, [&](const auto& sentence) { return sentence.weight < enough; });
  best.resize(std::min(best.size(), sentences_max));
  std::sort(best.begin(), best.end(), [](const auto& a, const auto& b) { return a.place < b.place; });
  std::string out;
  for (const auto& sentence : best) out += (out.empty() ? "" : " ") + std::string(all[sentence.place]);
  return out;
}

std::string marked(std::size_t number) {
  return "[" + std::to_string(number) + "]";
}

/// One entry of the list of sources: where the passage stands, and the passage unless it has been said in
/// full.
std::string source_of(const Citation& citation, const Spoken& by, std::size_t number, std::string_view said) {
  const std::string text = clean(citation.passage);
  std::string entry =
      "\n\n" + marked(number) + " " + clean(citation.title.empty() ? citation.document : citation.title);
  entry += ", on " + clean(by.device);
  if (said != text) entry += ":\n" + text;
  return entry;
}

}  // namespace

std::optional<Joined> join(std::string_view question, const std::vector<Spoken>& spoken) {
  const Statistics sums = add_up(question, spoken);
  const auto ranked = rank(spoken, sums);
  Joined made;
  std::string sources;
  std::vector<bool> covered(sums.terms.size(), false);
  double covered_weight = 0;
  while (made.used.size() < passages_max) {
    const Passage* next = nullptr;
    double next_gain = 0;
    for (const auto& passage : ranked) {
      if (std::find(made.used.begin(), made.used.end(), passage.from) != made.used.end()) continue;
      const double brings = gain(passage, covered, sums);
      const bool is_worth_it =
          brings >= joined_share * (sums.weight - covered_weight) && brings >= joined_gain * sums.weight;
      if (made.used.empty() ? next == nullptr : is_worth_it && brings > next_gain) {
        next = &passage;
        next_gain = brings;
      }
    }
    if (next == nullptr) break;
    const std::string said = extract(clean(next->citation->passage), covered, sums);
    const std::size_t number = made.used.size() + 1;
    made.text += (made.text.empty() ? "" : "\n\n") + said + " " + marked(number);
    sources += source_of(*next->citation, spoken[next->from], number, said);
    for (std::size_t t = 0; t < covered.size(); ++t) covered[t] = covered[t] || next->counts[t] > 0;
    covered_weight += next_gain;
    made.used.push_back(next->from);
  }
  if (sums.weight <= 0 || covered_weight < coverage_min * sums.weight) return std::nullopt;
  made.coverage = covered_weight / sums.weight;
  made.text += sources;
  return made;
}

std::string with_source(const Spoken& spoken) {
  if (!spoken.evidence || spoken.evidence->citations.empty()) return spoken.text;
  return spoken.text + " " + marked(1) +
         source_of(spoken.evidence->citations.front(), spoken, 1, spoken.text);
}

}  // namespace grapevine::moa
