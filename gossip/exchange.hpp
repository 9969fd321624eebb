// Two member tables become equal. One side says its rows; the other answers with the rumors in which it is
// ahead and the nodes of which it would like to hear; the first answers those. Rides may miss somebody, an
// exchange does not: whatever differs is found, and what was cut short is found the next time (anti-entropy:
// Demers et al., PODC 1987). The dead are told to those who hold them alive, and not to those who do not know
// them: so nobody renews the memory of the dead in others, and it ends everywhere. Suspects count as alive.
// Beyond 1 024 members a round compares a random stretch of the table.
#pragma once

#include "crypto/random.hpp"
#include "gossip/config.hpp"
#include "gossip/effect.hpp"
#include "gossip/links.hpp"

namespace grapevine::gossip {

class Exchange {
 public:
  Exchange(const Config& config, const Peers& peers, const Members& members, const Links& links,
           Random random)
      : config_(config), peers_(peers), members_(members), links_(links), random_(random) {}

  /// Compares with this peer, unless another round was begun a moment ago.
  void begin(Peer with, Time now, Effects& out);
  /// Compares with this peer at once: I know nobody yet, or more is to come.
  void begin_now(Peer with, Time now, Effects& out);
  /// Answers a peer's table.
  void receive(Peer from, const Rows& rows, Time now, Effects& out);
  /// Answers a peer's wishes.
  void give(Peer to, const List<NodeId, 64>& wanted, Time now, Effects& out);

  /// Compares with a random linked peer while the table is restless.
  void tick(Time now, Effects& out);
  Time deadline() const;

 private:
  Rows rows();
  void add_sentences(Peer about, Incarnation known, List<Rumor, 64>& to) const;
  bool may_answer(Time now);

  const Config& config_;
  const Peers& peers_;
  const Members& members_;
  const Links& links_;
  Random random_;
  Time next_begin_{};
  Time next_restless_{};
  Time answers_since_{};
  unsigned answers_ = 0;
};

}  // namespace grapevine::gossip
