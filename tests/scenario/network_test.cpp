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

TEST_CASE("a cut holds what is sent and gives it back in order when it heals") {
  Network network = connected({});
  network.cut({true, false});
  for (std::uint8_t i = 0; i < 3; ++i) {
    Bytes frame{i};
    CHECK_FALSE(network.send(0, 1, Time{}, frame).has_value());
  }
  const auto held = network.heal();
  REQUIRE(held.size() == 3);
  CHECK(held[0].frame == Bytes{0});
  CHECK(held[2].frame == Bytes{2});
}

TEST_CASE("what flew on an ended connection does not arrive on the next one") {
  Network network = connected({});
  Bytes frame{1};
  const auto arrival = network.send(0, 1, Time{}, frame);
  network.disconnect(0, 1);
  network.connect(0, 1);
  CHECK_FALSE(network.reaches(0, 1, arrival->epoch));
}

TEST_CASE("who hangs up has still said what it said, and hears nothing more") {
  Network network = connected({});
  Bytes frame{1};
  const auto said = network.send(0, 1, Time{}, frame);
  const auto heard = network.send(1, 0, Time{}, frame);
  const auto end = network.hang_up(0, 1, Time{});
  REQUIRE(end.has_value());
  CHECK(end->at >= said->at);
  CHECK(network.reaches(0, 1, said->epoch));
  CHECK_FALSE(network.reaches(1, 0, heard->epoch));
  CHECK(network.connected(1, 0));
  CHECK_FALSE(network.connected(0, 1));
}

}  // namespace grapevine::node::sim
