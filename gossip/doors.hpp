// Who can dial but not be dialled: behind a router, or out of descriptors. Every dial to such a member fails
// while it lives, so whoever is not linked with it has nothing to say of it. It is known by its objection: it
// was suspected, and spoke again; or by a friend's word for it when my own dial was refused. From then on a
// dial that fails is no reason to accuse it; those it has links with, its own choice of neighbours among
// them, see its death as they see anybody's. So it is suspected once, and not by everybody in turn. The door
// counts as open when a dial of mine stands and when a link of mine breaks: then I am a witness, and only
// then a refused dial shows that what was there is gone. A liar can shut anybody's door by a suspicion; what
// that gains is that for some minutes only those linked with somebody can find it dead.
#pragma once

#include "gossip/book.hpp"
#include "gossip/config.hpp"

#include <map>

namespace grapevine::gossip {

/// What is known of a member's door.
enum class Door : std::uint8_t { unknown, open, shut };

class Doors {
 public:
  explicit Doors(const Config& config) : config_(config) {}

  /// Remembers it for a while. Above the maximum it stays unknown.
  void learn(Peer peer, Door door, Time now) {
    if (seen_.size() >= config_.doors_max)
      std::erase_if(seen_, [now](const auto& one) { return one.second.until <= now; });
    if (seen_.size() < config_.doors_max || seen_.contains(peer))
      seen_[peer] = {.door = door, .until = now + config_.door_remembered};
  }
  Door of(Peer peer, Time now) const {
    const auto found = seen_.find(peer);
    return found == seen_.end() || found->second.until <= now ? Door::unknown : found->second.door;
  }

 private:
  struct Seen {
    Door door = Door::unknown;
    Time until{};
  };

  const Config& config_;
  std::map<Peer, Seen> seen_;  // at most doors_max
};

}  // namespace grapevine::gossip
