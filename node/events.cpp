#include "node/events.hpp"

#include <algorithm>

namespace grapevine::node {

namespace {

// Names stand in log lines and are compared by scripts.
bool is_plain(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_timely(WallTime told, WallTime now) {
  return told + Events::told_before_max > now && told <= now + Events::told_ahead_max;
}

}  // namespace

Result<Bytes> Events::tell(std::string_view name, std::string_view body, Now now, Effects& out) {
  if (name.size() > EventName::max || body.size() > EventBody::max)
    return fail(Code::too_big, "an event's name has at most 64 bytes, its text 1024");
  if (!is_plain(name))
    return fail(Code::malformed, "an event's name is letters, digits and signs, no spaces");
  Event event{.node = node_, .told = now.wall, .nonce = random_.next(), .name = {}, .body = {}};
  event.name.assign(name);
  event.body.assign(body);
  Author* author = author_of(event, now);
  if (!author || !author->budget.has(1 + reserve, now.time))
    return fail(Code::full, "this device has told too much lately: two events a second, 30 at once");
  Bytes payload = wire::encode(Signed<Event>(event, roster_.mesh().id, key_));
  keep(std::move(event), *author, now, out);
  return payload;
}

gossip::Verdict Events::arrived(const NodeId& from, View payload, Now now, Effects& out) {
  const auto hostile = [&](std::string_view event, std::string detail) {
    out.emplace_back(Note{event, from, std::move(detail)});
    return gossip::Verdict::reject;
  };
  const auto sealed = wire::decode<Signed<Event>>(payload);
  const auto claim =
      sealed ? sealed->claimed() : Result<Event>(fail(sealed.error().code, sealed.error().text));
  if (!claim) return hostile("hostile.event", claim.error().text);
  if (!is_plain(claim->name)) return hostile("hostile.event", "its name is not plain");
  if (claim->node == node_) return gossip::Verdict::ignore;  // told by ourselves, perhaps in an earlier life
  const PublicKey* key = roster_.key_of(claim->node);
  if (!key || !roster_.is_member(claim->node, now.wall)) {
    out.emplace_back(
        Note{"event_unknown", claim->node, "its author has not been met, or is not to be heard"});
    return gossip::Verdict::ignore;
  }
  if (!is_timely(claim->told, now.wall)) {
    out.emplace_back(Note{"event_untimely", claim->node, std::string(claim->name)});
    return gossip::Verdict::ignore;
  }
  if (is_known(*claim)) return gossip::Verdict::ignore;
  Author* author = author_of(*claim, now);
  if (!author || !author->budget.has(1, now.time)) {
    out.emplace_back(Note{"event_flood", claim->node, std::string(claim->name)});
    return gossip::Verdict::ignore;
  }
  auto opened = sealed->open(roster_.verifier(), roster_.mesh().id, *key);
  if (!opened) return hostile("hostile.event", opened.error().text);
  keep(std::move(*opened), *author, now, out);
  return gossip::Verdict::accept;
}

std::vector<const EventHeard*> Events::after(std::uint64_t number) const {
  std::vector<const EventHeard*> some;
  if (number > latest_) number = 0;
  for (const EventHeard& heard : kept_)
    if (heard.number > number) some.push_back(&heard);
  return some;
}

bool Events::is_known(const Event& event) const {
  const auto author = authors_.find(event.node);
  if (author != authors_.end() && event.told <= author->second.forgotten) return true;
  return std::any_of(kept_.begin(), kept_.end(), [&](const EventHeard& heard) {
    return heard.event.node == event.node && heard.event.told == event.told &&
           heard.event.nonce == event.nonce;
  });
}

/// The author's account; nullptr when no more authors fit. Who is only claimed to have told
/// something gets one too: it is a member, and so counted.
Events::Author* Events::author_of(const Event& event, Now now) {
  if (authors_.size() >= authors_max && !authors_.contains(event.node))
    std::erase_if(authors_, [&](const auto& each) { return !is_timely(each.second.newest, now.wall); });
  if (authors_.size() >= authors_max && !authors_.contains(event.node)) return nullptr;
  return &authors_[event.node];
}

void Events::keep(Event event, Author& author, Now now, Effects& out) {
  author.budget.spend();
  author.newest = std::max(author.newest, event.told);
  out.emplace_back(Note{"event", event.node, std::string(event.name)});
  kept_.push_back({.number = ++latest_, .at = now.wall, .event = std::move(event)});
  if (kept_.size() <= kept_max) return;
  // Its author is remembered as long as it could come again: see author_of.
  const Event& oldest = kept_.front().event;
  if (const auto found = authors_.find(oldest.node); found != authors_.end())
    found->second.forgotten = std::max(found->second.forgotten, oldest.told);
  kept_.pop_front();
}

}  // namespace grapevine::node
