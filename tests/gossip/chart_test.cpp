// What probes show for people: gaps between members, and their clocks.
#include "gossip/chart.hpp"

#include "alone.hpp"

#include <doctest/doctest.h>

namespace grapevine::gossip {

namespace {
constexpr Now noon{Time(12h), WallTime(20'000 * 24h)};
}

TEST_CASE("a miss is a hiccup, three within a minute are a gap, an answer closes it") {
  Chart chart;
  chart.miss(1, 2, noon.time);
  chart.miss(1, 2, noon.time + 20s);
  CHECK(chart.gaps(noon.time + 20s).empty());
  chart.miss(1, 2, noon.time + 40s);
  REQUIRE(chart.gaps(noon.time + 40s).size() == 1);
  CHECK(chart.gaps(noon.time + 40s).front().to == 2);
  chart.reach(1, 2);
  CHECK(chart.gaps(noon.time + 40s).empty());
}

TEST_CASE("misses far apart are three hiccups") {
  Chart chart;
  for (const auto later : {0s, 61s, 122s}) chart.miss(1, 2, noon.time + later);
  CHECK(chart.gaps(noon.time + 122s).empty());
}

TEST_CASE("a gap that shows no more is forgotten") {
  Chart chart;
  for (unsigned i = 0; i < Chart::misses; ++i) chart.miss(1, 2, noon.time);
  CHECK(chart.gaps(noon.time + 60s).size() == 1);
  CHECK(chart.gaps(noon.time + 61s).empty());
}

TEST_CASE("a clock is compared with the middle of the round trip") {
  Chart chart;
  chart.read_clock(7, noon.wall + 2s, 100ms, noon);
  REQUIRE(chart.clocks(noon.time).size() == 1);
  CHECK(chart.clocks(noon.time).front().ahead == 2'050ms);
  chart.read_clock(7, noon.wall - 1h, Duration::zero(), noon);
  CHECK(chart.clocks(noon.time).front().ahead == -1h);
  CHECK(chart.clocks(noon.time).size() == 1);
}

TEST_CASE("a clock that says nonsense is far off, and harms nobody") {
  Chart chart;
  chart.read_clock(7, WallTime::max(), 1ms, noon);
  CHECK(chart.clocks(noon.time).front().ahead > 24h);
  chart.read_clock(7, WallTime::min(), 1ms, noon);
  CHECK(chart.clocks(noon.time).front().ahead < -24h);
}

TEST_CASE("the chart is bounded: the latest stay") {
  Chart chart;
  for (Peer peer = 1; peer <= 100; ++peer) {
    for (unsigned i = 0; i < Chart::misses; ++i) chart.miss(0, peer, noon.time);
    chart.read_clock(peer, noon.wall, 1ms, noon);
  }
  CHECK(chart.gaps(noon.time).size() == Chart::kept_max);
  CHECK(chart.clocks(noon.time).size() == Chart::kept_max);
  CHECK(chart.gaps(noon.time).back().to == 100);
}

TEST_CASE("who asks friends for somebody who answers them has a gap") {
  Linked town;
  for (unsigned i = 0; i < Chart::misses; ++i) {
    const Effects asked = town.receive(town.bert, PingRequest{.probe = i, .target = town.cleo.self.node});
    const auto number = std::get<Ping>(first_ping(asked)->message).probe;
    (void)town.receive(town.cleo, Ack{.probe = number, .news = {}});
  }
  const auto gaps = town.machine->gaps(town.now().time);
  REQUIRE(gaps.size() == 1);
  CHECK(gaps.front().from == town.bert.self.node);
  CHECK(gaps.front().to == town.cleo.self.node);
}

}  // namespace grapevine::gossip
