#include "dns/presence.hpp"

#include "tests/dns/neighbours.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using namespace grapevine::dns::neighbours;

namespace {

/// Whom the effects of hearing a record say have changed, ascending.
std::vector<NodeId> changed_by(Neighbour& here, View record, Now now = at()) {
  const auto told = only<Changed>(here.registry.arrived(here.device.node, record, now).second);
  return told.empty() ? std::vector<NodeId>{} : told.front().nodes;
}

}  // namespace

TEST_CASE("whose answers a record changes is told once") {
  Neighbour here(0);
  const Device robot(1);
  here.meet(robot);
  CHECK(changed_by(here, robot.address(1)) == std::vector{robot.node});
  CHECK(changed_by(here, robot.address(1)).empty());
  CHECK(changed_by(here, robot.name("robot", 2)) == std::vector{robot.node});
}

TEST_CASE("who claims a name changes the answers of all who claim it") {
  Neighbour here(0);
  const Device first(1), second(2);
  here.meet(first);
  here.meet(second);
  here.hear(first.name("robot", 1));
  std::vector<NodeId> both{first.node, second.node};
  std::sort(both.begin(), both.end());
  CHECK(changed_by(here, second.name("r0bot", 1)) == both);
  CHECK(changed_by(here, second.name("r0bot", 2, noon, 0)) == both);  // given up
}

TEST_CASE("what ends changes answers too") {
  Neighbour here(0);
  const Device robot(1);
  (void)here.start();
  here.meet(robot);
  here.hear(robot.address(1));
  std::vector<NodeId> nodes;
  for (const auto& told : only<Changed>(here.registry.tick(at(6h))))
    nodes.insert(nodes.end(), told.nodes.begin(), told.nodes.end());
  CHECK(std::find(nodes.begin(), nodes.end(), robot.node) != nodes.end());
}

TEST_CASE("a presence has what leads to the node, and each part's own end") {
  Neighbour here(0);
  const Device robot(1);
  here.meet(robot);
  here.hear(robot.address(1));
  here.hear(robot.name("robot", 2));
  const auto seen = here.registry.presence(robot.node, noon);
  REQUIRE(seen.is_member);
  CHECK(seen.member_until == noon + 30 * day);
  CHECK(seen.address_until == noon + 2h);
  CHECK(seen.capabilities == std::vector<std::string>{"text"});
  REQUIRE(seen.titles.size() == 1);
  CHECK(seen.titles.front().label == "robot");
  CHECK(seen.titles.front().until == noon + 14 * day);
}

TEST_CASE("a name that two claim leads to neither, but to oneself") {
  Neighbour here(0);
  const Device other(1), third(2);
  (void)here.start();
  here.meet(other);
  here.meet(third);
  for (const auto* device : {&other, &third}) here.hear(device->name("robot", 1));
  here.hear(here.device.name("crane", 1));
  here.hear(other.name("crane", 2));
  CHECK(here.registry.presence(other.node, noon).titles.empty());
  CHECK(here.registry.presence(third.node, noon).titles.empty());
  const auto own = here.registry.presence(here.device.node, noon).titles;
  REQUIRE(own.size() == 1);
  CHECK(own.front().state == State::conflict);
}

TEST_CASE("nobody knows a stranger") {
  Neighbour here(0);
  CHECK_FALSE(here.registry.presence(Device(1).node, noon).is_member);
}
