#include "node/repeats.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

NodeId device(std::uint8_t number) {
  return NodeId{Fixed<32>{{number}}};
}

std::uint64_t told(Repeats& repeats, const Note& note, std::uint64_t times) {
  std::uint64_t told = 0;
  for (std::uint64_t i = 0; i < times; ++i) told += repeats.is_news(note) ? 1u : 0u;
  return told;
}

}  // namespace

TEST_CASE("of a flood of notes the first are told, and the number of the rest") {
  Repeats repeats;
  CHECK(told(repeats, {"hostile.frame", device(1), "cut off"}, 1'000) == Repeats::told_max);
  const auto counts = repeats.take_counts();
  REQUIRE(counts.size() == 1);
  CHECK(counts[0].event == "hostile.frame");
  CHECK(counts[0].about == device(1));
  CHECK(counts[0].detail == std::to_string(1'000 - Repeats::told_max) + " more");
}

TEST_CASE("a flood about one node hides nothing about another, nor other events about it") {
  Repeats repeats;
  told(repeats, {"hostile.frame", device(1)}, 1'000);
  CHECK(told(repeats, {"hostile.frame", device(2)}, 1) == 1);
  CHECK(told(repeats, {"member", device(1), "left"}, 1) == 1);
}

TEST_CASE("when a period is over, notes are told anew") {
  Repeats repeats;
  told(repeats, {"member", device(1)}, 9);
  CHECK(repeats.take_counts().size() == 1);
  CHECK(repeats.take_counts().empty());
  CHECK(told(repeats, {"member", device(1)}, Repeats::told_max) == Repeats::told_max);
  CHECK(repeats.take_counts().empty());
}

TEST_CASE("of more nodes than can be told apart the notes are counted together") {
  Repeats repeats;
  NodeId about;
  for (std::size_t i = 0; i < 3 * Repeats::kinds_max; ++i) {
    about.value.bytes[0] = static_cast<std::uint8_t>(i % 256);
    about.value.bytes[1] = static_cast<std::uint8_t>(i / 256);
    for (std::uint64_t again = 0; again <= Repeats::told_max; ++again)
      repeats.is_news({"hostile.frame", about});
  }
  const auto counts = repeats.take_counts();
  CHECK(counts.size() == Repeats::kinds_max + 1);
  CHECK_FALSE(counts.front().about.has_value());
}
