#include "moa/trust.hpp"

#include "tests/crypto/sample.hpp"

#include <algorithm>
#include <cstring>

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {

NodeId device(std::size_t number) {
  NodeId node;
  std::memcpy(node.value.data(), &number, sizeof number);
  return node;
}

double after(int times, void (Trust::*what)(const NodeId&)) {
  Trust trust;
  for (int i = 0; i < times; ++i) (trust.*what)(device(1));
  return trust.of(device(1));
}

}  // namespace

TEST_CASE("a device nobody knows is trusted by a quarter") {
  CHECK(Trust().of(device(1)) == 0.25);
  CHECK(Trust().reliability(device(1)) == 1);
}

TEST_CASE("trust rises slowly: half of what is missing takes twenty-two right answers") {
  CHECK(after(22, &Trust::confirm) == doctest::Approx(1 - 0.75 / 2).epsilon(0.01));
  CHECK(after(1000, &Trust::confirm) <= 1);
}

TEST_CASE("trust falls fast: two lies undo more than ten right answers have earned") {
  CHECK(after(2, &Trust::refute) < 0.25 / 2);
  Trust trust;
  for (int i = 0; i < 10; ++i) trust.confirm(device(1));
  for (int i = 0; i < 2; ++i) trust.refute(device(1));
  CHECK(trust.of(device(1)) < 0.25);
}

TEST_CASE("who is mistaken now and then keeps most of his trust") {
  Trust trust;
  for (int i = 0; i < 500; ++i) i % 5 == 0 ? trust.doubt(device(1)) : trust.confirm(device(1));
  CHECK(trust.of(device(1)) > 0.75);
}

TEST_CASE("who tells the truth nine times in ten and lies in the tenth stays below who never lies") {
  Trust trust;
  for (int i = 0; i < 500; ++i) {
    trust.confirm(device(1));
    i % 10 == 0 ? trust.refute(device(2)) : trust.confirm(device(2));
  }
  CHECK(trust.of(device(1)) > 0.99);
  CHECK(trust.of(device(2)) < 0.55);
}

TEST_CASE("calls that fail or are never answered touch reliability, not trust") {
  Trust trust;
  for (const auto outcome : {Outcome::silent, Outcome::failed, Outcome::gone})
    trust.ended(device(1), outcome);
  CHECK(trust.reliability(device(1)) < 0.85);
  CHECK(trust.of(device(1)) == Trust::newcomer);
  for (int i = 0; i < 100; ++i) trust.ended(device(1), Outcome::answered);
  CHECK(trust.reliability(device(1)) > 0.99);
}

TEST_CASE("a call refused for load, or taken back, says nothing against a device") {
  Trust trust;
  trust.ended(device(1), Outcome::refused);
  trust.ended(device(1), Outcome::cancelled);
  CHECK(trust.reliability(device(1)) == 1);
}

TEST_CASE("the 257th device takes the place of the one that was not heard of for longest") {
  Trust trust;
  for (std::size_t i = 0; i < Trust::nodes_max; ++i) trust.refute(device(i));
  trust.refute(device(0));
  trust.refute(device(Trust::nodes_max));
  CHECK(trust.of(device(0)) < Trust::newcomer);
  CHECK(trust.of(device(1)) == Trust::newcomer);
  CHECK(trust.of(device(2)) < Trust::newcomer);
}

TEST_CASE("what was learned of devices comes back from the disk") {
  Trust trust;
  for (std::size_t i = 0; i < Trust::nodes_max; ++i) trust.confirm(device(i));
  trust.refute(device(7));
  trust.ended(device(8), Outcome::silent);
  const Trust again = Trust::decode(trust.encode()).value();
  CHECK(again.of(device(7)) == trust.of(device(7)));
  CHECK(again.reliability(device(8)) == trust.reliability(device(8)));
  CHECK(again.encode() == trust.encode());
}

TEST_CASE("what is no share between 0 and 1 is not taken for trust") {
  CHECK_FALSE(Trust::decode({}));
  Trust trust;
  trust.confirm(device(1));
  Bytes bytes = trust.encode();
  const auto bits = std::search_n(bytes.begin(), bytes.end(), 1, std::uint8_t{0x3f});  // of a double below 2
  REQUIRE(bits != bytes.end());
  *bits = 0x7f;
  CHECK_FALSE(Trust::decode(bytes));
}

}  // namespace grapevine::moa
