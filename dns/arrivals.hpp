// In which order this node heard of claims: what a voter goes by that knows no vote yet (poll.hpp, b). A
// relay that reads a claim on its way could send the same one under its own name and be there first. So a
// claimant may tell the jury ahead of time a hash of what it will claim (commit, then reveal), which says
// nothing to a relay; the claim counts from that moment, and a vote waits for those who spoke before and have
// not yet said of which name. Only this node goes by it, no other is told, and nothing of it outlives a
// restart.
#pragma once

#include "crypto/time.hpp"
#include "dns/body.hpp"

#include <vector>

namespace grapevine::dns {

using ClaimHash = Fixed<32>;
/// Binds salt, name and node.
ClaimHash hash_of(const NameClaim& claim);

class Arrivals {
 public:
  /// Further ones are not remembered: those claims count from when they are heard.
  static constexpr std::size_t awaited_max = 256;
  static constexpr std::size_t awaited_of_one_max = 4;  // as many as a node may hold names
  /// Who has not claimed by then has lost its place, so that nobody stops a vote for longer.
  static constexpr Duration patience = 10s;

  using Place = std::uint64_t;

  /// The next place, which a claim takes that nobody has announced.
  Place next() { return ++last_; }
  /// The place of a claim: the one its node took when it announced it, else the next.
  Place of(const NameClaim& claim);

  /// `by`, which is proven, says that it will make the claim with this hash.
  void announce(const NodeId& by, const ClaimHash& hash, Time now);
  /// Until when a vote for a claim of this place waits, for there may be an earlier one; absent when nobody
  /// is awaited.
  std::optional<Time> awaited_before(Place place, Time now) const;
  void forget(Time now);

 private:
  struct Awaited {
    NodeId by;
    ClaimHash hash;
    Place place = 0;
    Time until;
  };
  std::vector<Awaited> awaited_;  // by place
  Place last_ = 0;
};

}  // namespace grapevine::dns
