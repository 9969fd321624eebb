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

TEST_CASE("no device is shown under a name that another one bears") {
  Formed world(5);
  const auto shown = [&](Index i) { return world.core(0).registry().display_name(world.id(i), wall(world)); };
  CHECK(shown(2) == "node-2");  // its label
  REQUIRE(world.claim(1, "node-2").has_value());
  world.run_for(5s);
  CHECK(shown(1) == "node-2");
  CHECK(shown(2) == dns::generated_name(world.id(2)).text());
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

TEST_CASE("a device that has moved is reached by its old name within seconds") {
  Formed world(8);
  REQUIRE(world.claim(3, "kitchen-arm").has_value());
  world.run_for(5s);
  world.move(3);
  world.run_for(5s);
  for (const Index i : {0u, 1u, 2u, 4u, 5u, 6u, 7u}) {
    const auto found = world.core(i).registry().resolve("kitchen-arm", wall(world));
    REQUIRE(found.has_value());
    CHECK(found->node == world.id(3));
    CHECK(found->pin() == dns::PinState::match);
    REQUIRE(found->endpoints.size() == 1);
    CHECK(found->endpoints.front().ip == Bytes{10, 1, 0, 3});
    CHECK(status(world, i, 3) == gossip::Status::alive);
  }
}

TEST_CASE("each side of a cut goes on resolving every name and knowing whom it met, and after it all agree") {
  Formed world(6);
  REQUIRE(world.claim(1, "lamp").has_value());
  REQUIRE(world.claim(4, "door").has_value());
  world.run_for(10s);
  world.cut({true, true, true, false, false, false});
  world.run_for(60s);
  for (Index i = 0; i < world.size(); ++i) {
    const auto& registry = world.core(i).registry();
    if (i != 1) CHECK(registry.resolve("lamp", wall(world))->pin() == dns::PinState::match);
    if (i != 4) CHECK(registry.resolve("door", wall(world))->pin() == dns::PinState::match);
    CHECK(registry.social().all().size() == world.size() - 1);
  }
  world.heal();
  world.run_for(60s);
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

TEST_CASE("two islands of one root that meet merge, and whois shows by whom each of the other's names came") {
  Formed world(10);
  const auto is_there = [](Index node) { return node >= 6; };
  std::vector<bool> island(10);
  for (Index node = 0; node < 10; ++node) island[node] = is_there(node);
  world.cut(island);
  world.run_for(30s);
  for (Index node = 0; node < 10; ++node)
    REQUIRE(world.claim(node, "lamp-" + std::string(1, static_cast<char>('a' + node))).has_value());
  world.run_for(10s);
  CHECK(world.core(9).registry().resolve("lamp-g", wall(world)).has_value());
  CHECK_FALSE(world.core(9).registry().resolve("lamp-a", wall(world)).has_value());
  CHECK_FALSE(world.core(0).registry().resolve("lamp-g", wall(world)).has_value());

  const WallTime met = wall(world);
  world.heal();
  world.run_for(60s);
  check_whole(world);
  std::size_t crossed = 0;
  for (Index viewer = 0; viewer < 10; ++viewer) {
    for (Index subject = 0; subject < 10; ++subject) {
      const auto found = world.core(viewer).registry().whois(to_string(world.id(subject)), wall(world));
      REQUIRE(found.has_value());
      for (const auto& held : found->records) {
        if (held.type != dns::RecordType::name) continue;
        REQUIRE(held.told.has_value());
        const auto teller = world.index_of(held.told->by);
        REQUIRE(teller.has_value());
        CHECK((viewer == subject) == (*teller == viewer));
        if (is_there(viewer) == is_there(subject)) continue;
        CHECK(held.told->at >= met);
        crossed += is_there(*teller) == is_there(subject) ? 1u : 0u;
      }
    }
  }
  CHECK(crossed >= 10);  // each name came over once at least
}

}  // namespace grapevine::node::sim
