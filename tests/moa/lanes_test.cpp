#include "moa/lanes.hpp"

#include "moa/estimate.hpp"

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {
CallId call(std::uint64_t n) {
  return CallId{n};
}
}  // namespace

TEST_CASE("own and foreign calls take turns, so neither starves") {
  Lanes lanes(8);
  for (std::uint64_t n = 1; n <= 4; ++n) lanes.push(Side::foreign, call(n), 1s);
  lanes.push(Side::own, call(11), 1s);
  lanes.push(Side::own, call(12), 1s);
  std::vector<std::uint64_t> order;
  while (const auto next = lanes.pop()) order.push_back(next->value);
  CHECK(order == std::vector<std::uint64_t>{11, 1, 12, 2, 3, 4});
}

TEST_CASE("a lane holds no more calls than its maximum") {
  Lanes lanes(3);
  for (std::uint64_t n = 1; n <= 3; ++n) lanes.push(Side::own, call(n), 0s);
  CHECK_FALSE(lanes.fits(Side::own, 0s, 10s));
  CHECK(lanes.fits(Side::foreign, 0s, 10s));
}

TEST_CASE("a lane holds no more work than its bound, unless a single call is longer") {
  Lanes lanes(100);
  CHECK(lanes.fits(Side::own, 40s, 10s));
  lanes.push(Side::own, call(1), 6s);
  CHECK(lanes.fits(Side::own, 4s, 10s));
  CHECK_FALSE(lanes.fits(Side::own, 5s, 10s));
}

TEST_CASE("a call that is taken out leaves its room to others") {
  Lanes lanes(1);
  lanes.push(Side::foreign, call(1), 5s);
  CHECK(lanes.remove(call(1)));
  CHECK_FALSE(lanes.remove(call(1)));
  CHECK(lanes.work(Side::foreign) == 0s);
  CHECK(lanes.fits(Side::foreign, 5s, 5s));
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
