#include "moa/taste.hpp"

#include "crypto/random.hpp"

#include <cmath>

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {

constexpr Traits usual{};
constexpr Traits longer{0, 2, 0, 0};

NodeId device(std::uint8_t number) {
  NodeId node;
  node.value.data()[0] = number;
  return node;
}
const std::vector<NodeId> two{device(1), device(2)};

const Taste untaught{Traits{}};

/// Judged so often that the second device's answer was the better one.
Taste second_is_better(std::uint32_t times) {
  Taste taste = untaught;
  for (std::uint32_t i = 0; i < times; ++i) taste.learn(two, {usual, usual}, {0.2, 0.8});
  return taste;
}

}  // namespace

TEST_CASE("before any verdict the taste is that of AlpacaEval's judge, for all devices alike") {
  const auto scores = Taste().scores(two, {usual, longer});
  CHECK(scores[1] - scores[0] == doctest::Approx(2 * alpaca_eval_weights[1]));
  CHECK(Taste().scores(two, {longer, usual})[0] == doctest::Approx(scores[1]));
}

TEST_CASE("fifty verdicts against length halve what AlpacaEval's judge thought of it") {
  Taste taste;
  const std::vector<NodeId> strangers{device(1), device(2)};
  for (int i = 0; i < 25; ++i) taste.learn(strangers, {usual, longer}, {0.6, 0.4});
  const auto scores = taste.scores({device(8), device(9)}, {usual, longer});
  CHECK(scores[1] < 2 * alpaca_eval_weights[1] / 2);
}

TEST_CASE("scores are of one answer against the others: they sum to nothing") {
  const auto scores = second_is_better(9).scores(two, {usual, longer});
  CHECK(scores[0] + scores[1] == doctest::Approx(0));
}

TEST_CASE("a device that is judged better is preferred, the more so the more often") {
  const double few = second_is_better(3).scores(two, {usual, usual})[1];
  const double many = second_is_better(60).scores(two, {usual, usual})[1];
  CHECK(few > 0);
  CHECK(many > few);
  CHECK(many < 0.3);  // never further than it was judged
}

TEST_CASE("a trait may speak for one device and against another") {
  Taste taste = untaught;
  for (int i = 0; i < 60; ++i) {
    taste.learn(two, {longer, usual}, {0.9, 0.5});
    taste.learn(two, {usual, longer}, {0.5, 0.1});
  }
  CHECK(taste.scores({device(1), device(3)}, {longer, usual})[0] >
        taste.scores({device(1), device(3)}, {usual, usual})[0]);
  CHECK(taste.scores({device(2), device(3)}, {longer, usual})[0] <
        taste.scores({device(2), device(3)}, {usual, usual})[0]);
}

TEST_CASE("a hard question says nothing about devices: what counts is the difference") {
  Taste easy = untaught;
  Taste hard = untaught;
  easy.learn(two, {usual, longer}, {0.8, 0.9});
  hard.learn(two, {usual, longer}, {0.1, 0.2});
  CHECK(easy.scores(two, {usual, longer})[1] == doctest::Approx(hard.scores(two, {usual, longer})[1]));
}

TEST_CASE("verdicts that are dealt by chance teach next to nothing") {
  Taste taste = untaught;
  Random random(1);
  for (int i = 0; i < 400; ++i) taste.learn(two, {usual, longer}, {random.uniform(), random.uniform()});
  CHECK(std::abs(taste.scores(two, {usual, longer})[1]) < 0.05);
}

TEST_CASE("the order of verdicts does not matter") {
  Taste one = untaught;
  Taste other = untaught;
  one.learn(two, {usual, longer}, {0.1, 0.9});
  one.learn(two, {longer, usual}, {0.4, 0.6});
  other.learn(two, {longer, usual}, {0.4, 0.6});
  other.learn(two, {usual, longer}, {0.1, 0.9});
  CHECK(one.scores(two, {usual, longer})[0] == doctest::Approx(other.scores(two, {usual, longer})[0]));
}

TEST_CASE("a lone verdict is compared with the usual lone verdict") {
  Taste taste = untaught;
  for (int i = 0; i < 40; ++i) {
    taste.learn(two, {usual, usual}, {0.9, std::nullopt});
    taste.learn(two, {usual, usual}, {std::nullopt, 0.3});
  }
  CHECK(taste.scores(two, {usual, usual})[0] > 0.1);
}

TEST_CASE("no verdict teaches nothing") {
  Taste taste = untaught;
  taste.learn(two, {usual, longer}, {std::nullopt, std::nullopt});
  CHECK(taste.encode() == untaught.encode());
}

TEST_CASE("a device is known after thirty verdicts, and has a quality only then") {
  const Taste taste = second_is_better(29);
  CHECK_FALSE(taste.knows(device(2)));
  CHECK(taste.quality(device(2)) == 0);
  const Taste more = second_is_better(30);
  CHECK(more.knows(device(2)));
  CHECK(more.quality(device(2)) == doctest::Approx(30));
  CHECK(more.quality(device(1)) == doctest::Approx(-30));
  CHECK(more.quality(device(7)) == 0);
}

TEST_CASE("one device more than can be remembered takes the place of the least judged") {
  Taste taste = second_is_better(30);
  for (std::uint8_t i = 3; i < 3 + Taste::voices_max; ++i)
    taste.learn({device(i), device(200)}, {usual, usual}, {1.0, 0.0});
  CHECK(taste.knows(device(1)));
  CHECK(taste.knows(device(2)));
  CHECK(taste.scores({device(200), device(250)}, {usual, usual})[0] < 0);
}

TEST_CASE("what was learned survives the disk, to the last bit") {
  const Taste before = second_is_better(31);
  const auto after = Taste::decode(before.encode(), Traits{});
  REQUIRE(after.has_value());
  CHECK(after->encode() == before.encode());
  CHECK(after->scores(two, {usual, longer}) == before.scores(two, {usual, longer}));
  CHECK(after->knows(device(2)));
}

TEST_CASE("what is no stored taste is refused: cut, longer, or with sums nobody can have learned") {
  const Bytes whole = second_is_better(2).encode();
  for (std::size_t length = 0; length < whole.size(); length += 7)
    CHECK_FALSE(Taste::decode(View(whole).first(length)).has_value());
  Bytes longer_still = whole;
  longer_still.push_back(0);
  CHECK_FALSE(Taste::decode(longer_still).has_value());
}

TEST_CASE("a stored taste with any byte changed is refused or still gives finite scores") {
  const Bytes whole = second_is_better(5).encode();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    Bytes changed = whole;
    changed[at] ^= 0x80;
    const auto taste = Taste::decode(changed);
    if (taste) CHECK(std::isfinite(taste->scores(two, {usual, longer})[0]));
  }
}

}  // namespace grapevine::moa
