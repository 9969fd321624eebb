#include "dns/registry.hpp"
#include "tests/dns/neighbours.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::Device;
using neighbours::Neighbour;
using neighbours::noon;
using neighbours::only;

TEST_CASE("a claimed name is provisional and leads to its claimant") {
  Neighbour here(0);
  here.start();
  CHECK(only<Publish>(here.registry.claim("robot-7", at()).value()).size() == 1);
  const auto found = here.registry.resolve("robot-7", noon).value();
  CHECK(found.state == State::provisional);
  CHECK(found.node == here.device.node);
  CHECK(found.claimants == std::vector{here.device.node});
  CHECK(only<Publish>(here.registry.claim("robot-7", at()).value()).empty());  // ours already
}

TEST_CASE("a claim is refused for the right reason") {
  Neighbour here(0);
  here.start();
  const Device other(1);
  here.meet(other);
  here.hear(other.name("robot", 1));
  CHECK(here.registry.claim("ro", at()).error().code == Code::malformed);
  CHECK(here.registry.claim("gateway", at()).error().code == Code::refused);
  CHECK(here.registry.claim("r0bot", at()).error().code == Code::conflict);
  CHECK(here.registry.claim("robot-2", at()).has_value());
}

TEST_CASE("four names are enough for a node") {
  Neighbour here(0);
  here.start();
  for (const char* label : {"one-a", "two-b", "three-c", "four-d"}) here.registry.claim(label, at()).value();
  CHECK(here.registry.claim("five-e", at()).error().code == Code::full);
  here.registry.give_up("two-b", at()).value();
  CHECK(here.registry.claim("five-e", at()).has_value());
}

TEST_CASE("a name given up is free, and no older claim brings it back") {
  Neighbour here(0);
  const Device holder(1);
  here.start();
  here.meet(holder);
  const Bytes claim = holder.name("robot", 1);
  here.hear(claim);
  here.hear(holder.name("robot", 2, noon, 0));
  CHECK(here.registry.resolve("robot", noon).error().code == Code::unknown);
  CHECK(here.hear(claim) == Verdict::ignore);
  CHECK(here.registry.claim("robot", at()).has_value());
  CHECK(here.registry.give_up("unheard-of", at()).error().code == Code::unknown);
}

TEST_CASE("a name two nodes claim leads to nobody, except at its claimants") {
  Neighbour here(0), there(1), third(2);
  for (auto* neighbour : {&here, &there, &third}) neighbour->start();
  here.registry.claim("robot", at()).value();
  there.registry.claim("r0bot", at()).value();
  neighbours::make_equal(here, there);
  neighbours::make_equal(third, there);
  for (auto* neighbour : {&here, &there, &third}) {
    const auto found = neighbour->registry.resolve("robot", noon).value();
    CHECK(found.state == State::conflict);
    CHECK(found.claimants.size() == 2);
  }
  CHECK(here.registry.resolve("robot", noon)->node == here.device.node);
  CHECK(there.registry.resolve("robot", noon)->node == there.device.node);
  CHECK(third.registry.resolve("robot", noon)->node == NodeId{});
  CHECK(third.registry.resolve("robot", noon)->endpoints.empty());
}

TEST_CASE("a claim lapses after two weeks of silence and is then free") {
  Neighbour here(0);
  const Device holder(1);
  here.start();
  here.meet(holder);
  here.hear(holder.name("robot", 1));
  CHECK(here.registry.resolve("robot", noon + 14 * neighbours::day - 1ms).has_value());
  const Now later = at(14 * neighbours::day);
  CHECK_FALSE(here.registry.resolve("robot", later.wall).has_value());
  CHECK(here.registry.names(later.wall).front().state == State::lapsed);
  CHECK(here.registry.claim("robot", later).has_value());
}

TEST_CASE("a claimant renews its name every day, so that it never lapses") {
  Neighbour here(0);
  here.start();
  here.registry.claim("robot", at()).value();
  for (int hour = 1; hour < 24 * 20; ++hour) {
    here.registry.tick(at(std::chrono::hours(hour)));
    REQUIRE(here.registry.resolve("robot", at(std::chrono::hours(hour)).wall).has_value());
  }
  CHECK(here.registry.names(noon + 20 * neighbours::day).front().lease_end > noon + 32 * neighbours::day);
}
