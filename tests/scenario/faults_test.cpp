#include "node/sim/scenario.hpp"
#include "tests/scenario/stories.hpp"

namespace grapevine::node::sim {

namespace {

/// Fails with the first broken promise and the command that replays it.
Report run_checked(const Scenario& scenario) {
  Report report = run(scenario);
  CHECK_MESSAGE(
      report.broken.empty(),
      (report.broken.empty() ? "" : report.broken.front() + "; replay: " + replay_command(scenario)));
  return report;
}

}  // namespace

TEST_CASE(
    "stalls, crashes and a partition under load: every question ends once and the mesh is whole at rest") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const Report report = run_checked({.nodes = 20,
                                       .seed = seed,
                                       .span = 120s,
                                       .stalls = 0.02,
                                       .crashes = 5,
                                       .partition = 30s,
                                       .rate = 0.05,
                                       .shape = moa::Shape{1, 2},
                                       .deadline = 60s});
    CHECK(report.answered > 0);
    CHECK(report.answered + report.refused + report.lost == report.asked);
  }
}

TEST_CASE("a quiet mesh loses nothing and refuses nothing") {
  const Report report =
      run_checked({.nodes = 10, .span = 120s, .rate = 0.1, .shape = moa::Shape{1, 2}, .deadline = 60s});
  CHECK(report.answered == report.asked);
}

TEST_CASE("without admission the same overload grows queues that admission keeps bounded") {
  Scenario scenario{.nodes = 4,
                    .span = 300s,
                    .rest = Duration{},
                    .rate = 0.75,
                    .shape = moa::Shape{1, 2},
                    .paces = {Pace{1s}}};
  const auto most = [](const Report& report) {
    std::size_t found = 0;
    for (const auto& sample : report.samples) found = std::max(found, sample.queued_max);
    return found;
  };
  const std::size_t admitted = most(run_checked(scenario));
  scenario.moa = without_admission(scenario.moa);
  scenario.deadline = scenario.moa.deadline;
  const std::size_t all = most(run_checked(scenario));
  CHECK(all > 3 * admitted);
}

TEST_CASE("under faults of every kind nothing becomes unsafe, and once healed the mesh is whole") {
  for (const std::uint64_t seed : {35u, 124u, 200u, 201u, 202u}) {
    const Report report = run_checked({.nodes = 30,
                                       .seed = seed,
                                       .span = 40s,
                                       .rest = 90s,
                                       .chaos = true,
                                       .rate = 0.02,
                                       .tell_every = 1s,
                                       .deadline = 30s});
    CHECK(report.plan.size() > 20);
    CHECK(report.whole.has_value());
    CHECK_FALSE(report.tellings.empty());
  }
}

TEST_CASE("a planted bug, an accused device that never objects, is found within a few seeds") {
  gossip::Config silent;
  silent.refutes = false;
  std::uint64_t seed = 0;
  std::vector<std::string> broken;
  while (broken.empty() && seed < 20)
    broken =
        run({.nodes = 30, .seed = ++seed, .span = 40s, .rest = 60s, .chaos = true, .gossip = silent}).broken;
  CHECK_FALSE(broken.empty());
}

TEST_CASE("a process that is killed while it stands still starts again and is a member like any other") {
  Formed world(5);
  world.strike(Pause{.node = 3, .span = 20s});
  world.run_for(2s);
  world.crash(3);
  world.calm();
  CHECK_FALSE(world.is_up(3));
  world.restart(3);
  world.run_for(30s);
  check_whole(world);
}

TEST_CASE("the first device without its memory is told of others and finds everybody") {
  for (const Duration away : {4s, 40s}) {
    Formed world(10);
    world.crash(0, Memory::none);
    world.run_for(away);
    world.restart(0);
    world.run_for(30s);
    check_whole(world);
  }
}

TEST_CASE("a device without power is noticed by its silence, not by a word") {
  Formed world(10);
  world.strike(PowerCut{.nodes = {4}});
  world.run_for(800ms);
  CHECK(world.burials().empty());
  world.run_for(25s);
  for (const Index viewer : {0u, 5u, 9u}) CHECK(status(world, viewer, 4) == gossip::Status::dead);
}

TEST_CASE("what one device tells all others hear, each once, within two seconds") {
  Formed world(40);
  REQUIRE(world.tell(7).has_value());
  world.run_for(2s);
  CHECK(world.tellings().at(0).heard.size() == 40);
  CHECK(world.broken().empty());
}

}  // namespace grapevine::node::sim
