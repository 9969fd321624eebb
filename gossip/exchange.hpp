// Two member tables become equal. A small table is shown whole: one side says its rows; the other answers
// with the rumors in which it is ahead and the nodes of which it would like to hear; the first answers those.
// Of a large one only what differs is shown: sums of 32 branches, then those of the 32 leaves of some that
// differ, then the rows of the leaves that differ (Merkle's tree), so one difference costs 2 KB at any size,
// and none costs nothing. Rides may miss somebody, an exchange does not: whatever differs is found, and what
// was cut short is found the next time (anti-entropy: Demers et al., PODC 1987). The dead are told to those
// who hold them alive, and not to those who do not know them: so nobody renews the memory of the dead in
// others, and it ends everywhere. Suspects count as alive. What is answered has a bound, and a peer has half
// of it at most; what comes in a round of our own was asked for, so no flood of others ends it.
#pragma once

#include "crypto/budget.hpp"
#include "crypto/random.hpp"
#include "gossip/config.hpp"
#include "gossip/effect.hpp"
#include "gossip/links.hpp"

#include <map>

namespace grapevine::gossip {

class Exchange {
 public:
  Exchange(const Config& config, const Peers& peers, const Members& members, const Links& links,
           Random random)
      : config_(config),
        peers_(peers),
        members_(members),
        links_(links),
        random_(random),
        answers_(config.exchanges_answered, config.exchanges_answered) {}

  /// Compares with this peer, unless another round was begun a moment ago.
  void begin(Peer with, Time now, Effects& out);
  /// Compares with this peer at once: I know nobody yet, or more is to come.
  void begin_now(Peer with, Time now, Effects& out);
  /// Answers a peer's sums; the rows of leaves that differ follow.
  void receive(Peer from, const Digest& digest, Time now, Effects& out);
  void receive(Peer from, const Branches& branches, Time now, Effects& out);
  /// Answers a peer's rows.
  void receive(Peer from, const Rows& rows, Time now, Effects& out);
  /// Answers a peer's wishes.
  void give(Peer to, const List<NodeId, 64>& wanted, Time now, Effects& out);

  /// Compares with a random linked peer while the table is restless.
  void tick(Time now, Effects& out);
  Time deadline() const;

 private:
  struct Partner {
    explicit Partner(const Config& config)
        : answers(config.exchanges_answered / 2, config.exchanges_answered / 2) {}
    Budget answers;        // at most half of all: who floods leaves room for the others
    unsigned awaited = 0;  // messages in the round we began last
  };
  std::uint64_t branch_sum(std::size_t branch) const;
  Rows all_rows() const;
  void add_rows(std::size_t leaf, Rows& to) const;
  void add_row(Peer peer, Rows& to) const;
  std::vector<Peer> covered(const Rows& rows) const;
  void add_sentences(Peer about, Incarnation known, List<Rumor, 64>& to) const;
  bool may_answer(Peer from, Time now);
  Partner& partner(Peer peer);

  const Config& config_;
  const Peers& peers_;
  const Members& members_;
  const Links& links_;
  Random random_;
  Time next_begin_{};
  Time next_restless_{};
  Budget answers_;
  std::map<Peer, Partner> partners_;  // those linked, and others while there are few
};

}  // namespace grapevine::gossip
