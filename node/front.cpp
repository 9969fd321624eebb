#include "node/front.hpp"

namespace grapevine::node {

namespace {

moa::Refused refusal(std::string_view why) {
  return {.reason = moa::Refused::Reason::overloaded, .wait = 1s, .text = std::string(why)};
}

}  // namespace

Asking Front::ask(moa::Ask ask) {
  return {*this, std::move(ask)};
}

Asking::Asking(Front& front, moa::Ask ask)
    : front_(&front), query_(ask.id), replies_(std::make_unique<Inbox<Said>>(replies_max)) {
  const auto asked = front.command([&](Core& core, Now now, Effects& out) {
    front.asking_.insert_or_assign(query_, replies_.get());
    append(out, core.step(std::move(ask), now));
    return true;
  });
  if (!asked) replies_->put(refusal("this node is too busy, or about to end"));
}

Asking::~Asking() {
  if (!replies_) return;  // moved from
  const auto forget = [&](Core& core, Now now, Effects& out) {
    // Still there: nobody has told the engine that the query is over.
    if (front_->asking_.erase(query_) > 0) append(out, core.step(Abandoned{query_}, now));
    return true;
  };
  // The loop holds our address until it has forgotten it, or has ended.
  while (!front_->command(forget, Front::patience) && !front_->loop_.is_closed()) {
  }
}

std::optional<Asking::Said> Asking::next(Duration wait) {
  auto said = replies_->take(wait);
  if (!said && replies_->is_closed()) return refusal("the answer came faster than it was read");
  return said;
}

std::optional<Abandoned> Front::deliver(moa::Reply reply) {
  const auto found = asking_.find(reply.query);
  if (found == asking_.end()) return std::nullopt;
  const bool over =
      std::holds_alternative<moa::Answered>(reply.said) || std::holds_alternative<moa::Refused>(reply.said);
  Inbox<Asking::Said>& replies = *found->second;
  const bool taken = replies.put(std::move(reply.said));
  if (!taken) replies.close();
  if (over || !taken) asking_.erase(found);
  return over || taken ? std::nullopt : std::optional(Abandoned{reply.query});
}

void Front::close() {
  for (const auto& [query, replies] : asking_) replies->put(refusal("this node is about to end"));
  asking_.clear();
}

}  // namespace grapevine::node
