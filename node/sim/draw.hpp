// A random plan for a seed: every kind of fault, some of them often, so that a few hundred seeds see most
// pairs of faults at one time. Whom a fault strikes, when, and for how long is drawn; a mesh of fewer than
// four nodes gets no partition. (Drawn per run, as FoundationDB does: some runs are rough, some are smooth.)
#pragma once

#include "crypto/random.hpp"
#include "node/sim/faults.hpp"

namespace grapevine::node::sim {

struct Wish {
  std::size_t nodes = 50;
  Duration span = 40s;  // every fault strikes within it
};

/// Draws a plan, in order of time.
Plan draw(Random random, const Wish& wish);

/// So many processes killed within the span, each back 10 to 30 s later with its disk.
Plan draw_crashes(Random& random, const Wish& wish, int crashes);

/// One cut through the middle, this long, somewhere within the span.
Plan draw_partition(Random& random, const Wish& wish, Duration length);

}  // namespace grapevine::node::sim
