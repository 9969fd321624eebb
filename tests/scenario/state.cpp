// Scenarios 34 to 42: tables that differ become equal, and what was forgotten stays so. (Known behaviours of
// chitchat.) Days are told in minutes here: the dead are remembered for two.
#include "tests/scenario/stories.hpp"
#include "tests/scenario/tellings.hpp"

namespace grapevine::gossip {

namespace {

const Config forgetful{.dead_remembered = 2min};

bool knows(Town& town, std::size_t of) {
  for (std::size_t i = 0; i < 6; ++i) {
    if (i != of && town.running(i) && town.status(of, i)) return true;
  }
  return false;
}

/// One machine that has heard of many who are not here.
struct Crowd : Town {
  explicit Crowd(std::size_t many) : Town(many + 2) {
    open(0);
    const Alone signer;
    for (std::size_t i = 2; i < many + 2; ++i) tell(1, 0, signer.is_here(citizen(i)));
  }
  bool equal(std::size_t a, std::size_t b) { return at(a).members().root() == at(b).members().root(); }
};

}  // namespace

TEST_CASE(
    "34 a round cut in its middle leaves nothing that the other side did not hold, the next one finishes") {
  Crowd town(200);
  town.open(1);
  for (int i = 0; i < 3; ++i) {
    town.run(7ms);
    town.disconnect(0, 1);
    CHECK(town.at(1).alive_count() < town.at(0).alive_count());
    for (const MemberView& held : town.at(1).view()) {
      const auto source = town.at(0).find(held.node);
      REQUIRE(source);
      CHECK(held.incarnation <= source->incarnation);
    }
  }
  CHECK(town.run_until([&] { return town.at(1).alive_count() > 190 && town.equal(0, 1); }, 5s));
}

TEST_CASE(
    "35 away longer than the dead are remembered, a member takes the table anew and no incarnation goes "
    "back") {
  Town town(6, forgetful);
  town.open_all();
  town.run(10s);
  const Bytes before = town.disk(5);
  town.kill(5);
  town.run(30s);
  for (int restart = 0; restart < 3; ++restart) {
    town.kill(1);
    town.run(1s);
    town.open(1);
    town.run(10s);
  }
  town.kill(2);
  town.run(180s);
  REQUIRE_FALSE(town.status(5, 0).has_value());
  town.disk(5) = before;
  town.open(5);
  CHECK(town.run_until([&] { return town.agrees(5); }, 30s));
  for (std::size_t i : {0u, 3u, 4u, 5u}) CHECK(town.at(i).find(town.node(1))->incarnation >= 4);
  CHECK(town.at(0).find(town.node(5))->incarnation == town.at(5).incarnation());
}

TEST_CASE("36 after a partition that outlived the memory of a dead member, it does not come back") {
  for (const std::size_t border : {2u, 4u}) {
    Town town(6, forgetful);
    town.open_all();
    town.run(5s);
    town.cut(border);
    town.kill(0);
    town.run(100s);
    CHECK(knows(town, 0));
    town.cut(0);
    const auto comes_back = [&] {
      for (std::size_t i = 1; i < 6; ++i) {
        const auto status = town.status(0, i);
        if (status && is_up(*status)) return true;
      }
      return false;
    };
    CHECK_FALSE(town.run_until(comes_back, 180s));
    CHECK(town.agrees(5));
    CHECK_FALSE(knows(town, 0));
  }
}

TEST_CASE("38 a forgotten member returns with a new word of its own, and with nothing else") {
  Linked town(0);
  for (const auto* one : {&town.bert, &town.cleo}) (void)town.hear(town.is_here(*one));
  (void)town.hear(town.leaves(town.bert, 1));
  (void)town.converse(25h);
  REQUIRE_FALSE(town.status(town.bert).has_value());
  (void)town.hear(town.leaves(town.bert, 1));
  (void)town.hear(town.accuses(town.cleo, town.bert.self.node, 1, Status::dead));
  (void)town.receive(town.cleo, Ping{.probe = 1, .news = {}});
  CHECK_FALSE(town.status(town.bert).has_value());
  (void)town.converse(1min);
  (void)town.hear(town.is_here(town.bert, 2));
  CHECK(town.status(town.bert) == Status::alive);
}

TEST_CASE("39 a healed partition makes both sides equal, without calls to the dead it stays") {
  for (const Duration called : {Duration(30s), Duration(24h)}) {
    Config config;
    config.dead_called = called;
    Town town(10, config);
    town.open_all();
    town.run(5s);
    town.cut(4);
    CHECK(
        town.run_until([&] { return town.at(0).alive_count() == 4 && town.at(9).alive_count() == 6; }, 90s));
    town.run(120s);
    town.cut(0);
    CHECK(town.run_until([&] { return town.agrees(10); }, 60s) == (called == 30s));
  }
}

TEST_CASE("40 a greeting from another mesh is answered with a goodbye, and nothing is taken") {
  Linked town;
  Hello hello;
  hello.mesh.value.bytes[0] = 9;
  hello.incarnation = 7;
  const Effects effects = town.receive(town.bert, hello);
  CHECK(noted(effects, "hostile.other_mesh"));
  REQUIRE(sent<Bye>(effects).size() == 1);
  CHECK(sent<Bye>(effects).front().reason == Farewell::other_mesh);
  CHECK(only<HangUp>(effects).size() == 1);
  CHECK_FALSE(town.machine->linked_to(town.bert.self.node));
  CHECK(town.machine->find(town.bert.self.node)->incarnation == 1);
}

TEST_CASE("41 behind by more than a thousand rows, a newcomer catches up in pieces within five seconds") {
  Crowd town(1100);
  town.open(1);
  CHECK(town.run_until([&] { return town.at(1).alive_count() > 1070; }, 5s));
}

TEST_CASE("42 for thirty seconds half of all messages are late, a quarter very late: nobody is called dead") {
  for (const std::size_t n : {10u, 50u}) {
    Town town(n);
    town.open_all();
    town.run(20s);
    Random random(5);
    town.set_weather([&](std::size_t, std::size_t, const Message&) {
      const auto lost = random.below(4);  // sent again after 200 ms, and once more after 400
      return std::optional<Duration>(lost < 2 ? 0ms : lost == 2 ? 200ms : 600ms);
    });
    town.run(30s);
    town.set_weather({});
    town.run(30s);
    std::size_t deaths = 0;
    for (std::size_t in = 0; in < n; ++in) {
      for (std::size_t of = 0; of < n; ++of) deaths += town.changes(in, of, Status::dead);
    }
    CHECK(deaths == 0);
    CHECK(town.agrees(n));
  }
}

}  // namespace grapevine::gossip

namespace grapevine::node::sim {

TEST_CASE("37 the records of a dead member still reach a newcomer") {
  World world({.nodes = 5, .seed = 4, .join_interval = 20s});
  world.run_for(75s);
  REQUIRE(world.claim(1, "lamp").has_value());
  world.run_for(3s);
  world.crash(1);
  world.run_for(60s);
  REQUIRE(world.is_up(4));
  CHECK(status(world, 0, 1) == gossip::Status::dead);
  const auto now = WallTime(1'790'000'000'000ms) +
                   std::chrono::duration_cast<std::chrono::milliseconds>(world.now().time_since_epoch());
  const auto found = world.core(4).registry().resolve("lamp", now);
  REQUIRE(found.has_value());
  CHECK(found->node == world.id(1));
}

}  // namespace grapevine::node::sim
