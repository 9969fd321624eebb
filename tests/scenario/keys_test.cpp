// The life of keys in a whole mesh: rotated, stolen, suspended, retired, revoked.
#include "tests/scenario/stories.hpp"

namespace grapevine::node::sim {

namespace {

/// Whether one device would still have to do with another.
bool knows(const World& world, Index viewer, Index other) {
  const Core& core = world.core(viewer);
  const bool is_named = core.registry().resolve(to_string(world.id(other)), wall(world)).has_value();
  return core.gossip().find(world.id(other)).has_value() || is_named ||
         core.gossip().linked_to(world.id(other));
}

bool is_forgotten(const World& world, Index gone) {
  for (Index viewer = 0; viewer < world.size(); ++viewer)
    if (viewer != gone && world.is_up(viewer) && knows(world, viewer, gone)) return false;
  return true;
}

}  // namespace

TEST_CASE("a device that rotates its key under loss is believed by all, and its news is heard") {
  Formed world(WorldOptions{.nodes = 12, .seed = 5, .weather = {.stall = 0.1}});
  const auto before = world.core(0).gossip().find(world.id(7))->incarnation;
  REQUIRE(world.rotate(7).has_value());
  world.run_for(20s);
  REQUIRE(world.tell(7).has_value());
  world.run_for(10s);
  CHECK(world.tellings().back().heard.size() == 12);
  for (Index viewer = 0; viewer < 12; ++viewer) {
    CHECK(*world.core(viewer).roster().key_of(world.id(7)) == world.key(7, 1).public_key());
    CHECK(world.core(viewer).gossip().find(world.id(7))->incarnation > before);
  }
  check_whole(world);
}

TEST_CASE("answers signed with a new key are taken") {
  Formed world(4);
  for (Index i = 0; i < 4; ++i) REQUIRE(world.rotate(i).has_value());
  world.run_for(5s);
  const auto query = world.ask(0, "hello", moa::Shape{1, 3});
  world.run_for(30s);
  CHECK(outcome(world, query).answers == 1);
  CHECK(outcome(world, query).provenance.voices.size() >= 4);
  CHECK_FALSE(world.notes().contains("hostile.proposal"));
}

TEST_CASE("a device started from a copy of its old keys speaks for nobody") {
  Formed world(6);
  REQUIRE(world.rotate(3).has_value());
  world.run_for(5s);
  const auto spoken = world.core(0).gossip().find(world.id(3))->incarnation;
  world.crash(3);
  world.turn_back_keys(3);
  world.restart(3);
  world.run_for(20s);
  for (const Index viewer : {0u, 1u, 2u, 4u, 5u})
    CHECK(world.core(viewer).gossip().find(world.id(3))->incarnation == spoken);
  CHECK(world.claim(3, "stolen").error().code == Code::refused);
  REQUIRE(world.tell(3).has_value());
  world.run_for(5s);
  CHECK(world.tellings().back().heard.size() == 1);
}

TEST_CASE("a device that rotated and restarts goes on under its new key, even with its registry lost") {
  for (const Memory memory : {Memory::kept, Memory::none}) {
    Formed world(6);
    REQUIRE(world.rotate(3).has_value());
    world.run_for(5s);
    world.crash(3, memory);
    world.run_for(5s);
    world.restart(3);
    world.run_for(60s);
    CHECK(world.claim(3, "kitchen-arm").has_value());
    world.run_for(5s);
    CHECK(world.core(0).registry().resolve("kitchen-arm", wall(world)).has_value());
    CHECK(status(world, 0, 3) == gossip::Status::alive);
  }
}

TEST_CASE("a device killed before it could say that it rotated says so when it starts again") {
  Formed world(6);
  REQUIRE(world.claim(3, "kitchen-arm").has_value());
  world.run_for(5s);
  REQUIRE(world.crash_rotating(3).has_value());
  world.run_for(5s);
  world.restart(3);
  world.run_for(20s);
  CHECK(*world.core(0).roster().key_of(world.id(3)) == world.key(3, 1).public_key());
  CHECK(world.core(0).registry().resolve("kitchen-arm", wall(world))->node == world.id(3));
  REQUIRE(world.tell(3).has_value());
  world.run_for(5s);
  CHECK(world.tellings().back().heard.size() == 6);
}

TEST_CASE("who has only the key that signs cannot rotate") {
  const Formed world(4);
  const auto thief = SigningKey::generate();
  const auto& registry = world.core(2).registry();
  CHECK(registry.successor(thief, thief.commitment()).error().code == Code::refused);
  CHECK(registry.successor(world.key(2, 0), thief.commitment()).error().code == Code::refused);
  CHECK(registry.successor(world.key(2, 1), thief.commitment()).error().code == Code::refused);
  CHECK(registry.successor(world.key(2, 1), world.key(2, 2).commitment()).has_value());  // the owner could
}

TEST_CASE("a suspended key is heard no more, and the next one is") {
  Formed world(5);
  REQUIRE(world.suspend(2).has_value());
  world.run_for(5s);
  REQUIRE(world.tell(2).has_value());
  world.run_for(5s);
  CHECK(world.tellings().back().heard.size() == 1);
  CHECK(world.core(0).roster().key_of(world.id(2)) == nullptr);
  REQUIRE(world.rotate(2).has_value());
  world.run_for(5s);
  REQUIRE(world.tell(2).has_value());
  world.run_for(5s);
  CHECK(world.tellings().back().heard.size() == 5);
  check_whole(world);
}

TEST_CASE(
    "a device whose key is suspended answers alone, at once, and with the others when it has another key") {
  Formed world(4);
  const auto answers = [&] {
    const auto query = world.ask(2, "What is known?", moa::Shape{1, 3});
    world.run_for(10s);
    const auto& outcome = world.outcomes().at(query);
    CHECK(outcome.ended.has_value());
    return outcome.provenance.voices.size();
  };
  REQUIRE(world.suspend(2).has_value());
  world.run_for(5s);
  CHECK(answers() == 1);
  REQUIRE(world.rotate(2).has_value());
  world.run_for(5s);
  CHECK(answers() > 1);
}

TEST_CASE("a revoked device is out of all views within two seconds, and comes back by no restart") {
  Formed world(8);
  REQUIRE(world.claim(5, "robot").has_value());
  world.run_for(5s);
  REQUIRE(world.revoke(0, 5).has_value());
  world.run_for(2s);
  CHECK(is_forgotten(world, 5));
  CHECK_FALSE(world.core(3).registry().resolve("robot", wall(world)).has_value());
  CHECK(world.claim(3, "robot").has_value());  // for the device that replaces it
  world.crash(5);
  world.restart(5);
  world.crash(6);
  world.restart(6);
  world.run_for(60s);
  CHECK(is_forgotten(world, 5));
  CHECK(world.core(6).gossip().alive_count() == 7);
}

TEST_CASE("a device that was away during a revocation learns of it on first contact") {
  Formed world(6);
  world.crash(4);
  world.run_for(20s);
  REQUIRE(world.revoke(0, 2).has_value());
  world.run_for(5s);
  world.restart(4);
  world.run_for(15s);
  CHECK(is_forgotten(world, 2));
  CHECK(world.core(4).gossip().alive_count() == 5);
}

TEST_CASE("a retired device is gone, by the word it made at its birth and also after it rotated") {
  Formed world(5);
  REQUIRE(world.rotate(3).has_value());
  world.run_for(5s);
  world.crash(3);
  REQUIRE(world.retire(1, 3).has_value());
  world.run_for(2s);
  CHECK(is_forgotten(world, 3));
  world.restart(3);
  world.run_for(20s);
  CHECK(is_forgotten(world, 3));
}

TEST_CASE("only an admin revokes") {
  Formed world(4);
  CHECK(world.revoke(2, 3).error().code == Code::refused);
  CHECK(world.revoke(0, 0).error().code == Code::refused);
  world.run_for(5s);
  check_whole(world);
}

}  // namespace grapevine::node::sim
