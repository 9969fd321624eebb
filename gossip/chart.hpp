// What probes show beside life and death: between whom there is no way, and how far clocks are apart. It is
// kept for people who ask; nothing is decided by it. A friend's answer in place of the target's is a miss of
// the one who asked: the target is up, yet out of its reach. One miss is a hiccup, several within a minute
// are a gap. The clock of a peer is read from its answers, at most half a round trip wrong (Cristian 1989).
#pragma once

#include "crypto/time.hpp"
#include "gossip/book.hpp"

#include <vector>

namespace grapevine::gossip {

class Chart {
 public:
  static constexpr std::size_t kept_max = 32;  // of each kind: the latest; more nobody reads
  static constexpr unsigned misses = 3;        // make a gap
  static constexpr Duration fresh = 60s;       // after the last miss, or the last look at a clock

  struct Gap {
    Peer from = 0;
    Peer to = 0;
    unsigned missed = 0;  // times, since the first
    Time last{};
  };
  struct Clock {
    Peer peer = 0;
    SignedClock::duration ahead{};  // of ours
    Time read{};
  };

  /// `to` answered somebody else, but not `from`.
  void miss(Peer from, Peer to, Time now);
  /// `to` answered `from`.
  void reach(Peer from, Peer to);
  /// An answer that took so long said it was `theirs`.
  void read_clock(Peer peer, WallTime theirs, Duration round_trip, Now now);

  std::vector<Gap> gaps(Time now) const;
  std::vector<Clock> clocks(Time now) const;

 private:
  std::vector<Gap> gaps_;
  std::vector<Clock> clocks_;
};

}  // namespace grapevine::gossip
