// What we believe of each peer, as a flat vector by handle. Which news beats which is the order of
// `Standing`: the higher incarnation, and within one left > dead > suspect > alive. Beside each standing we
// keep the signed sentences it rests on, for a belief that cannot be shown to others is worth nothing to
// them. The table has a root, kept up to date by adding and subtracting one hash a row, over the nodes
// believed to be up: equal roots mean equal tables, suspects count as alive (a suspicion is passing), and the
// forgotten dead make no difference. A sum of hashes can be forged by a member with much patience; what it
// would gain is that two tables are compared later.
#pragma once

#include "gossip/book.hpp"

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
  Time since{};  // when its status last changed, here
  Standing standing;
  Page page = no_page;     // its own word, of this incarnation or, after a Left, an earlier one
  std::uint32_t seat = 0;  // where among the living
};
static_assert(sizeof(Member) == 24, "ten thousand tables of ten thousand rows fit into memory");

constexpr bool is_up(Status status) {
  return status <= Status::suspect;
}

class Members {
 public:
  explicit Members(const Peers& peers) : peers_(peers), book_(peers.book()) {}
  ~Members();
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;

  /// The member behind a handle; nullptr while no Alive of it was believed. Valid until the next change.
  const Member* find(Peer peer) const;
  const Signed<Alive>& word(const Member& member) const { return book_.word(member.page); }
  const Contact& contact(const Member& member) const { return book_.contact(member.page); }
  /// Whether this peer is a member believed to be up.
  bool is_up(Peer peer) const;

  /// Begins with what another table of the same book holds. Requires: an empty table; no doubts in the other.
  void adopt(const Members& other);
  /// Believes a node that it is here. Requires: a checked word, with more than the incarnation held.
  void believe(Peer peer, const Alive& alive, const Signed<Alive>& word, Time now);
  /// Believes something worse of a member, and replaces what was held against it. Requires: more than the
  /// standing held.
  void doubt(Peer peer, Standing standing, Rumor proof, Time now);
  /// Keeps one more accusation of the present standing.
  void add_proof(Peer peer, Rumor proof);
  /// Forgets a member at once, whatever was believed of it. Requires: it is held, and not oneself.
  void expel(Peer peer, Time now);
  /// Forgets the dead and the left who have been so since before `before`.
  void forget(Time before);

  /// What to show to someone who believes otherwise: the word of a living member, else what is held against
  /// it.
  std::vector<Rumor> proof(Peer peer) const;
  /// Whether this very sentence is one of those.
  bool holds(const Rumor& rumor) const;

  Peer myself() const { return peers_.myself(); }
  /// Everybody else who is up, in no order.
  const std::vector<Peer>& living() const { return living_; }
  /// The first dead member at or after this handle, or else the first of all; nothing when nobody is dead.
  std::optional<Peer> dead_from(Peer first) const;
  /// N: how many are up, oneself included.
  std::size_t up_count() const { return living_.size() + 1; }
  /// How many rows there are: members that are up, and those remembered as dead or left.
  std::size_t held() const;
  /// Handles in use; find() answers nullptr for some.
  std::size_t rows() const { return rows_.size(); }

  /// Sixteen bytes that are equal when the nodes believed to be up, and their incarnations, are.
  Root root() const;
  /// The same of one leaf, in eight bytes (Book::leaf).
  std::uint64_t leaf_sum(std::size_t leaf) const { return leaf_sums_[leaf]; }
  /// When the root last changed.
  Time changed() const { return changed_; }

 private:
  void place(Peer peer, Standing standing, Page page_before, Time now);
  void seat(Peer peer);
  void unseat(Peer peer);

  const Peers& peers_;
  Book& book_;
  std::vector<Member> rows_;                   // by handle; the book bounds the handles
  std::map<Peer, std::vector<Rumor>> doubts_;  // of those who are not alive; at most accusers_max + 2 each
  std::vector<Peer> living_;
  RowHash sum_;  // of the rows that are up, modulo 2^64 in each half
  std::vector<std::uint64_t> leaf_sums_ = std::vector<std::uint64_t>(branches * leaves_of_branch);
  Time changed_{};
};

}  // namespace grapevine::gossip
