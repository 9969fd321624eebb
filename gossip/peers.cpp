#include "gossip/peers.hpp"

namespace grapevine::gossip {

Peers::Peers(const NodeId& self, std::size_t max) : max_(max) {
  ensure(meet(self) == myself, "the first node in the book is oneself");
}

std::optional<Peer> Peers::meet(const NodeId& node) {
  if (const auto known = find(node)) return known;
  if (nodes_.size() >= max_) return std::nullopt;
  const auto peer = static_cast<Peer>(nodes_.size());
  nodes_.push_back(node);
  handles_.emplace(node, peer);
  return peer;
}

std::optional<Peer> Peers::find(const NodeId& node) const {
  const auto found = handles_.find(node);
  if (found == handles_.end()) return std::nullopt;
  return found->second;
}

}  // namespace grapevine::gossip
