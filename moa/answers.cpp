#include "moa/answers.hpp"

#include "moa/text.hpp"

#include <algorithm>

namespace grapevine::moa {

namespace {

/// Who is meant by a verdict on the whole answer.
Result<Scores> attribute(const Provenance& provenance, double overall) {
  if (provenance.merge == Merge::synthesized || provenance.merge == Merge::joined)
    return fail(Code::conflict, "the answer was merged from several; say which device was how good");
  Scores scores;
  for (const auto& voice : provenance.voices)
    if (voice.used) scores[voice.node] = overall;
  return scores;
}

/// Whether a proposal that became the answer was found to be as good as can be.
bool is_right(const Provenance& provenance, const Scores& scores) {
  constexpr double right = 0.9;
  return std::any_of(provenance.voices.begin(), provenance.voices.end(), [&](const Voice& voice) {
    const auto score = scores.find(voice.node);
    return voice.used && score != scores.end() && score->second >= right;
  });
}

}  // namespace

void Answers::add(Provenance provenance, const std::vector<Spoken>& proposals, Canary answered) {
  Given given{.provenance = std::move(provenance), .voices = {}, .traits = {}, .canary = {}};
  if (Canaries::can_keep(answered)) given.canary = std::move(answered);
  std::vector<Heard> answers;
  for (const auto& spoken : proposals) {
    if (spoken.evidence || is_blank(spoken.text)) continue;
    given.voices.push_back(spoken.node);
    answers.push_back({spoken.text, spoken.weight});
  }
  given.traits = traits_of(answers);
  given_.push_back(std::move(given));
  if (given_.size() > most_) given_.pop_front();
}

Result<std::vector<NodeId>> Answers::judge(const std::optional<QueryId>& query, Scores scores,
                                           std::optional<double> overall) {
  const auto at = place(query);
  if (!at) return fail(Code::unknown, "no answer with this id is remembered here");
  Given& given = given_[*at];
  if (given.is_judged) return fail(Code::conflict, "this answer has been judged before");
  if (scores.empty() && overall) {
    auto attributed = attribute(given.provenance, *overall);
    if (!attributed) return tl::unexpected(attributed.error());
    scores = std::move(*attributed);
  }
  std::vector<std::optional<double>> verdicts(given.voices.size());
  std::vector<NodeId> judged;
  for (const auto& [node, score] : scores) {
    const auto voice = std::find(given.voices.begin(), given.voices.end(), node);
    if (voice == given.voices.end())
      return fail(Code::unknown,
                  "a device that is judged said nothing of its own there; quoted passages are not judged");
    if (!(score >= 0 && score <= 1)) return fail(Code::malformed, "a score lies between 0 and 1");
    verdicts[static_cast<std::size_t>(voice - given.voices.begin())] = score;
    judged.push_back(node);
  }
  if (judged.empty()) return fail(Code::malformed, "a verdict needs a score");
  taste_.learn(given.voices, given.traits, verdicts);
  given.is_judged = true;
  if (given.canary && is_right(given.provenance, scores)) canaries_.keep(std::move(*given.canary));
  given.canary.reset();
  return judged;
}

const Provenance* Answers::find(const std::optional<QueryId>& query) const {
  const auto at = place(query);
  return at ? &given_[*at].provenance : nullptr;
}

std::optional<std::size_t> Answers::place(const std::optional<QueryId>& query) const {
  for (std::size_t i = given_.size(); i-- > 0;)
    if (!query || given_[i].provenance.query == *query) return i;
  return std::nullopt;
}

}  // namespace grapevine::moa
