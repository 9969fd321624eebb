// A handle for each node we have met: 32 bytes of NodeId become 4, so that every other table of this floor is
// a flat vector. Handles count up from 0 (oneself) and are never taken back; only nodes with a checked
// certificate get one.
#pragma once

#include "crypto/identity.hpp"

#include <optional>
#include <unordered_map>
#include <vector>

namespace grapevine::gossip {

using Peer = std::uint32_t;
inline constexpr Peer myself = 0;

class Peers {
 public:
  /// Oneself becomes `myself`. At most `max` nodes are ever met.
  Peers(const NodeId& self, std::size_t max);

  /// The handle of a node, made when there is none; nothing when the book is full.
  std::optional<Peer> meet(const NodeId& node);
  std::optional<Peer> find(const NodeId& node) const;
  const NodeId& node(Peer peer) const { return nodes_[peer]; }
  std::size_t size() const { return nodes_.size(); }

 private:
  std::vector<NodeId> nodes_;
  std::unordered_map<NodeId, Peer, FirstBytes> handles_;  // never iterated
  std::size_t max_;
};

}  // namespace grapevine::gossip
