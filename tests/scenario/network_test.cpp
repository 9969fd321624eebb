#include "node/sim/link.hpp"

#include <doctest/doctest.h>

namespace grapevine::node::sim {

namespace {

Network connected(Weather weather) {
  Network network(2, weather, Random(1));
  network.connect(0, 1);
  return network;
}

}  // namespace

TEST_CASE("on one connection nothing overtakes, however late a message is") {
  Network network = connected({.stall = 0.5});
  Time last{};
  for (int i = 0; i < 1000; ++i) {
    Bytes frame{1};
    const auto arrival = network.send(0, 1, Time{} + i * 1ms, frame);
    REQUIRE(arrival.has_value());
    CHECK(arrival->at >= last);
    CHECK(network.arrive(0, 1, arrival->epoch));
    last = arrival->at;
  }
  CHECK(last > Time{} + 1s + 200ms);
}

TEST_CASE("without stalls a message takes the delay of its pair, the same both ways") {
  Network network = connected({.delay_min = 10ms, .delay_max = 50ms});
  Bytes frame{1};
  CHECK(network.send(0, 1, Time{}, frame)->at == Time{} + network.delay(1, 0));
  CHECK(network.delay(0, 1) >= 10ms);
  CHECK(network.delay(0, 1) <= 50ms);
}

TEST_CASE("a barrier holds what is sent and gives it back in order when it is lifted") {
  Network network = connected({});
  const auto barrier = network.raise({.from = {true, false}, .to = {false, true}});
  for (std::uint8_t i = 0; i < 3; ++i) {
    Bytes frame{i};
    CHECK_FALSE(network.send(0, 1, Time{}, frame).has_value());
  }
  const auto released = network.lift(barrier, Time{} + 1s);
  REQUIRE(released.size() == 3);
  CHECK(released[0].frame == Bytes{0});
  CHECK(released[2].frame == Bytes{2});
}

TEST_CASE("a barrier of one way lets the other way pass") {
  Network network = connected({});
  network.raise({.from = {true, false}, .to = {false, true}});
  Bytes frame{1};
  CHECK(network.send(1, 0, Time{}, frame).has_value());
}

TEST_CASE("behind a cut TCP tries ever more seldom, a clog lets go at once") {
  using Kind = Network::Barrier::Kind;
  const auto arrival = [](Kind kind) {
    Network network = connected({});
    const auto barrier = network.raise({.from = {true, false}, .to = {false, true}, .kind = kind});
    Bytes frame{1};
    CHECK_FALSE(network.send(0, 1, Time{}, frame).has_value());
    return network.lift(barrier, Time{} + 10s).at(0).arrival.at - Time{};
  };
  CHECK(arrival(Kind::clog) < 10s + 100ms);
  CHECK(arrival(Kind::cut) > 12s + 600ms);  // 200 ms, 600 ms, ... 6.2 s, 12.6 s
  CHECK(arrival(Kind::cut) < 13s);
}

TEST_CASE("at the high-water mark of 64 frames the next one is dropped and counted") {
  Network network = connected({});
  for (std::uint32_t i = 0; i < Network::high_water; ++i) {
    Bytes frame{1};
    CHECK(network.send(0, 1, Time{}, frame).has_value());
  }
  Bytes frame{1};
  CHECK_FALSE(network.send(0, 1, Time{}, frame).has_value());
  CHECK(network.dropped() == 1);
  CHECK(network.send(1, 0, Time{}, frame).has_value());
}

TEST_CASE("a large message takes its time, and what follows waits for it") {
  Network network = connected({.delay_min = 10ms, .delay_max = 10ms, .bandwidth = 1'000'000});
  Bytes large(100'000);
  Bytes small(100);
  const auto first = network.send(0, 1, Time{}, large);
  const auto second = network.send(0, 1, Time{}, small);
  CHECK(first->at == Time{} + 110ms);
  CHECK(second->at == Time{} + 110ms + 100us);
}

TEST_CASE("what flew on an ended connection does not arrive on the next one") {
  Network network = connected({});
  Bytes frame{1};
  const auto arrival = network.send(0, 1, Time{}, frame);
  network.disconnect(0, 1);
  network.connect(0, 1);
  CHECK_FALSE(network.arrive(0, 1, arrival->epoch));
}

TEST_CASE("who hangs up has still said what it said, and hears nothing more") {
  Network network = connected({});
  Bytes frame{1};
  const auto said = network.send(0, 1, Time{}, frame);
  const auto heard = network.send(1, 0, Time{}, frame);
  const auto end = network.hang_up(0, 1, Time{});
  REQUIRE(end.has_value());
  CHECK(end->at >= said->at);
  CHECK(network.arrive(0, 1, said->epoch));
  CHECK_FALSE(network.arrive(1, 0, heard->epoch));
  CHECK(network.connected(1, 0));
  CHECK_FALSE(network.connected(0, 1));
}

TEST_CASE("who falls silent leaves the other end half-open until somebody notices") {
  Network network = connected({});
  const auto epoch = network.fall_silent(0, 1);
  REQUIRE(epoch.has_value());
  CHECK(network.connected(1, 0));
  CHECK_FALSE(network.connected(0, 1));
  CHECK(network.is_silent(0, 1, *epoch));
  Bytes frame{1};
  const auto arrival = network.send(1, 0, Time{}, frame);
  REQUIRE(arrival.has_value());
  CHECK_FALSE(network.arrive(1, 0, arrival->epoch));
}

}  // namespace grapevine::node::sim
