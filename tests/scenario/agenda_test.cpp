#include "node/sim/agenda.hpp"

#include "crypto/random.hpp"

#include <doctest/doctest.h>

namespace grapevine::node::sim {

namespace {

struct Event {
  Time at;
  std::uint64_t sequence = 0;
  int name = 0;
};

Time at(Duration when) {
  return Time{} + when;
}

}  // namespace

TEST_CASE("an agenda hands out what is due, the earliest first, and nothing that is not") {
  Agenda<Event> agenda;
  agenda.add({.at = at(1500us), .name = 2});
  agenda.add({.at = at(1200us), .name = 1});
  agenda.add({.at = at(40ms), .name = 3});
  CHECK(agenda.take(at(39ms))->name == 1);
  CHECK(agenda.take(at(39ms))->name == 2);
  CHECK_FALSE(agenda.take(at(39ms)));
  CHECK(agenda.take(at(40ms))->name == 3);
}

TEST_CASE("of two events at one time the one added earlier comes first") {
  Agenda<Event> agenda;
  for (int name = 0; name < 100; ++name) agenda.add({.at = at(7ms), .name = name});
  for (int name = 0; name < 100; ++name) CHECK(agenda.take(at(7ms))->name == name);
}

TEST_CASE("what is added for the present moment is still to come") {
  Agenda<Event> agenda;
  agenda.add({.at = at(5ms), .name = 1});
  agenda.add({.at = at(5ms + 900us), .name = 3});
  CHECK(agenda.take(at(1s))->name == 1);
  agenda.add({.at = at(5ms), .name = 2});
  CHECK(agenda.take(at(1s))->name == 2);
  CHECK(agenda.take(at(1s))->name == 3);
}

TEST_CASE("an agenda keeps the order of random times, hours ahead too") {
  Agenda<Event> agenda;
  Random random(1);
  Time last{};
  std::size_t taken = 0;
  for (int round = 0; round < 2000; ++round) {
    for (const Duration reach : {1ms * 1, 50ms * 1, 30'000ms * 1, 7'200'000ms * 1})
      agenda.add({.at = last + random.between(Duration(0), reach), .name = round});
    const auto next = agenda.take(never - 1s);
    REQUIRE(next);
    CHECK(next->at >= last);
    last = next->at;
    ++taken;
  }
  while (const auto next = agenda.take(never - 1s)) {
    CHECK(next->at >= last);
    last = next->at;
    ++taken;
  }
  CHECK(taken == 8000);
}

}  // namespace grapevine::node::sim
