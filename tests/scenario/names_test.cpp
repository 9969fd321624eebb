#include "tests/scenario/stories.hpp"

namespace grapevine::node::sim {

TEST_CASE("a name claimed on one device is confirmed by the others and resolves on all of them") {
  Formed world(8);
  REQUIRE(world.claim(3, "kitchen-arm").has_value());
  world.run_for(5s);
  for (Index i = 0; i < 8; ++i) {
    const auto found = world.core(i).registry().resolve("kitchen-arm", wall(world));
    REQUIRE(found.has_value());
    CHECK(found->node == world.id(3));
    CHECK(found->state == dns::State::confirmed);
  }
}

TEST_CASE("every device is found by its id and by what it can do") {
  const Formed world(6);
  CHECK(world.core(0).registry().find({"sim"}, wall(world), 100).size() == 6);
  const auto found = world.core(5).registry().resolve(to_string(world.id(2)), wall(world));
  REQUIRE(found.has_value());
  CHECK(found->node == world.id(2));
}

TEST_CASE("a name taken by somebody else is refused with the reason") {
  Formed world(4);
  REQUIRE(world.claim(1, "robot-7").has_value());
  world.run_for(5s);
  const auto second = world.claim(2, "r0bot-7");
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == Code::conflict);
}

TEST_CASE("a device that was away while names changed catches up when it is back") {
  Formed world(6);
  world.crash(5);
  REQUIRE(world.claim(1, "lamp").has_value());
  world.run_for(20s);
  world.restart(5);
  world.run_for(20s);
  CHECK(world.core(5).registry().resolve("lamp", wall(world)).has_value());
  check_whole(world);
}

TEST_CASE("half of the devices die: every name still resolves on the others") {
  Formed world(10);
  for (Index i = 0; i < 10; ++i)
    REQUIRE(world.claim(i, "lamp-" + std::string(1, static_cast<char>('a' + i))).has_value());
  world.run_for(10s);
  for (Index i = 0; i < 10; i += 2) world.crash(i);
  world.run_for(30s);
  for (Index i = 0; i < 10; ++i)
    CHECK(world.core(9)
              .registry()
              .resolve("lamp-" + std::string(1, static_cast<char>('a' + i)), wall(world))
              .has_value());
}

TEST_CASE(
    "both halves of a cut mesh claim one name: after it heals all agree whose it is, or that it is in "
    "conflict") {
  Formed world(6);
  world.cut({true, true, true, false, false, false});
  world.run_for(30s);
  REQUIRE(world.claim(0, "door").has_value());
  REQUIRE(world.claim(5, "door").has_value());
  world.run_for(10s);
  world.heal();
  world.run_for(60s);
  check_whole(world);
  const auto first = world.core(1).registry().resolve("door", wall(world));
  REQUIRE(first.has_value());
  CHECK((first->state == dns::State::conflict || first->state == dns::State::confirmed));
  for (const Index i : {2u, 3u, 4u}) {
    const auto found = world.core(i).registry().resolve("door", wall(world));
    REQUIRE(found.has_value());
    CHECK(found->state == first->state);
    CHECK(found->node == first->node);
  }
}

}  // namespace grapevine::node::sim
