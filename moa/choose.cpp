#include "moa/choose.hpp"

#include "moa/evidence.hpp"
#include "moa/text.hpp"

#include <algorithm>

namespace grapevine::moa {

namespace {

// Quoted passages that cover half of the question beat unsourced opinion.
constexpr double sourced_coverage = 0.5;

using Indices = std::vector<std::size_t>;

// What another answer must look better by, in verdicts, while one of the two devices is hardly known. On
// AlpacaEval without verdicts every owner then gets at least what the own device alone would say.
constexpr double margin_unknown = 0.06;

/// The lead that makes up for all that is not known of a voice: what the margin is to a voice of weight one,
/// it is many times over to a light one, and thirty verdicts are worth one margin.
double lead_needed(const Spoken& spoken, bool are_known) {
  return margin_unknown / std::max(spoken.weight, 1e-9) - (are_known ? margin_unknown : 0);
}

Choice vote(const std::vector<Spoken>& spoken, const Indices& among) {
  Indices best;
  double best_weight = -1;
  for (const auto candidate : among) {
    Indices group;
    double weight = 0;
    for (const auto other : among) {
      if (normalised(spoken[other].text) != normalised(spoken[candidate].text)) continue;
      group.push_back(other);
      weight += spoken[other].weight;
    }
    if (weight > best_weight) {
      best = group;
      best_weight = weight;
    }
  }
  return {.text = spoken[best.front()].text,
          .used = best,
          .merge = best.size() > 1 ? Merge::consensus : Merge::chosen,
          .shortfall = {}};
}

Choice prefer(const std::vector<Spoken>& spoken, const Indices& among, const Taste& taste) {
  std::vector<NodeId> voices;
  std::vector<Heard> answers;
  for (const auto i : among) {
    voices.push_back(spoken[i].node);
    answers.push_back({spoken[i].text, spoken[i].weight});
  }
  const auto traits = traits_of(answers);
  const auto scores = taste.scores(voices, traits);
  constexpr std::size_t own = 0;
  std::size_t chosen = own;
  double most = 0;
  for (std::size_t i = 1; i < among.size(); ++i) {
    const bool are_known = taste.knows(voices[own]) && taste.knows(voices[i]);
    const double lead = scores[i] - scores[own] - lead_needed(spoken[among[i]], are_known);
    if (lead <= most) continue;
    chosen = i;
    most = lead;
  }
  // Two are equally near to each other: that is no agreement of several.
  const bool is_nearest =
      among.size() > 2 && std::all_of(traits.begin(), traits.end(), [&](const Traits& one) {
        return agreement_of(one) <= agreement_of(traits[chosen]);
      });
  return {.text = spoken[among[chosen]].text,
          .used = {among[chosen]},
          .merge = is_nearest ? Merge::consensus : Merge::chosen,
          .shortfall = {}};
}

Choice agree(const std::vector<Spoken>& spoken, const Indices& opinions, const Taste& taste) {
  const bool are_short =
      std::all_of(opinions.begin(), opinions.end(), [&](std::size_t i) { return is_short(spoken[i].text); });
  return are_short ? vote(spoken, opinions) : prefer(spoken, opinions, taste);
}

}  // namespace

Choice choose(std::string_view question, const std::vector<Spoken>& spoken, const Taste& taste) {
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
  if (!opinions.empty()) return agree(spoken, opinions, taste);
  return {.text = "I do not know.",
          .used = {},
          .merge = Merge::chosen,
          .shortfall = "nobody who was asked knows"};
}

}  // namespace grapevine::moa
