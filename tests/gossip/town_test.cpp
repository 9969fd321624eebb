// Stories of a whole town, in virtual time.
#include "town.hpp"

#include <doctest/doctest.h>

namespace grapevine::gossip {

TEST_CASE("five nodes that know one contact find each other within a second") {
  Town town(5);
  town.open_all();
  CHECK(town.run_until([&] { return town.agrees(5); }, 1s));
}

TEST_CASE("thirty-two nodes find each other within two seconds, each linked with each") {
  Town town(32);
  town.open_all();
  CHECK(town.run_until([&] { return town.agrees(32); }, 2s));
  town.run(5s);
  for (std::size_t i = 0; i < 32; ++i) CHECK(town.at(i).linked_peers().size() == 31);
  CHECK(town.agrees(32));
}

TEST_CASE("a hundred nodes find each other within twenty seconds, with at most 32 links each") {
  Town town(100);
  town.open_all();
  CHECK(town.run_until([&] { return town.agrees(100); }, 20s));
  town.run(30s);
  CHECK(town.agrees(100));
  CHECK(town.most_links() <= 32);
  for (std::size_t i = 0; i < 100; ++i) CHECK(town.at(i).linked_peers().size() >= 8);
}

TEST_CASE("a killed node is dead for all others within four seconds, and nobody else is") {
  Town town(5);
  town.open_all();
  town.run(5s);
  town.kill(3);
  CHECK(town.run_until([&] { return town.all_believe(3, Status::dead); }, 4s));
  town.run(10s);
  CHECK(town.agrees(4));
  CHECK(town.at(0).find(town.node(3))->evidence == Evidence::refused);
}

TEST_CASE(
    "without the evidence of links a death is found by silence alone, which takes three times as long") {
  std::map<LinkEvidence, Duration> taken;
  for (const LinkEvidence evidence : {LinkEvidence::counts, LinkEvidence::ignored}) {
    Config config;
    config.evidence = evidence;
    Town town(30, config);
    town.open_all();
    town.run(10s);
    const Time killed = town.now().time;
    town.kill(3);
    REQUIRE(town.run_until([&] { return town.all_believe(3, Status::dead); }, 60s));
    taken[evidence] = town.now().time - killed;
    const bool silent = town.at(0).find(town.node(3))->evidence == Evidence::silent;
    CHECK(silent == (evidence == LinkEvidence::ignored));
  }
  CHECK(taken[LinkEvidence::ignored] > 3 * taken[LinkEvidence::counts]);
}

TEST_CASE("a short pause kills nobody, neither the sleeper nor whom it did not hear") {
  Town town(8);
  town.open_all();
  town.run(5s);
  town.freeze(2);
  town.run(1500ms);
  town.thaw(2);
  town.run(20s);
  for (std::size_t in = 0; in < 8; ++in) {
    for (std::size_t of = 0; of < 8; ++of) CHECK(town.changes(in, of, Status::dead) == 0);
  }
  CHECK(town.agrees(8));
}

TEST_CASE("in a town of thirty a kill is known to all within two and a half seconds") {
  Town town(30);
  town.open_all();
  town.run(10s);
  town.kill(17);
  CHECK(town.run_until([&] { return town.all_believe(17, Status::dead); }, 2500ms));
  town.run(20s);
  CHECK(town.agrees(29));
}

TEST_CASE("a restarted node is back under a higher incarnation, even when nobody noticed") {
  for (const Duration away : {Duration(200ms), Duration(20s)}) {
    Town town(5);
    town.open_all();
    town.run(5s);
    town.kill(3);
    town.run(away);
    town.open(3);
    CHECK(town.run_until([&] { return town.agrees(5); }, 5s));
    CHECK(town.at(1).find(town.node(3))->incarnation >= 2);
  }
}

TEST_CASE("a broadcast reaches everybody within a second, once") {
  for (const std::size_t n : {5u, 32u, 100u}) {
    Town town(n);
    town.open_all();
    town.run(20s);
    town.perform(n - 1, town.at(n - 1).publish(Topic::record, Bytes{1, 2, 3}, town.now()));
    town.run(1s);
    for (std::size_t i = 0; i + 1 < n; ++i) CHECK(town.arrivals(i) == 1);
    CHECK(town.arrivals(n - 1) == 0);
  }
}

TEST_CASE("a quiet town says little: two messages a period and node, and compares no tables") {
  Town town(32);
  town.open_all();
  town.run(20s);
  const std::size_t pings = town.sent<Ping>(), rows = town.sent<Rows>(), dials = town.dials();
  town.run(10s);
  CHECK(town.sent<Ping>() - pings <= 32 * 21);
  CHECK(town.sent<Rows>() == rows);
  CHECK(town.dials() == dials);
}

TEST_CASE("in a hundred, ten killed at once are dead for all, and the rest stay one mesh") {
  Town town(100);
  town.open_all();
  town.run(20s);
  for (std::size_t i = 10; i < 20; ++i) town.kill(i);
  CHECK(town.run_until([&] { return town.agrees(90); }, 60s));
  town.run(30s);
  CHECK(town.agrees(90));
  CHECK(town.most_links() <= 32);
}

TEST_CASE("the same seed tells the same story") {
  Town one(20), two(20);
  for (Town* town : {&one, &two}) {
    town->open_all();
    town->run(20s);
    town->kill(5);
    town->run(10s);
  }
  CHECK(one.sent<Ping>() == two.sent<Ping>());
  CHECK(one.sent<Parcel>() == two.sent<Parcel>());
  CHECK(one.dials() == two.dials());
  CHECK(one.at(0).members().root() == two.at(0).members().root());
}

}  // namespace grapevine::gossip
