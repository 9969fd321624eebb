// Stories of a whole town, in virtual time.
#include "town.hpp"

#include <doctest/doctest.h>

namespace grapevine::gossip {

TEST_CASE("five nodes that know one contact find each other within a second") {
  Town town(5);
  town.open_all();
  CHECK(town.run_until([&] { return town.agrees(5); }, 1s));
}

TEST_CASE("thirty-two nodes find each other within two seconds, each linked with each") {
  Town town(32);
  town.open_all();
  CHECK(town.run_until([&] { return town.agrees(32); }, 2s));
  town.run(5s);
  for (std::size_t i = 0; i < 32; ++i) CHECK(town.at(i).linked_peers().size() == 31);
  CHECK(town.agrees(32));
}

TEST_CASE("a hundred nodes find each other within twenty seconds, with at most 32 links each") {
  Town town(100);
  town.open_all();
  CHECK(town.run_until([&] { return town.agrees(100); }, 20s));
  town.run(30s);
  CHECK(town.agrees(100));
  CHECK(town.most_links() <= 32);
  for (std::size_t i = 0; i < 100; ++i) CHECK(town.at(i).linked_peers().size() >= 8);
}

TEST_CASE("a killed node is dead for all others within four seconds, and nobody else is") {
  Town town(5);
  town.open_all();
  town.run(5s);
  town.kill(3);
  CHECK(town.run_until([&] { return town.all_believe(3, Status::dead); }, 4s));
  town.run(10s);
  CHECK(town.agrees(4));
  CHECK(town.at(0).find(town.node(3))->evidence == Evidence::refused);
}

}  // namespace grapevine::gossip
