#include "crypto/random.hpp"

#include <algorithm>
#include <numeric>

#include <doctest/doctest.h>

using namespace grapevine;

TEST_CASE("xoshiro256** seeded with 0 through splitmix64 says its known first words") {
  Random random(0);
  CHECK(random.next() == 0x99ec5f36cb75f2b4u);
  CHECK(random.next() == 0xbf6e1f784956452au);
}

TEST_CASE("the same seed makes the same choices, another seed others") {
  Random one(7);
  Random same(7);
  Random other(8);
  CHECK(one.next() == same.next());
  CHECK(one.next() != other.next());
}

TEST_CASE("a choice below n reaches all of them and nothing else") {
  Random random(1);
  std::array<int, 6> seen{};
  for (int i = 0; i < 6'000; ++i) ++seen.at(random.below(6));
  CHECK(*std::min_element(seen.begin(), seen.end()) > 800);
}

TEST_CASE("exponential waits have the mean asked for") {
  Random random(1);
  double sum = 0;
  for (int i = 0; i < 20'000; ++i) sum += seconds(random.exponential(2s));
  CHECK(sum / 20'000 == doctest::Approx(2.0).epsilon(0.03));
}

TEST_CASE("a time between two stays between them") {
  Random random(1);
  for (int i = 0; i < 1'000; ++i) {
    const auto time = random.between(1s, 2s);
    CHECK((time >= 1s && time < 2s));
  }
  CHECK(random.between(3s, 3s) == 3s);
}

TEST_CASE("a sample has different items, as many as there are at most") {
  Random random(1);
  std::vector<int> all(10);
  std::iota(all.begin(), all.end(), 0);
  auto some = random.sample(all, 4);
  std::sort(some.begin(), some.end());
  CHECK(some.size() == 4);
  CHECK(std::adjacent_find(some.begin(), some.end()) == some.end());
  CHECK(random.sample(all, 99).size() == 10);
  CHECK(random.sample(std::vector<int>{}, 3).empty());
}

TEST_CASE("a shuffle keeps every item") {
  Random random(1);
  std::vector<int> items = {1, 2, 3, 4, 5};
  random.shuffle(items);
  CHECK(std::is_permutation(items.begin(), items.end(), std::vector<int>{1, 2, 3, 4, 5}.begin()));
}

TEST_CASE("seconds become the nearest time and saturate") {
  CHECK(from_seconds(1.5) == 1'500ms);
  CHECK(from_seconds(1e300) == from_seconds(1e9));
  CHECK(from_seconds(-1e300) == -from_seconds(1e300));
}
