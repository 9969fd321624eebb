#include "dns/jury.hpp"

#include "tests/dns/neighbours.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::mesh;
using neighbours::noon;

namespace {

constexpr Epoch today = epoch_of(term_of(noon));

Elector member(unsigned n, Epoch since, NodeId inviter = {}) {
  Elector made{.node = {},
               .inviter = inviter,
               .since = begin_of(since * terms_an_epoch),
               .until = noon + 30 * neighbours::day};
  made.node.value = neighbours::seed_of(n);
  return made;
}

std::vector<NodeId> nodes(unsigned count) {
  std::vector<Elector> members;
  for (unsigned n = 0; n < count; ++n) members.push_back(member(n, today - 9));
  return electorate(members, today);
}

}  // namespace

TEST_CASE("a term is ten minutes and an epoch a day") {
  CHECK(term_of(noon) == 3'000'000);
  CHECK(term_of(noon + 10min - 1ms) == 3'000'000);
  CHECK(term_of(noon + 10min) == 3'000'001);
  CHECK(begin_of(3'000'001) == noon + 10min);
  CHECK(epoch_of(287) == 1);
  CHECK(ends_epoch(287));
  CHECK_FALSE(ends_epoch(288));
  CHECK(term_of(WallTime(-1ms)) == 0);
}

TEST_CASE("a jury has 4, 7 or 10 seats, and under four electors none") {
  const auto seats = [](std::size_t electors) { return quorum_of(electors).jurors; };
  for (const std::size_t few : {0u, 1u, 3u}) CHECK(seats(few) == 0);
  for (const std::size_t some : {4u, 5u, 6u}) CHECK(seats(some) == 4);
  CHECK(seats(7) == 7);
  CHECK(seats(9) == 7);
  CHECK(seats(10) == 10);
  CHECK(seats(10'000) == 10);
  CHECK(quorum_of(10).liars() == 3);
  CHECK(quorum_of(10).needed() == 7);
}

TEST_CASE("a newcomer waits for two days, and whom the root admitted does not") {
  CHECK(electorate({member(1, today - 2)}, today).size() == 1);
  CHECK(electorate({member(1, today - 1)}, today).empty());
  Elector founder = member(1, today);
  founder.admission = Elector::Admission::by_root;
  CHECK(electorate({founder}, today).size() == 1);
  CHECK(electorate({founder}, today - 1).empty());
}

TEST_CASE("who is no member when the epoch begins is not in it") {
  Elector leaving = member(1, today - 9);
  leaving.until = begin_of(today * terms_an_epoch);
  CHECK(electorate({leaving}, today).empty());
  CHECK(electorate({leaving}, today - 1).size() == 1);
}

TEST_CASE("row 18: ten thousand guests of one inviter have two seats in the electorate") {
  const NodeId inviter{neighbours::seed_of(20'000)};
  std::vector<Elector> members;
  for (unsigned n = 0; n < 10'000; ++n) members.push_back(member(n, today - 3 - n % 5, inviter));
  const auto few = electorate(members, today);
  CHECK(few.size() == 2);
  for (auto& each : members) each.inviter = {};
  CHECK(electorate(members, today).size() == 10'000);
}

TEST_CASE("each name has its own jury and each day another") {
  const auto electors = nodes(40);
  const auto jury_of = [&](const char* name, Epoch epoch) {
    return jury({name}, mesh().id, epoch, electors);
  };
  CHECK(jury_of("robot", today).size() == 10);
  CHECK(jury_of("robot", today) == jury_of("robot", today));
  CHECK(jury_of("robot", today) != jury_of("lamp", today));
  CHECK(jury_of("robot", today) != jury_of("robot", today + 1));
  CHECK(std::is_sorted(electors.begin(), electors.end()));
}

TEST_CASE("everybody sits on as many juries as others do") {
  const auto electors = nodes(40);
  std::map<NodeId, int> seats;
  for (int n = 0; n < 1000; ++n) {
    for (const auto& juror : jury({"name-" + std::to_string(n)}, mesh().id, today, electors)) ++seats[juror];
  }
  for (const auto& [node, count] : seats) {  // 250 on average, standard deviation 14
    CHECK(count > 180);
    CHECK(count < 320);
  }
}
