// Whom a query may be given to: the living members, whose device each is, and the last load each told. A
// member that has told none yet may be asked; one that says it takes no calls, or has no model, is not.
#pragma once

#include "crypto/certificate.hpp"
#include "moa/load.hpp"
#include "moa/query.hpp"

#include <map>
#include <optional>
#include <vector>

namespace grapevine::moa {

/// At most Roster::members_max peers; an own device is never among them.
class Peers {
 public:
  void met(const NodeId& peer, Owner owner);
  void gone(const NodeId& peer) { living_.erase(peer); }
  /// Its newest load; of one who is not met, nothing is kept.
  void heard(const NodeId& peer, const Load& load);

  /// Those a query of this owner and scope may be given to, in the order of their ids.
  std::vector<NodeId> askable(Scope scope, Owner owner) const;
  bool may_ask(const NodeId& peer, Scope scope, Owner owner) const;
  /// The longest alpha told by any of them; zero when none has told.
  Duration alpha_max(const std::vector<NodeId>& of) const;
  std::optional<Load> load_of(const NodeId& peer) const;

 private:
  struct Peer {
    Owner owner;
    std::optional<Load> load;
  };
  static bool may_ask(const Peer& peer, Scope scope, Owner owner);
  std::map<NodeId, Peer> living_;
};

}  // namespace grapevine::moa
