// What we believe of each peer, as a flat vector by handle. Which news beats which is the order of
// `Standing`: the higher incarnation, and within one left > dead > suspect > alive. Beside each standing we
// keep the signed sentences it rests on, for a belief that cannot be shown to others is worth nothing to
// them. The table has a root, kept up to date by adding and subtracting one hash a row, over the nodes
// believed to be up: equal roots mean equal tables, suspects count as alive (a suspicion is passing), and the
// forgotten dead make no difference. A sum of hashes can be forged by a member with much patience; what it
// would gain is that two tables are compared later.
#pragma once

#include "gossip/message.hpp"
#include "gossip/peers.hpp"

#include <map>
#include <optional>
#include <vector>

namespace grapevine::gossip {

/// News is news when it is greater.
struct Standing {
  Incarnation incarnation = 0;
  Status status = Status::alive;
  auto operator<=>(const Standing&) const = default;
};

struct Member {
  Standing standing;
  Time since{};  // when its status last changed, here
  Contact contact;
  Signed<Alive> word;  // its own, of this incarnation or, after a Left, an earlier one
};

constexpr bool is_up(Status status) {
  return status <= Status::suspect;
}

class Members {
 public:
  explicit Members(const Peers& peers) : peers_(peers) {}
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;

  /// The member behind a handle; nullptr while no Alive of it was believed. Valid until the next change.
  const Member* find(Peer peer) const;
  /// Whether this peer is a member believed to be up.
  bool is_up(Peer peer) const;

  /// Believes a node that it is here. Requires: a checked word, with more than the incarnation held.
  void believe(Peer peer, const Alive& alive, const Signed<Alive>& word, Time now);
  /// Believes something worse of a member, and replaces what was held against it. Requires: more than the
  /// standing held.
  void doubt(Peer peer, Standing standing, Rumor proof, Time now);
  /// Keeps one more accusation of the present standing.
  void add_proof(Peer peer, Rumor proof);
  /// Forgets the dead and the left who have been so since before `before`.
  void forget(Time before);

  /// What to show to someone who believes otherwise: the word of a living member, else what is held against
  /// it.
  std::vector<Rumor> proof(Peer peer) const;

  /// Everybody else who is up, in no order.
  const std::vector<Peer>& living() const { return living_; }
  /// Members that are dead, by handle; it costs a pass over those who are not alive.
  std::vector<Peer> dead() const;
  /// N: how many are up, oneself included.
  std::size_t up_count() const { return living_.size() + 1; }
  /// Handles in use; find() answers nullptr for some.
  std::size_t rows() const { return rows_.size(); }

  /// Sixteen bytes that are equal when the nodes believed to be up, and their incarnations, are.
  Root root() const;
  /// When the root last changed.
  Time changed() const { return changed_; }

 private:
  void place(Peer peer, Standing standing, Time now);
  void seat(Peer peer);
  void unseat(Peer peer);
  std::array<std::uint64_t, 2> row_hash(Peer peer, Incarnation incarnation) const;

  const Peers& peers_;
  std::vector<std::optional<Member>> rows_;    // by handle; Peers bounds the handles
  std::map<Peer, std::vector<Rumor>> doubts_;  // of those who are not alive; at most accusers_max + 1 each
  std::vector<Peer> living_;
  std::vector<std::size_t> seats_;      // where in living_, by handle
  std::array<std::uint64_t, 2> sum_{};  // of the row hashes, modulo 2^64 in each half
  Time changed_{};
};

}  // namespace grapevine::gossip
