// What DNS shows of one node: the names that lead to it, where it is, what it says it can do, and until when
// each of these holds. Plain values, cut off from the registry, so that the thread that answers DNS can keep
// them. The registry says which nodes changed (effect.hpp, Changed); whoever hears it takes their presence
// anew. Time does the rest: every part carries its own end.
#pragma once

#include "dns/directory.hpp"

namespace grapevine::dns {

struct Presence {
  /// A name that leads to the node now, and not against its pin: DNS has no word for "changed", so it gives
  /// no answer at all.
  struct Title {
    std::string label;
    State state = State::provisional;
    WallTime since;
    WallTime until;
  };

  NodeId node;
  bool is_member = false;  // false: nothing else is filled, forget it
  WallTime member_since;
  WallTime member_until;
  std::vector<Title> titles = {};
  WallTime address_until;  // of all that follows; in the past when there is no address
  std::chrono::seconds ttl{60};
  std::vector<Endpoint> endpoints = {};
  std::vector<Offering> services = {};
  std::vector<std::string> capabilities = {};
};

Presence presence_of(const NodeId& node, const Directory& directory, const Ledger& ledger, WallTime now);

}  // namespace grapevine::dns
