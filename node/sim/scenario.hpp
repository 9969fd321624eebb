// A run as data: how many nodes, what weather, which faults, what load, for how long; and what came of it.
// The same scenario and seed give the same report to the last bit, so a failure is told by the one line that
// replays it.
#pragma once

#include "node/sim/checks.hpp"
#include "node/sim/world.hpp"

#include <functional>

namespace grapevine::node::sim {

struct Scenario {
  std::size_t nodes = 5;
  std::uint64_t seed = 1;
  Duration span = 60s;    // of load and faults
  Duration rest = 150s;   // afterwards, with neither, before at_rest is asked
  Duration settle = 10s;  // before both
  double stalls = 0;      // share of messages late by 200 ms or more
  int crashes = 0;        // processes killed and brought back 10 to 30 s later
  Duration partition{};   // one cut through the middle, this long; zero: none
  double rate = 0;        // queries a second at each node, Poisson
  std::optional<moa::Shape> shape;
  Duration deadline = 120s;
  std::vector<Pace> paces = {Pace{50ms}};
  moa::Config moa;
};

/// One look at all queues.
struct Sample {
  Time at;
  double queued_mean = 0;  // calls waiting or running, mean over the nodes that are up
  std::size_t queued_max = 0;
};

struct Report {
  std::size_t asked = 0;
  std::size_t answered = 0;
  std::size_t refused = 0;
  std::size_t lost = 0;           // their origin died
  std::vector<double> latencies;  // of answers, seconds, sorted
  std::vector<Sample> samples;    // once a virtual second
  std::vector<std::string> broken;
  std::uint64_t trace = 0;
  std::uint64_t events = 0;
  std::uint64_t frames = 0;
  std::uint64_t frame_bytes = 0;
  double wall_seconds = 0;  // filled by the caller, who has a clock
};

/// The mixture as the paper has it: everybody is let in, nothing is refused, nobody gives up. Queues may grow
/// for ever.
moa::Config without_admission(moa::Config config);

/// Runs a scenario; `tell` hears the virtual time once a virtual second, for progress lines.
Report run(const Scenario& scenario, const std::function<void(Time)>& tell = {});

/// The command that replays this run.
std::string replay_command(const Scenario& scenario);

}  // namespace grapevine::node::sim
