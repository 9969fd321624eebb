#include "tests/scenario/stories.hpp"

namespace grapevine::node::sim {

namespace {

std::size_t voices(const Outcome& outcome, moa::Stage stage, moa::Outcome how) {
  std::size_t n = 0;
  for (const auto& voice : outcome.provenance.voices)
    n += voice.stage == stage && voice.outcome == how ? 1u : 0u;
  return n;
}

}  // namespace

TEST_CASE("one layer of two proposers: three propose, the origin merges, and all of them are named") {
  Formed world(5);
  const auto query = world.ask(1, "What is known?", moa::Shape{1, 2});
  world.run_for(30s);
  const Outcome& ended = outcome(world, query);
  REQUIRE(ended.answers == 1);
  CHECK(ended.provenance.got == moa::Shape{1, 2});
  CHECK(voices(ended, moa::Stage::propose, moa::Outcome::answered) == 3);
  CHECK(voices(ended, moa::Stage::aggregate, moa::Outcome::answered) == 1);
  CHECK(ended.provenance.degraded.empty());
}

TEST_CASE("more proposers wanted than there are: those there are answer, and the answer says so") {
  Formed world(3);
  const auto query = world.ask(0, "What is known?", moa::Shape{1, 7});
  world.run_for(30s);
  REQUIRE(outcome(world, query).answers == 1);
  CHECK(outcome(world, query).provenance.got == moa::Shape{1, 2});
  CHECK_FALSE(outcome(world, query).provenance.degraded.empty());
}

TEST_CASE("a device alone in the world answers alone and says so") {
  Formed world(1);
  const auto query = world.ask(0, "Is anybody there?", moa::Shape{1, 3});
  world.run_for(30s);
  REQUIRE(outcome(world, query).answers == 1);
  CHECK(outcome(world, query).provenance.got.proposers == 0);
  CHECK_FALSE(outcome(world, query).provenance.degraded.empty());
}

TEST_CASE("a proposer killed in the middle of its call costs a voice, never the answer") {
  Formed world(WorldOptions{.nodes = 5, .seed = 2, .paces = {Pace{5s, Pace::Law::fixed}}});
  const auto query = world.ask(0, "What is known?", moa::Shape{1, 4});
  world.run_for(1s);
  world.crash(3);
  world.run_for(60s);
  REQUIRE(outcome(world, query).answers == 1);
  bool named = false;
  for (const auto& voice : outcome(world, query).provenance.voices)
    named |= voice.node == world.id(3) && voice.outcome != moa::Outcome::answered;
  CHECK(named);
}

TEST_CASE("every proposer dies: the asking device answers for itself") {
  Formed world(WorldOptions{.nodes = 4, .seed = 2, .paces = {Pace{5s, Pace::Law::fixed}}});
  const auto query = world.ask(0, "What is known?", moa::Shape{1, 3});
  world.run_for(1s);
  for (const Index other : {1u, 2u, 3u}) world.crash(other);
  world.run_for(100s);
  REQUIRE(outcome(world, query).answers == 1);
  CHECK_FALSE(outcome(world, query).provenance.degraded.empty());
}

TEST_CASE("a quicker device merges for a slow one, which hears its words while they are spoken") {
  const Pace slow{8s, Pace::Law::fixed}, quick{2s, Pace::Law::fixed};
  Formed world(WorldOptions{
      .nodes = 4, .seed = 2, .paces = {slow, quick, quick, quick}, .moa = {.delegate = moa::Delegate::any}});
  world.ask(0, "What is known?", moa::Shape{1, 1});  // so that all learn how slow it is
  world.run_for(30s);
  const auto query = world.ask(0, "What is known?", moa::Shape{1, 1});
  const Outcome& so_far = outcome(world, query);
  world.run_for(9500ms);
  CHECK_FALSE(so_far.words.empty());
  CHECK_FALSE(so_far.ended.has_value());
  world.run_for(30s);
  CHECK(so_far.provenance.voices.back().node != world.id(0));
  CHECK(so_far.words == so_far.text);
  CHECK(always(world).empty());
}

TEST_CASE("an abandoned query stops its calls everywhere and gets no reply") {
  Formed world(WorldOptions{.nodes = 4, .seed = 2, .paces = {Pace{50s, Pace::Law::fixed}}});
  const auto query = world.ask(0, "What is known?", moa::Shape{1, 3});
  world.run_for(1s);
  CHECK(world.core(1).engine().queued_calls() == 1);
  world.abandon(0, query);
  world.run_for(1s);
  for (Index i = 0; i < 4; ++i) CHECK(world.core(i).engine().queued_calls() == 0);
  CHECK_FALSE(outcome(world, query).ended.has_value());
}

TEST_CASE(
    "ten times more questions than the theorem allows: queues stay within their bound and the rest is "
    "refused") {
  Formed world(WorldOptions{.nodes = 4, .seed = 5, .paces = {Pace{1s}}});
  for (int second = 0; second < 120; ++second) {
    for (Index i = 0; i < 4; ++i)
      for (int n = 0; n < 3; ++n) world.ask(i, "More!", moa::Shape{1, 2});
    world.run_for(1s);
    REQUIRE(always(world).empty());
  }
  std::size_t refused = 0;
  for (const auto& [query, ended] : world.outcomes()) refused += static_cast<std::size_t>(ended.refusals);
  CHECK(refused > 120 * 12 * 8 / 10);
  CHECK(refused < 120 * 12);
}

TEST_CASE("each half of a cut mesh answers its own questions") {
  Formed world(6);
  world.cut({true, true, true, false, false, false});
  world.run_for(40s);
  const auto left = world.ask(0, "Left?", moa::Shape{1, 2});
  const auto right = world.ask(5, "Right?", moa::Shape{1, 2});
  world.run_for(30s);
  CHECK(outcome(world, left).answers == 1);
  CHECK(outcome(world, right).answers == 1);
}

}  // namespace grapevine::node::sim
