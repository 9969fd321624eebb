// Scenarios 27 to 33: a member joins, leaves, fails, comes back. (Known behaviours of serf.)
#include "tests/scenario/tellings.hpp"

namespace grapevine::gossip {

TEST_CASE("27 join, leave, join again with another role: alive, and the new role is believed") {
  Town town(5);
  town.open_all();
  town.run(5s);
  town.leave(4);
  town.run(10s);
  REQUIRE(town.all_believe(4, Status::left));
  town.founder().promote(town.citizen(4), Role::inviter);
  town.open(4);
  CHECK(town.run_until([&] { return town.agrees(5); }, 5s));
  for (std::size_t i = 0; i < 4; ++i) CHECK(town.roster(i).find(town.node(4))->role == Role::inviter);
}

TEST_CASE("28 a farewell is told on once by each: soon nobody speaks of it, and nothing but probes is sent") {
  Town town(32);
  town.open_all();
  town.run(10s);
  town.leave(7);
  town.run(30s);
  const auto chatter = [&] { return town.sent_in_all() - town.sent<Ping>() - town.sent<Ack>(); };
  const std::size_t before = chatter();
  town.run(30s);
  CHECK(chatter() == before);
  for (std::size_t i = 0; i < 32; ++i) CHECK(town.changes(i, 7, Status::left) == (i == 7 ? 0 : 1));
  Linked one(1);
  (void)one.hear(one.is_here(one.cleo));
  (void)one.converse(20s);
  Effects effects = one.hear(one.leaves(one.cleo, 1));
  append(effects, one.converse(1s));
  append(effects, one.hear(one.leaves(one.cleo, 1)));
  append(effects, one.converse(20s));
  CHECK(tellings(effects, one.cleo.self.node) == Config{}.rides(2));
}

TEST_CASE("29 a farewell or an accusation heard before its member is known applies when its word comes") {
  Alone alone;
  (void)alone.hear(alone.is_here(alone.cleo));
  (void)alone.hear(alone.leaves(alone.bert, 1));
  (void)alone.hear(alone.accuses(alone.cleo, alone.dora.self.node, 1));
  (void)alone.hear(alone.is_here(alone.bert));
  (void)alone.hear(alone.is_here(alone.dora));
  CHECK(alone.status(alone.bert) == Status::left);
  CHECK(alone.status(alone.dora) == Status::suspect);
  (void)alone.hear(alone.leaves(alone.emil, 1));
  (void)alone.converse(11s);  // nothing waits longer than ten seconds
  (void)alone.hear(alone.is_here(alone.emil));
  CHECK(alone.status(alone.emil) == Status::alive);
}

TEST_CASE("30 who failed and is back is linked again within thirty seconds, without a person") {
  Town town(8);
  town.open_all();
  town.run(5s);
  town.isolate(3);
  town.run(120s);
  REQUIRE(town.all_believe(3, Status::dead));
  town.rejoin(3);
  CHECK(town.run_until([&] { return town.agrees(8) && !town.at(3).linked_peers().empty(); }, 30s));
}

TEST_CASE("31 the first contact restarts and rejoins from what it stored, and hears no old news again") {
  Town town(5);
  town.open_all();
  town.run(70s);  // contacts are written every minute
  town.publish(2);
  town.run(5s);
  REQUIRE(town.arrivals(0) == 1);
  town.kill(0);
  town.run(60s);
  town.open(0);
  CHECK(town.run_until([&] { return town.agrees(5); }, 5s));
  town.run(20s);
  CHECK(town.arrivals(0) == 1);
}

TEST_CASE("32 at rest the disk is asked once a minute: a slow one is hardly ever in a probe's way") {
  Town town(10);
  town.open_all();
  town.run(10s);
  std::size_t before = 0, after = 0;
  for (std::size_t i = 0; i < 10; ++i) before += town.writes(i);
  town.run(600s);
  for (std::size_t i = 0; i < 10; ++i) after += town.writes(i);
  CHECK(after - before == 10 * 10);
}

TEST_CASE("33 the same broadcast, published twice and by two, is delivered once") {
  Town town(12);
  town.open_all();
  town.run(10s);
  for (const std::size_t house : {3u, 3u, 8u})
    town.perform(house, town.at(house).publish(Topic::record, Bytes{1, 2, 3}, town.now()));
  town.run(5s);
  for (std::size_t i = 0; i < 12; ++i) CHECK(town.arrivals(i) <= 1);
  for (std::size_t i : {0u, 1u, 11u}) CHECK(town.arrivals(i) == 1);
}

}  // namespace grapevine::gossip
