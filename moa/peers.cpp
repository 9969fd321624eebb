#include "moa/peers.hpp"

namespace grapevine::moa {

namespace {
bool may_have(Owner peer, Scope scope, Owner asker) {
  return scope == Scope::mesh || (scope == Scope::group && peer == asker);
}
}  // namespace

void Peers::met(const NodeId& peer, Owner owner) {
  if (living_.size() < Roster::members_max || living_.contains(peer)) living_[peer] = owner;
}

std::vector<NodeId> Peers::askable(Scope scope, Owner owner) const {
  std::vector<NodeId> out;
  for (const auto& [node, of] : living_) {
    if (may_have(of, scope, owner)) out.push_back(node);
  }
  return out;
}

bool Peers::may_ask(const NodeId& peer, Scope scope, Owner owner) const {
  const auto found = living_.find(peer);
  return found != living_.end() && may_have(found->second, scope, owner);
}

}  // namespace grapevine::moa
