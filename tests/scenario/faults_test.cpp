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

}  // namespace grapevine::node::sim
