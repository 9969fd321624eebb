#include "tests/scenario/stories.hpp"

namespace grapevine::node::sim {

TEST_CASE("five devices that join one after the other all know each other and hold one registry") {
  const Formed world(5);
  check_whole(world);
  CHECK(world.core(4).gossip().alive_count() == 5);
  CHECK(world.core(4).registry().size() > 0);
}

TEST_CASE("a killed device is dead for everybody within ten seconds, and nobody else is") {
  Formed world(5);
  world.crash(3);
  world.run_for(10s);
  for (const Index viewer : {0u, 1u, 2u, 4u}) {
    CHECK(status(world, viewer, 3) == gossip::Status::dead);
    CHECK(world.core(viewer).gossip().alive_count() == 4);
  }
}

TEST_CASE("a device that restarts with its old disk is back under a higher incarnation") {
  Formed world(5);
  const auto before = world.core(0).gossip().find(world.id(3))->incarnation;
  world.crash(3);
  world.run_for(20s);
  world.restart(3);
  world.run_for(10s);
  CHECK(status(world, 0, 3) == gossip::Status::alive);
  CHECK(world.core(0).gossip().find(world.id(3))->incarnation > before);
  check_whole(world);
}

TEST_CASE("a device that comes to a mesh at rest knows within five seconds who takes its calls") {
  for (const std::size_t size : {3u, 5u, 16u}) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      Formed world(size, seed);
      world.run_for(60s);  // all that was news has been told
      world.crash(2);
      world.run_for(20s);
      world.restart(2);
      world.run_for(5s);
      CAPTURE(size);
      CAPTURE(seed);
      for (Index i = 0; i < size; ++i) {
        if (i == 2) continue;
        const auto load = world.core(2).engine().load_of(world.id(i));
        CHECK((load && load->takes_calls()));
        const auto back = world.core(i).engine().load_of(world.id(2));
        CHECK((back && back->takes_calls()));
      }
    }
  }
}

TEST_CASE("a device that says goodbye has left and is not called dead") {
  Formed world(5);
  world.leave(2);
  world.run_for(2s);
  world.crash(2);
  world.run_for(10s);
  for (const Index viewer : {0u, 1u, 3u, 4u}) CHECK(status(world, viewer, 2) == gossip::Status::left);
}

TEST_CASE("who says goodbye is done as soon as two have answered") {
  for (const std::size_t size : {3u, 5u, 40u}) {
    Formed world(size);
    world.leave(0);
    world.run_for(150ms);  // a way there, and a way back
    CHECK(world.core(0).has_left({world.now(), WallTime{}}));
  }
}

TEST_CASE("a mesh cut in two for a minute is whole again after it heals") {
  Formed world(12);
  std::vector<bool> island(12);
  for (Index i = 0; i < 6; ++i) island[i] = true;
  world.cut(island);
  world.run_for(60s);
  CHECK(status(world, 0, 11) == gossip::Status::dead);
  CHECK(status(world, 11, 0) == gossip::Status::dead);
  world.heal();
  world.run_for(60s);
  check_whole(world);
}

TEST_CASE("the founder may go for good: the others stay a mesh") {
  Formed world(6);
  world.crash(0);
  world.run_for(30s);
  CHECK(world.core(5).gossip().alive_count() == 5);
  check_whole(world);
}

TEST_CASE("one message in twenty late by 200 ms or more kills nobody in ten minutes") {
  Formed world(WorldOptions{.nodes = 10, .seed = 3, .weather = {.stall = 0.05}});
  world.run_for(600s);
  CHECK_FALSE(world.notes().contains("hostile.frame"));
  check_whole(world);
}

TEST_CASE("a hundred devices know each other with at most forty links each") {
  const Formed world(100);
  check_whole(world);
  for (Index i = 0; i < world.size(); ++i) CHECK(world.core(i).gossip().linked_peers().size() <= 40);
}

}  // namespace grapevine::node::sim
