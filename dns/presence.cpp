#include "dns/presence.hpp"

namespace grapevine::dns {

Presence presence_of(const NodeId& node, const Directory& directory, const Ledger& ledger, WallTime now) {
  Presence presence{.node = node};
  const auto by_id = directory.resolve(to_string(node), now);
  const auto* entry = ledger.find(node);
  if (!by_id || entry == nullptr) return presence;
  presence.is_member = true;
  presence.member_since = by_id->since;
  presence.member_until = entry->member.not_after;
  for (const auto& claim : ledger.live_names(node, now)) {
    const auto by_name = directory.resolve(claim.head->label, now);
    if (!by_name || by_name->node != node || by_name->pin() == PinState::changed) continue;
    presence.titles.push_back({.label = by_name->name,
                               .state = by_name->state,
                               .since = by_name->since,
                               .until = by_name->held_until});
  }
  const auto address = ledger.address_of(node);
  if (!address || by_id->state == State::suspended) return presence;
  presence.address_until = end_of(*address);
  presence.ttl = std::chrono::seconds(address->ttl_s);
  presence.endpoints = address->endpoints;
  presence.services = address->services;
  presence.capabilities.assign(address->capabilities.begin(), address->capabilities.end());
  return presence;
}

}  // namespace grapevine::dns
