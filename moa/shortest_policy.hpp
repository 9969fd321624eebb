// Join the shortest expected delay: the usual way to spread work when everybody's queue is known, and the
// baseline prices must beat. The shape is what was asked for; the k + 1 devices with the least to do, as they
// last told, propose, and the one with the least merges. All origins see the same short queue and run there
// together, since nobody counts what is on its way: what is wrong with late news. Nobody is refused; meant
// for queues that turn calls away at a fixed length (config.hpp: with_short_queues).
#pragma once

#include "crypto/random.hpp"
#include "moa/plan.hpp"

#include <optional>

namespace grapevine::moa {

class ShortestPolicy {
 public:
  ShortestPolicy(const Config& config, Random random) : config_(config), random_(random) {}

  Decision decide(const Ask& ask, const Outlook& outlook);
  std::optional<Draw> next_layer(const Plan& plan, std::uint8_t layers_done, const Outlook& outlook);
  Draw mergers(const Outlook& outlook);

 private:
  Config config_;
  Random random_;
};

}  // namespace grapevine::moa
