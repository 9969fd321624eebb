// News for everybody: a flood that ends. Who has news tells all it is linked with, so in a small mesh
// everybody hears it first hand. The first copy of a payload is shown to whoever can judge it, and only what
// is accepted is passed on, to at most `fanout` random linked peers besides the giver; later copies are known
// by their hash and cost one look. With fanout c a broadcast misses e^-c of a large mesh, which the floors
// above mend by comparing.
#pragma once

#include "crypto/random.hpp"
#include "gossip/config.hpp"
#include "gossip/effect.hpp"
#include "gossip/links.hpp"

#include <deque>
#include <unordered_map>

namespace grapevine::gossip {

GossipId gossip_id(View payload);

class Broadcast {
 public:
  Broadcast(const Config& config, const Peers& peers, const Links& links, Random random)
      : config_(config), peers_(peers), links_(links), random_(random) {}

  /// Tells everybody; what was told in the last `seen_kept` is not told again.
  void publish(Topic topic, Bytes payload, Time now, Effects& out);
  /// The id of a first copy, to be judged in the same step; nothing for later ones.
  std::optional<GossipId> receive(Peer from, const Parcel& parcel, Time now);
  /// Passes an accepted one on; forgets a refused one. False when no such one waits for a verdict.
  bool accept(const GossipId& id, Effects& out);
  bool drop(const GossipId& id);
  std::size_t seen() const { return seen_.size(); }

 private:
  struct Judged {
    GossipId id;
    Peer giver;
    Parcel parcel;
  };
  struct Hash {
    std::size_t operator()(const GossipId& id) const {
      std::size_t hash = 0;
      std::memcpy(&hash, id.data(), sizeof hash);
      return hash;
    }
  };
  static constexpr std::size_t judged_max =
      64;  // a step brings one; who forgets its verdict loses the oldest

  bool is_first(const GossipId& id, Time now);
  void spread(const Parcel& parcel, const std::vector<Peer>& to, Effects& out) const;

  const Config& config_;
  const Peers& peers_;
  const Links& links_;
  Random random_;
  std::unordered_map<GossipId, Time, Hash> seen_;  // never iterated; at most seen_max
  std::deque<GossipId> order_;                     // of the seen, oldest first
  std::deque<Judged> judged_;                      // at most judged_max
};

}  // namespace grapevine::gossip
