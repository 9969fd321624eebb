// Whom a query may be given to: the living members, and whose device each is.
#pragma once

#include "crypto/certificate.hpp"
#include "moa/query.hpp"

#include <map>
#include <vector>

namespace grapevine::moa {

/// At most Roster::members_max peers; an own device is never among them.
class Peers {
 public:
  void met(const NodeId& peer, Owner owner);
  void gone(const NodeId& peer) { living_.erase(peer); }

  /// Those a query of this owner and scope may be given to, in the order of their ids.
  std::vector<NodeId> askable(Scope scope, Owner owner) const;
  bool may_ask(const NodeId& peer, Scope scope, Owner owner) const;
  bool is_here(const NodeId& peer) const { return living_.contains(peer); }
  bool is_of(const NodeId& peer, Owner owner) const { return may_ask(peer, Scope::group, owner); }

 private:
  std::map<NodeId, Owner> living_;
};

}  // namespace grapevine::moa
