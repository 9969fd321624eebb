#include "moa/peers.hpp"

#include <algorithm>

namespace grapevine::moa {

void Peers::met(const NodeId& peer, Owner owner) {
  if (living_.size() < Roster::members_max || living_.contains(peer)) living_[peer].owner = owner;
}

void Peers::heard(const NodeId& peer, const Load& load) {
  const auto found = living_.find(peer);
  if (found != living_.end()) found->second.load = load;
}

std::vector<NodeId> Peers::askable(Scope scope, Owner owner) const {
  std::vector<NodeId> out;
  for (const auto& [node, peer] : living_) {
    if (may_ask(peer, scope, owner)) out.push_back(node);
  }
  return out;
}

bool Peers::may_ask(const NodeId& peer, Scope scope, Owner owner) const {
  const auto found = living_.find(peer);
  return found != living_.end() && may_ask(found->second, scope, owner);
}

bool Peers::may_ask(const Peer& peer, Scope scope, Owner owner) {
  const bool is_in_scope = scope == Scope::mesh || (scope == Scope::group && peer.owner == owner);
  return is_in_scope && (!peer.load || peer.load->takes_calls());
}

Duration Peers::alpha_max(const std::vector<NodeId>& of) const {
  Duration longest{};
  for (const auto& node : of) {
    if (const auto load = load_of(node)) longest = std::max(longest, load->alpha());
  }
  return longest;
}

std::optional<Load> Peers::load_of(const NodeId& peer) const {
  const auto found = living_.find(peer);
  return found == living_.end() ? std::nullopt : found->second.load;
}

}  // namespace grapevine::moa
