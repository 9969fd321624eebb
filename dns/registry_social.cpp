// What the registry makes of meetings: names are pinned when their bearer is met, and compared with their
// pins whenever something about their bearer changes.
#include "dns/registry.hpp"

namespace grapevine::dns {

Effects Registry::met(const NodeId& node, Now now) {
  const auto* entry = ledger_.find(node);
  const auto told = entry == nullptr ? std::nullopt : ledger_.told(entry->member.record);
  const bool is_introduced = told && told->by != node && told->by != self_.node;
  social_.met(node, is_introduced ? std::optional(told->by) : std::nullopt, now);
  Effects effects;
  compare_with_pins(node, now, effects);
  return effects;
}

/// The names that lead to this node: of one we have met they are pinned; one that is pinned to another is
/// said aloud, once.
void Registry::compare_with_pins(const NodeId& node, Now now, Effects& effects) {
  const auto* entry = ledger_.find(node);
  const bool is_met = social_.find(node) != nullptr;
  if (entry == nullptr || node == self_.node) return;
  for (const auto& head : entry->names) {
    if (!is_met && pins_.find(head.skeleton) == nullptr) continue;
    const auto found = resolve(head.label, now.wall);
    if (!found || found->node != node) continue;
    const bool is_news = pins_.is_news(head.skeleton, node);
    if (found->pin() == PinState::changed && is_news)
      effects.emplace_back(Note{"pin.changed", node,
                                head.label + " was " + short_name(*found->pinned) +
                                    (found->is_handed_over ? ", which handed it over" : "") +
                                    "; see grapevine trust"});
    if (!is_met || found->pin() == PinState::changed) continue;
    social_.seen_as(node, head.label, now.time);
    if (found->pin() == PinState::match || !is_as_sure_as_can_be(found->state, now.wall)) continue;
    const auto pinned = pins_.put({.name = head.label, .node = node, .since = now.wall, .petname = {}});
    if (!pinned) effects.emplace_back(Note{"pin.no_room", node, pinned.error().text});
  }
}

/// A name that still may be voted away is not pinned yet: that its claimant loses it would be no news. Where
/// there are too few voters, a claim is all there will ever be.
bool Registry::is_as_sure_as_can_be(State state, WallTime now) const {
  return state == State::confirmed || (state == State::provisional && electors(now) < jurors_min);
}

Result<Effects> Registry::pin(const PinWish& wish, Now now) {
  const auto name = Name::parse(wish.name);
  if (!name) return fail(name.error());
  if (!wish.petname.empty()) {
    if (const auto petname = Name::parse(wish.petname); !petname)
      return fail(petname.error().code, "the petname: " + petname.error().text);
  }
  const auto found = resolve(wish.node ? to_string(*wish.node) : name->text(), now.wall);
  if (!found) return fail(found.error());
  if (found->pin() == PinState::changed && !found->is_handed_over)
    return fail(
        Code::conflict,
        "the name has changed, and the node it is pinned to did not hand it over; if you know why, unpin "
        "it first");
  if (found->node == NodeId{} || found->node == self_.node)
    return fail(Code::conflict, "the name leads to no other node; say by id which one is meant");

  Pin pin{.name = name->text(), .node = found->node, .since = now.wall, .petname = wish.petname};
  if (const Pin* before = pins_.find(name->skeleton())) {
    if (before->node == pin.node) pin.since = before->since;
    if (wish.petname.empty()) pin.petname = before->petname;
  }
  if (const auto put = pins_.put(pin); !put) return fail(put.error());
  return show_claimants(name->skeleton());
}

Result<Effects> Registry::unpin(std::string_view text) {
  const auto name = Name::parse(text);
  if (!name) return fail(name.error());
  if (pins_.find(name->skeleton()) == nullptr) return fail(Code::unknown, "this name is not pinned");
  pins_.erase(name->skeleton());
  return show_claimants(name->skeleton());
}

/// Who claims a name is seen otherwise by its pin, or without it.
Effects Registry::show_claimants(const Skeleton& name) const {
  const auto claimants = ledger_.claims().find(name);
  if (claimants == ledger_.claims().end()) return {};
  return {Changed{claimants->second}};
}

}  // namespace grapevine::dns
