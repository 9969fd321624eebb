// Suspicion, health, round trips and rides: the small parts a detector is made of.
#include "gossip/health.hpp"
#include "gossip/probe.hpp"
#include "gossip/rides.hpp"
#include "gossip/roundtrip.hpp"
#include "gossip/suspicion.hpp"

#include <doctest/doctest.h>

namespace grapevine::gossip {

TEST_CASE("each further accuser shortens a suspicion, down to the least (Lifeguard)") {
  const Patience patience{.least = 500ms, .most = 1000ms, .confirmations = 3};
  const auto ms = [&](std::size_t c) { return suspicion_time(patience, c).count() / 1000; };
  CHECK(ms(0) == 1000);
  CHECK(ms(1) == 750);
  CHECK(ms(2) == 603);
  CHECK(ms(3) == 500);
  CHECK(ms(4) == 500);
}

TEST_CASE("where nobody could confirm, a suspicion lasts the least at once") {
  CHECK(suspicion_time({.least = 500ms, .most = 1000ms, .confirmations = 0}, 0) == 500ms);
  const Config config;
  CHECK(config.patience(4, 0).confirmations == 0);
  CHECK(config.patience(5, 0).confirmations == 3);
}

TEST_CASE("patience grows with the logarithm of the mesh, and a refused dial ends it") {
  const Config config;
  CHECK(config.patience(5, 0).least == 2s);
  CHECK(config.patience(100, 0).least == 8s);
  CHECK(config.patience(1000, 0).least == 12s);
  CHECK(config.patience(1000, 0).most == 72s);
  CHECK(config.patience(1000, 1).least == 12s);
  CHECK(config.patience(1000, 2).least == 1s);
  CHECK(config.patience(2, 1).least == 1s);
}

TEST_CASE("the same accuser twice does not shorten a suspicion") {
  const Config config;
  Suspicions suspicions(config);
  const Time start{};
  CHECK(suspicions.accuse(9, {.peer = 1, .evidence = Evidence::silent}, 10, start));
  const Time first = suspicions.deadline();
  CHECK(first == start + 12s);
  CHECK_FALSE(suspicions.accuse(9, {.peer = 1, .evidence = Evidence::silent}, 10, start + 1s));
  CHECK(suspicions.deadline() == first);
  CHECK(suspicions.accuse(9, {.peer = 2, .evidence = Evidence::silent}, 10, start + 1s));
  CHECK(suspicions.deadline() < first);
}

TEST_CASE("the deciding accuser may come after the least has passed: the suspicion ends now") {
  const Config config;
  Suspicions suspicions(config);
  const Time late = Time{} + 5s;
  for (Peer accuser = 1; accuser <= 3; ++accuser) suspicions.accuse(9, {.peer = accuser}, 10, Time{});
  CHECK(suspicions.ripe(Time{} + 2s).empty());
  suspicions.accuse(9, {.peer = 4}, 10, late);
  CHECK(suspicions.ripe(late) == std::vector<Peer>{9});
}

TEST_CASE("at most four accusers count, and a dropped suspicion fires no more") {
  const Config config;
  Suspicions suspicions(config);
  for (Peer accuser = 1; accuser <= 4; ++accuser) CHECK(suspicions.accuse(9, {.peer = accuser}, 10, Time{}));
  CHECK_FALSE(suspicions.would_count(9, 5));
  suspicions.drop(9);
  CHECK(suspicions.deadline() == never);
  CHECK(suspicions.ripe(Time{} + 1h).empty());
}

TEST_CASE("time in which we slept is given back to suspects") {
  const Config config;
  Suspicions suspicions(config);
  suspicions.accuse(9, {.peer = 1}, 10, Time{});
  const Time before = suspicions.deadline();
  suspicions.postpone(3s);
  CHECK(suspicions.deadline() == before + 3s);
}

TEST_CASE("health stays between 0 and 8") {
  Health health;
  health.improve();
  CHECK(health.score() == 0);
  for (int i = 0; i < 20; ++i) health.worsen(3);
  CHECK(health.score() == Health::worst);
  CHECK(health.factor() == 9);
  health.improve();
  CHECK(health.score() == 7);
}

TEST_CASE("a round trip is smoothed, and patience covers its variation") {
  RoundTrip trip;
  CHECK_FALSE(trip.known());
  trip.learn(100ms);
  CHECK(trip.patience() == 500ms);
  for (int i = 0; i < 100; ++i) trip.learn(20ms);
  CHECK(trip.usual() < 21ms);
  CHECK(trip.patience() < 70ms);
}

TEST_CASE("least told first, newest first among equals, and off after enough") {
  Rides<int> rides(10);
  std::vector<int> told;
  const auto take = [&](int key) {
    told.push_back(key);
    return Ride::taken;
  };
  rides.add(1);
  rides.add(2);
  rides.board(1, 2, take);
  rides.board(3, 2, take);
  rides.board(9, 2, take);
  rides.board(9, 2, take);
  CHECK(told == std::vector<int>{2, 1, 2, 1});
  CHECK(rides.size() == 0);
}

TEST_CASE("a full list of rides lets the most told off") {
  Rides<int> rides(2);
  rides.add(1);
  rides.told(1, 9);
  rides.add(2);
  rides.add(3);
  CHECK_FALSE(rides.has(1));
  CHECK(rides.has(2));
  CHECK(rides.has(3));
}

TEST_CASE("every member is asked exactly once a pass, in another order the next time") {
  Peers peers({}, 100);
  Members members(peers);
  for (std::uint8_t i = 1; i <= 20; ++i) {
    NodeId node;
    node.value.bytes[0] = i;
    members.believe(*peers.meet(node), Alive{.node = node, .incarnation = 1}, {}, Time{});
  }
  Random random(3);
  Pass pass;
  const auto go = [&] {
    std::vector<Peer> order;
    for (int i = 0; i < 20; ++i) order.push_back(*pass.next(members, random));
    return order;
  };
  const auto first = go(), second = go();
  CHECK(std::set<Peer>(first.begin(), first.end()).size() == 20);
  CHECK(std::set<Peer>(second.begin(), second.end()).size() == 20);
  CHECK(first != second);
}

TEST_CASE("only an answer with the probe's number, from its target or a friend who was asked, closes it") {
  const Config config;
  Probes probes(config);
  REQUIRE(probes.open(5, Road::standing, {.direct = 250ms, .all = 500ms}, 77, Time{}) != nullptr);
  CHECK_FALSE(probes.answered(76, 5));
  CHECK_FALSE(probes.answered(77, 6));
  CHECK_FALSE(probes.vouched(77, 5, 8));
  probes.to_ask(Time{} + 250ms).front()->friends = {8};
  CHECK_FALSE(probes.vouched(77, 5, 9));
  CHECK(probes.vouched(77, 5, 8));
  CHECK(probes.take_failed(Time{} + 1s).empty());
}

TEST_CASE("a refused dial and friends who all say no end a probe early; silence does not") {
  const Config config;
  Probes probes(config);
  for (const Peer target : {5u, 6u}) {
    probes.open(target, Road::dialled, {.direct = 250ms, .all = 500ms}, target, Time{});
  }
  probes.seen(5, Evidence::refused, Time{} + 10ms);
  for (Probe* probe : probes.to_ask(Time{} + 250ms)) probe->friends = {8, 9};
  for (const std::uint32_t number : {5u, 6u}) {
    for (const Peer by : {8u, 9u}) probes.denied(number, by, Time{} + 300ms);
  }
  const auto failed = probes.take_failed(Time{} + 300ms);
  REQUIRE(failed.size() == 1);
  CHECK(failed.front().target == 5);
  CHECK(failed.front().evidence == Evidence::refused);
}

}  // namespace grapevine::gossip
