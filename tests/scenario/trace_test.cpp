#include "node/sim/scenario.hpp"
#include "tests/scenario/stories.hpp"

namespace grapevine::node::sim {

namespace {

const Scenario busy{.nodes = 12,
                    .seed = 11,
                    .span = 60s,
                    .stalls = 0.02,
                    .crashes = 3,
                    .partition = 20s,
                    .rate = 0.05,
                    .shape = moa::Shape{1, 2},
                    .deadline = 60s};

}  // namespace

TEST_CASE("60 the same seed gives the same trace to the last byte") {
  const Report first = run(busy);
  const Report second = run(busy);
  CHECK(first.trace == second.trace);
  CHECK(first.events == second.events);
  CHECK(first.frame_bytes == second.frame_bytes);
}

TEST_CASE("another seed gives another trace") {
  Scenario other = busy;
  other.seed = 12;
  CHECK(run(busy).trace != run(other).trace);
}

TEST_CASE("a run tells the command that replays it") {
  CHECK(replay_command(busy) ==
        "grapevine-sim --nodes 12 --seed 11 --seconds 60 --stalls 0.02 --crashes 3 --partition 20 --rate "
        "0.05 --deadline 60 -m 1 -k 2");
}

}  // namespace grapevine::node::sim
