// Suspicion, health, round trips and rides: the small parts a detector is made of.
#include "gossip/health.hpp"
#include "gossip/probe.hpp"
#include "gossip/rides.hpp"
#include "gossip/roundtrip.hpp"
#include "gossip/suspicion.hpp"

#include <doctest/doctest.h>

namespace grapevine::gossip {

TEST_CASE("patience grows with the logarithm of the mesh, and a refused dial ends it") {
  const Config config;
  CHECK(config.patience(5, false).least == 2400ms);
  CHECK(config.patience(100, false).least == 8s);
  CHECK(config.patience(1000, false).least == 12s);
  CHECK(config.patience(1000, false).most == 72s);
  CHECK(config.patience(1000, true).least == 1s);
  CHECK(config.patience(1000, true).confirmations == 0);
  CHECK(Config::refusals_enough(1000) == 2);
  CHECK(Config::refusals_enough(2) == 1);
}

TEST_CASE("at most four accusers count, and a dropped suspicion fires no more") {
  const Config config;
  Suspicions suspicions(config);
  for (Peer accuser = 1; accuser <= 4; ++accuser) CHECK(suspicions.accuse(9, {.peer = accuser}, 10, Time{}));
  CHECK_FALSE(suspicions.would_count(9, {.peer = 5}));
  suspicions.drop(9);
  CHECK(suspicions.deadline() == never);
  CHECK(suspicions.ripe(Time{} + 1h).empty());
}

TEST_CASE("two accusers whose dials were refused are enough, and end the wait in a second") {
  const Config config;
  Suspicions suspicions(config);
  suspicions.accuse(9, {.peer = 1, .evidence = Evidence::refused}, 1000, Time{});
  CHECK(suspicions.deadline() > Time{} + 60s);
  suspicions.accuse(9, {.peer = 2, .evidence = Evidence::refused}, 1000, Time{});
  CHECK(suspicions.deadline() == Time{} + 1s);
  CHECK_FALSE(suspicions.would_count(9, {.peer = 3, .evidence = Evidence::refused}));
}

TEST_CASE("two accusers whose dials were refused count after any number who heard nothing, and only two") {
  const Config config;
  Suspicions suspicions(config);
  for (Peer accuser = 1; accuser <= 4; ++accuser) suspicions.accuse(9, {.peer = accuser}, 1000, Time{});
  CHECK_FALSE(suspicions.would_count(9, {.peer = 5, .evidence = Evidence::closed}));
  CHECK(suspicions.accuse(9, {.peer = 5, .evidence = Evidence::refused}, 1000, Time{}));
  CHECK_FALSE(suspicions.would_count(9, {.peer = 5, .evidence = Evidence::refused}));
  CHECK(suspicions.deadline() == Time{} + 12s);
  CHECK(suspicions.accuse(9, {.peer = 6, .evidence = Evidence::refused}, 1000, Time{}));
  CHECK(suspicions.deadline() == Time{} + 1s);
  CHECK_FALSE(suspicions.would_count(9, {.peer = 7, .evidence = Evidence::refused}));
}

TEST_CASE("time in which we slept is given back to suspects") {
  const Config config;
  Suspicions suspicions(config);
  suspicions.accuse(9, {.peer = 1}, 10, Time{});
  const Time before = suspicions.deadline();
  suspicions.postpone(3s);
  CHECK(suspicions.deadline() == before + 3s);
}

TEST_CASE(
    "of many suspicions the first to end is ripe first, and confirming or dropping one moves no other") {
  const Config config;
  Suspicions suspicions(config);
  for (Peer suspect = 1; suspect <= 100; ++suspect)
    suspicions.accuse(suspect, {.peer = 500}, 10, Time{} + 1ms * (200 - suspect));
  suspicions.accuse(7, {.peer = 501}, 10, Time{} + 1s);
  suspicions.drop(100);
  const std::vector<Peer> ripe = suspicions.ripe(Time{} + 1h);
  REQUIRE(ripe.size() == 99);
  CHECK(ripe[0] == 7);
  CHECK(ripe[1] == 99);
  CHECK(ripe.back() == 1);
  for (const Peer suspect : ripe) suspicions.drop(suspect);
  CHECK(suspicions.deadline() == never);
}

TEST_CASE("health goes down to its worst and back up to well, with a worst of zero nobody doubts itself") {
  Health health(8), certain(0);
  for (int i = 0; i < 3; ++i) health.worsen(3);
  CHECK(health.factor() == 9);
  for (int i = 0; i < 9; ++i) health.improve();
  CHECK(health.score() == 0);
  certain.worsen(3);
  CHECK(certain.factor() == 1);
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

TEST_CASE("an accuser that stays alone gets the least time once more, and only once") {
  const Config config;
  Suspicions suspicions(config);
  suspicions.accuse(5, {.peer = 1}, 30, Time{});
  const Time first = suspicions.deadline();
  CHECK(suspicions.call_again(5, first));
  CHECK(suspicions.ripe(first).empty());
  CHECK(suspicions.deadline() == first + config.patience(30, false).least);
  CHECK_FALSE(suspicions.call_again(5, suspicions.deadline()));
  CHECK_FALSE(suspicions.call_again(6, first));
}

TEST_CASE(
    "a refused dial, and every friend's, end a probe early, a friend who heard nothing so far does not") {
  const Config config;
  Probes probes(config);
  for (const Peer target : {5u, 6u, 7u}) {
    probes.open(target, Road::dialled, {.direct = 250ms, .all = 500ms}, target, Time{});
    if (target != 7) probes.seen(target, Evidence::refused, Time{} + 10ms);
  }
  for (Probe* probe : probes.to_ask(Time{} + 250ms)) probe->friends = {8, 9};
  for (const std::uint32_t number : {5u, 6u, 7u}) {
    probes.denied(number, 8, Evidence::refused, Time{} + 300ms);
    probes.denied(number, 9, number == 6 ? Evidence::silent : Evidence::refused, Time{} + 300ms);
  }
  const auto failed = probes.take_failed(Time{} + 300ms);
  REQUIRE(failed.size() == 1);
  CHECK(failed.front().target == 5);
  CHECK(failed.front().evidence == Evidence::refused);
}

}  // namespace grapevine::gossip
