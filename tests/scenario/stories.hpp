// What stories have in common: a mesh that has formed, and how to look at it.
#pragma once

#include "node/sim/checks.hpp"

#include <doctest/doctest.h>

namespace grapevine::node::sim {

/// A mesh whose nodes had ten virtual seconds, and one more per twenty nodes, to find each other.
class Formed : public World {
 public:
  explicit Formed(const WorldOptions& options) : World(options) {
    const auto nodes = static_cast<Duration::rep>(options.nodes);
    run_for(10s + options.join_interval * nodes + 1s * (nodes / 20));
  }
  explicit Formed(std::size_t nodes, std::uint64_t seed = 1)
      : Formed(WorldOptions{.nodes = nodes, .seed = seed, .paces = {Pace{100ms}}}) {}
};

inline gossip::Status status(const World& world, Index viewer, Index of) {
  const auto member = world.core(viewer).gossip().find(world.id(of));
  REQUIRE(member.has_value());
  return member->status;
}

/// What the clock on the wall of every device says.
inline WallTime wall(const World& world) {
  return WallTime(1'790'000'000'000ms) +
         std::chrono::duration_cast<std::chrono::milliseconds>(world.now().time_since_epoch());
}

/// Fails with the first broken promise in words.
inline void check_whole(const World& world) {
  const auto broken = at_rest(world);
  CHECK_MESSAGE(broken.empty(), (broken.empty() ? std::string() : broken.front()));
}

inline const Outcome& outcome(const World& world, const moa::QueryId& query) {
  return world.outcomes().at(query);
}

}  // namespace grapevine::node::sim
