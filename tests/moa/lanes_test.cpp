#include "moa/lanes.hpp"

#include "moa/estimate.hpp"

#include <algorithm>

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {
CallId call(std::uint64_t n) {
  return CallId{n};
}
const Flow home{owner_of("anna"), NodeId{}};
Flow of(std::string_view owner) {
  return {owner_of(owner), NodeId{}};
}
bool fits(const Lanes& lanes, Side side, Duration work, Duration bound) {
  return lanes.full(side, home, work, bound) == Lanes::Full::no;
}
}  // namespace

TEST_CASE("own and foreign calls take turns, so neither starves") {
  Lanes lanes(8);
  for (std::uint64_t n = 1; n <= 4; ++n) lanes.push(Side::foreign, home, call(n), 1s);
  lanes.push(Side::own, home, call(11), 1s);
  lanes.push(Side::own, home, call(12), 1s);
  std::vector<std::uint64_t> order;
  while (const auto next = lanes.pop()) order.push_back(next->value);
  CHECK(order == std::vector<std::uint64_t>{11, 1, 12, 2, 3, 4});
}

TEST_CASE("a lane holds no more calls than its maximum") {
  Lanes lanes(3);
  for (std::uint64_t n = 1; n <= 3; ++n) lanes.push(Side::own, home, call(n), 0s);
  CHECK_FALSE(fits(lanes, Side::own, 0s, 10s));
  CHECK(fits(lanes, Side::foreign, 0s, 10s));
}

TEST_CASE("a lane holds no more work than its bound, unless a single call is longer") {
  Lanes lanes(100);
  CHECK(fits(lanes, Side::own, 40s, 10s));
  lanes.push(Side::own, home, call(1), 6s);
  CHECK(fits(lanes, Side::own, 4s, 10s));
  CHECK_FALSE(fits(lanes, Side::own, 5s, 10s));
}

TEST_CASE("who has queued much takes turns with who has queued little, by owner") {
  Lanes lanes(100);
  for (std::uint64_t n = 1; n <= 5; ++n) lanes.push(Side::foreign, of("greedy"), call(n), 1s);
  lanes.push(Side::foreign, of("modest"), call(11), 1s);
  lanes.push(Side::foreign, of("modest"), call(12), 1s);
  std::vector<std::uint64_t> order;
  while (const auto next = lanes.pop()) order.push_back(next->value);
  CHECK(order.size() == 7);
  CHECK(std::find(order.begin(), order.begin() + 4, 12) != order.begin() + 4);
}

TEST_CASE("of those who have paid alike, whose call came first is served first") {
  Lanes lanes(100);
  const std::vector<std::string_view> owners{"anna", "bert", "carl", "dora", "emil", "fred"};
  for (std::uint64_t n = 1; n <= 6; ++n) lanes.push(Side::foreign, of(owners[n - 1]), call(n), 1s);
  for (std::uint64_t n = 1; n <= 6; ++n) CHECK(lanes.pop() == call(n));
}

TEST_CASE("turns are taken by work, not by calls: long calls cost their lane more of them") {
  Lanes lanes(100);
  for (std::uint64_t n = 1; n <= 4; ++n) lanes.push(Side::own, home, call(n), 4s);
  for (std::uint64_t n = 11; n <= 18; ++n) lanes.push(Side::foreign, home, call(n), 1s);
  std::size_t own = 0;
  for (int i = 0; i < 10; ++i) own += lanes.pop()->value < 10 ? 1u : 0u;
  CHECK(own == 2);
}

TEST_CASE("who was away saves up no turns") {
  Lanes lanes(100);
  for (std::uint64_t n = 1; n <= 20; ++n) lanes.push(Side::foreign, home, call(n), 1s);
  for (int i = 0; i < 10; ++i) (void)lanes.pop();
  for (std::uint64_t n = 31; n <= 34; ++n) lanes.push(Side::own, home, call(n), 1s);
  std::size_t own = 0;
  for (int i = 0; i < 4; ++i) own += lanes.pop()->value > 30 ? 1u : 0u;
  CHECK(own <= 3);
}

TEST_CASE("one alone may fill the foreign lane, beside others no more than twice its share") {
  Lanes lanes(100);
  for (std::uint64_t n = 1; n <= 8; ++n) lanes.push(Side::foreign, of("greedy"), call(n), 1s);
  CHECK(lanes.full(Side::foreign, of("greedy"), 2s, 10s) == Lanes::Full::no);
  CHECK(lanes.full(Side::foreign, of("greedy"), 3s, 10s) == Lanes::Full::lane);
  lanes.push(Side::foreign, of("modest"), call(11), 1s);
  CHECK(lanes.full(Side::foreign, of("greedy"), 1s, 10s) == Lanes::Full::share);
  CHECK(lanes.full(Side::foreign, of("modest"), 1s, 10s) == Lanes::Full::no);
}

TEST_CASE("a proposal is charged with two thirds of its work, an aggregation with all") {
  CHECK(charged(Stage::propose, 3s) == 2s);
  CHECK(charged(Stage::refine, 3s) == 2s);
  CHECK(charged(Stage::aggregate, 3s) == 3s);
}

TEST_CASE("a call that is taken out leaves its room to others") {
  Lanes lanes(1);
  lanes.push(Side::foreign, home, call(1), 5s);
  CHECK(lanes.remove(call(1)));
  CHECK_FALSE(lanes.remove(call(1)));
  CHECK(lanes.work(Side::foreign) == 0s);
  CHECK(fits(lanes, Side::foreign, 5s, 5s));
  CHECK_FALSE(lanes.pop());
}

TEST_CASE("the first call is believed at once, and the weight of a call halves every sixteen") {
  Estimate estimate;
  CHECK(estimate.mean() == 0s);
  estimate.add(Stage::propose, 4s);
  CHECK(estimate.mean() == 4s);
  for (int i = 0; i < 200; ++i) estimate.add(Stage::propose, 4s);
  for (int i = 0; i < 16; ++i) estimate.add(Stage::propose, 8s);
  CHECK(seconds(estimate.mean()) == doctest::Approx(6).epsilon(0.001));
}

TEST_CASE("a stage that was not seen yet is taken for the mean call") {
  Estimate estimate;
  estimate.add(Stage::propose, 2s);
  CHECK(estimate.mean(Stage::aggregate) == 2s);
  estimate.add(Stage::aggregate, 6s);
  CHECK(estimate.mean(Stage::aggregate) == 6s);
  CHECK(estimate.mean(Stage::propose) == 2s);
}

}  // namespace grapevine::moa
