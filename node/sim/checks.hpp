// What must be true, whatever happened. `always` holds at every moment and `at_rest` once faults have ended
// and time has passed; each returns the promises it found broken, in words that name the node. World itself
// watches single steps.
#pragma once

#include "node/sim/world.hpp"

#include <string>
#include <vector>

namespace grapevine::node::sim {

/// Bounds: queues, links and tables within their stated maxima; no incarnation beyond its last.
std::vector<std::string> always(const World& world);

/// Everybody up is believed to be up by everybody up, nobody down is, all registries are equal, and each
/// query that is due ended in exactly one answer or one refusal. A suspicion is passing: while messages stall
/// there may always be one.
std::vector<std::string> at_rest(const World& world);

}  // namespace grapevine::node::sim
