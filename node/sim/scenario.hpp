// A run as data: how many nodes, what weather, which faults, what load, for how long; and what came of it. A
// run has two phases: first load and faults, in which nothing may ever be unsafe; then everything is healed,
// and the mesh must be whole again within a stated time, and stay so. The same scenario and seed give the
// same report to the last bit, so a failure is told by the one line that replays it.
#pragma once

#include "node/sim/checks.hpp"
#include "node/sim/draw.hpp"
#include "node/sim/world.hpp"

#include <functional>

namespace grapevine::node::sim {

struct Scenario {
  std::size_t nodes = 5;
  std::uint64_t seed = 1;
  Duration span = 60s;    // of load and faults
  Duration rest = 150s;   // afterwards, with neither, until all must be whole; zero: that is not asked
  Duration settle = 10s;  // before both
  double stalls = 0;      // share of messages late by 200 ms or more
  int crashes = 0;        // processes killed and brought back 10 to 30 s later
  Duration partition{};   // one cut through the middle, this long; zero: none
  bool chaos = false;     // faults of every kind, drawn from the seed
  Plan plan;              // faults of one's own; times count from the end of `settle`
  std::string plan_file;  // where they were read, for the replay command
  double rate = 0;        // queries a second at each node, Poisson
  Duration tell_every{};  // somebody tells all others something small; zero: never
  std::optional<moa::Shape> shape;
  Duration deadline = 120s;
  std::vector<Pace> paces = {Pace{50ms}};
  gossip::Config gossip;
  moa::Config moa;
};

/// One look at all queues.
struct Sample {
  Time at;
  double queued_mean = 0;  // calls waiting or running, mean over the nodes that are up
  std::size_t queued_max = 0;
  double bytes = 0;  // sent a node since the sample before
};

struct Report {
  std::size_t asked = 0;
  std::size_t answered = 0;
  std::size_t refused = 0;
  std::size_t lost = 0;           // their origin died
  std::vector<double> latencies;  // of answers, seconds, sorted
  std::vector<Sample> samples;    // once a virtual second
  std::vector<std::string> broken;
  Plan plan;                    // all faults, drawn ones included
  std::optional<double> whole;  // seconds from the healing until the mesh was whole
  std::vector<Burial> burials;  // who buried whom
  std::vector<Telling> tellings;
  std::uint64_t dropped = 0;  // frames, at high-water marks
  std::uint64_t handshakes = 0;
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

/// The faults of a run: its own and those drawn from its seed, in order of time.
Plan plan_of(const Scenario& scenario);

/// The command that replays this run.
std::string replay_command(const Scenario& scenario);

}  // namespace grapevine::node::sim
