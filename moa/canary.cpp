#include "moa/canary.hpp"

#include "moa/text.hpp"

#include <algorithm>
#include <iterator>

namespace grapevine::moa {

namespace {

constexpr std::string_view openings[] = {"", "Hello! ", "Please tell me: ", "A question: ", "Another one: "};
constexpr std::string_view closings[] = {"", " Thank you.", " Please be brief.", " Thanks!"};
constexpr std::uint64_t canary_tickets_most = 12;  // of one layer: eight calls, half as many spare tickets

/// A hash, so that who sees an id learns nothing of the generator behind it.
QueryId draw_query(Random& random) {
  Fixed<16> drawn;
  for (std::size_t i = 0; i < drawn.size(); ++i)
    drawn.bytes[i] = static_cast<std::uint8_t>(random.below(256));
  return QueryId{hash<16>(purpose::query, {drawn.view()})};
}

/// Never the same words again: of all openings and closings but none at all.
std::string rephrased(std::string_view text, Random& random) {
  const std::uint64_t which = 1 + random.below(std::size(openings) * std::size(closings) - 1);
  const auto opening = openings[which / std::size(closings)];
  return std::string(opening) + std::string(text) + std::string(closings[which % std::size(closings)]);
}

bool has_all(const std::vector<std::string>& all, const std::vector<std::string>& some) {
  return std::all_of(some.begin(), some.end(), [&](const std::string& word) {
    return std::find(all.begin(), all.end(), word) != all.end();
  });
}

}  // namespace

bool Canaries::can_keep(const Canary& canary) {
  const Ask& ask = canary.ask;
  const bool is_question = !ask.turns.empty() && ask.turns.back().speaker == Speaker::user;
  const bool is_for_one = ask.only || ask.scope == Scope::local;
  return is_question && !is_for_one && bytes_of(ask.turns) <= prompt_bytes_max && is_short(canary.answer) &&
         !normalised(canary.answer).empty();
}

void Canaries::keep(Canary canary) {
  kept_.push_back(std::move(canary));
  if (kept_.size() > kept_max) kept_.pop_front();
}

void Canaries::ticket_sent(const std::optional<std::string>& known_answer) {
  ++tickets_;
  if (known_answer) ++canary_tickets_;
}

bool Canaries::is_due() const {
  return !kept_.empty() &&
         tickets_each * (canary_tickets_ + canary_tickets_most) <= tickets_ + canary_tickets_most;
}

Canary Canaries::draw(Random& random) const {
  ensure(!kept_.empty(), "a canary is drawn from those there are");
  Canary canary = kept_[random.below(kept_.size())];
  canary.ask.id = draw_query(random);
  auto& question = canary.ask.turns.back().text;
  question.assign(rephrased(question, random));
  return canary;
}

bool gives(std::string_view answer, std::string_view known) {
  const auto said = words(answer);
  const auto right = words(known);
  return !said.empty() && (has_all(said, right) || has_all(right, said));
}

}  // namespace grapevine::moa
