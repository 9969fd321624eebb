// What must be true, whatever happened. `Watch` holds at every moment and `at_rest` once faults have ended
// and time has passed; each returns the promises it found broken, in words that name the node. World itself
// watches single steps: at most 256 effects, a deadline that is still to come, no frame without a link, at
// most 40 links, no incarnation that goes back. (Safety, then liveness: TigerBeetle's VOPR.)
#pragma once

#include "node/sim/world.hpp"

#include <string>
#include <vector>

namespace grapevine::node::sim {

/// Queues and links within their stated maxima, and what World found broken in single steps.
std::vector<std::string> always(const World& world);

/// What can only be seen by looking again and again: `always`, and of what the first 64 nodes believe of
/// everybody that no incarnation goes back, that nobody dead comes back under the same one, and that none was
/// raised by anybody but its node.
class Watch {
 public:
  std::vector<std::string> look(const World& world);

 private:
  struct Belief {
    gossip::Incarnation incarnation = 0;
    bool is_down = false;
  };
  struct Viewer {
    std::uint32_t life = 0;
    std::vector<Belief> beliefs;  // by index
  };
  void compare(const World& world, Index viewer, std::vector<std::string>& broken);

  std::vector<Viewer> viewers_;
};

/// Everybody up is believed to be up by everybody up, nobody down is, all member tables and registries are
/// equal, the links join all of them, and each query that is due ended in exactly one answer or one refusal.
/// A suspicion is passing: while messages stall there may always be one.
std::vector<std::string> at_rest(const World& world);

}  // namespace grapevine::node::sim
