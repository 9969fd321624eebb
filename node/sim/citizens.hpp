// Everybody in a swarm: one mesh, and for each member what it needs to be one - its id, its certificate, and
// the word "I am here" that the others hold of it when the story begins. It is the same in every run. All
// sign with one key, since nobody here pretends to be somebody else and ten thousand keys in locked memory
// would be more than a process may map.
#pragma once

#include "gossip/self.hpp"
#include "node/sim/link.hpp"

#include <unordered_map>
#include <vector>

namespace grapevine::node::sim {

/// Whose devices they are: all one person's, or each another's.
enum class Owners : std::uint8_t { one, each };

class Citizens {
 public:
  /// `beginning` is when their certificates begin; they last 30 days.
  Citizens(std::size_t count, WallTime beginning, Owners owners = Owners::one);
  Citizens(const Citizens&) = delete;
  Citizens& operator=(const Citizens&) = delete;

  std::size_t size() const { return selves_.size(); }
  const Mesh& mesh() const { return mesh_; }
  const gossip::Self& self(Index citizen) const { return selves_[citizen]; }
  const NodeId& id(Index citizen) const { return selves_[citizen].node; }
  /// Requires: the id of a citizen.
  Index index_of(const NodeId& id) const { return by_id_.at(id); }
  /// The word of its first life.
  Signed<gossip::Alive> first_word(Index citizen) const;

 private:
  SigningKey root_;
  SigningKey operational_;
  Mesh mesh_;
  std::vector<gossip::Self> selves_;
  std::unordered_map<NodeId, Index, FirstBytes> by_id_;  // never iterated
};

}  // namespace grapevine::node::sim
