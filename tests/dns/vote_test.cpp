// Names that are decided by registries which hear each other.
#include "tests/dns/town.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::Device;
using neighbours::Neighbour;
using neighbours::noon;
using neighbours::only;
using neighbours::Town;

TEST_CASE("among four a claim is confirmed at once, everywhere") {
  Town town(4);
  REQUIRE(town.claim(2, "robot"));
  for (std::size_t i = 0; i < town.size(); ++i) {
    const auto found = town.resolve(i, "robot").value();
    CHECK(found.state == State::confirmed);
    CHECK(found.node == town.id(2));
    CHECK(found.since == noon);
  }
}

TEST_CASE("among three every name is provisional") {
  Town town(3);
  town.claim(2, "robot");
  town.pass(3);
  CHECK(town.resolve(0, "robot")->state == State::provisional);
  CHECK(town[0].registry.electors(noon) == 3);
}

TEST_CASE("a certified name is refused to others and keeps its since when renewed") {
  Town town(5);
  town.claim(2, "robot");
  CHECK_FALSE(town.claim(3, "r0bot"));
  for (int day = 0; day < 16; ++day) {
    town.skip(23h + 40min);
    town.pass(2);
    const auto found = town.resolve(1, "robot").value();
    REQUIRE(found.state == State::confirmed);
    REQUIRE(found.node == town.id(2));
    REQUIRE(found.since == noon);
  }
}

TEST_CASE("names that come all at once are voted on a few a second, and none is forgotten") {
  const auto votes_in = [](const Effects& effects) {
    std::size_t votes = 0;
    for (const auto& publish : only<Publish>(effects))
      votes += std::holds_alternative<Vote>(*body_of(publish.record)) ? 1u : 0u;
    return votes;
  };
  /// How many votes a device casts that hears 160 names, `apart` from each other: in hearing, and in ten
  /// seconds after.
  const auto votes_cast = [&](Duration apart) {
    constexpr std::string_view letters = "acdefghjkmpqtuxy";  // none looks like another
    Neighbour voter(0);
    voter.start();
    std::vector<Device> others;
    for (unsigned n = 1; n <= 40; ++n) voter.meet(others.emplace_back(n));
    std::pair<std::size_t, std::size_t> votes;
    Duration now{};
    for (std::size_t i = 0; i < 160; ++i, now += apart) {
      const std::string name = std::string("arm-") + letters[i % 16] + letters[i / 16];
      const auto claim = others[i / 4].name(name, i + 1);
      votes.first += votes_in(voter.registry.arrived(voter.device.node, claim, at(now)).second);
    }
    for (const Duration end = now + 10s; now < end; now += 50ms)
      votes.second += votes_in(voter.registry.tick(at(now)));
    return votes;
  };
  const auto at_once = votes_cast(0s);
  const auto apart = votes_cast(100ms);
  CHECK(at_once.first < apart.first);
  CHECK(at_once.second > 0);
  CHECK(apart.second == 0);
  CHECK(at_once.first + at_once.second == apart.first);
}

TEST_CASE("a voter that starts again does not vote twice in one term") {
  Town town(4);
  town.cut({true, false, false, false});
  town.claim(0, "robot");
  auto& voter = town[0];
  Roster roster(neighbours::mesh(), neighbours::verifier());
  Registry reborn(Config{}, voter.device.self(), voter.store, roster, Random(2));
  const auto votes_in = [](const Effects& effects) {
    std::size_t votes = 0;
    for (const auto& publish : only<Publish>(effects))
      votes += std::holds_alternative<Vote>(*body_of(publish.record)) ? 1u : 0u;
    return votes;
  };
  CHECK(votes_in(reborn.start({}, at(1min))) == 0);
  CHECK(votes_in(reborn.tick(at(10min))) == 1);
}

TEST_CASE("row 32: who meets its own forgotten past does not vote until the next epoch") {
  Town town(4);
  const auto own = town[0].device.address(sequence_last - 5);
  town.tell(1, own);
  town.claim(2, "robot");
  town.cut({true, false, false, false});
  CHECK(town.confirmed("robot").size() == 1);  // by the other three
  const auto votes_of_first = [&](std::string_view name) {
    town.claim(0, name);
    std::size_t votes = 0;
    town[0].store.each(Table::record, {}, [&](View, View record) {
      const auto body = body_of(record);
      const auto* vote = std::get_if<Vote>(&*body);
      votes += vote != nullptr && vote->skeleton == skeleton_of(name).value ? 1u : 0u;
      return Walk::on;
    });
    return votes;
  };
  CHECK(votes_of_first("lamp") == 0);
  town.skip(24h);
  town.pass();
  CHECK(votes_of_first("desk") == 1);
}

TEST_CASE("who renews its certificate goes on voting, for it was admitted before") {
  for (const WallTime admitted : {noon - 10 * neighbours::day, noon}) {
    Neighbour here(0);
    const auto& host = grapevine::sample::certificate(2, Role::admin);
    here.hear(seal_member(grapevine::sample::sign(host, 1)));
    const auto before = here.registry.electors(noon);
    Certificate renewed = Device(5).certificate.claimed().value();
    renewed.issuer = host.node;
    renewed.admitted = admitted;
    here.hear(seal_member({renewed, neighbours::mesh().id, grapevine::sample::key(2)}));
    CHECK(here.registry.size() == 2);
    CHECK(here.registry.electors(noon) == before + (admitted < noon ? 1 : 0));
  }
}

TEST_CASE("who loses a race takes a name of its own and is found by it") {
  Town town(7);
  town.cut({true, false, false, false, false, false, false});
  town.claim(0, "robot");
  town.claim(5, "robot");
  town.pass(1);
  CHECK(town.resolve(0, "robot")->state == State::provisional);
  town.heal();
  town.pass(1);
  const std::string other = "robot-" + to_string(town.id(0)).substr(0, 4);
  for (std::size_t i = 0; i < town.size(); ++i) {
    CHECK(town.resolve(i, "robot")->node == town.id(5));
    CHECK(town.resolve(i, other)->node == town.id(0));
  }
}

TEST_CASE("a restart keeps certificates whose juries can no longer be told") {
  Town town(4);
  town.claim(2, "robot");
  auto& here = town[0];
  Roster roster(neighbours::mesh(), neighbours::verifier());
  Registry reborn(Config{}, here.device.self(), here.store, roster, Random(2));
  reborn.start({.capabilities = {"text"}}, at(30min));
  CHECK(reborn.resolve("robot", at(30min).wall)->state == State::confirmed);
}

TEST_CASE("a given up name is nobody's for a day and then the next claimant's") {
  Town town(4);
  town.claim(2, "robot");
  town.give_up(2, "robot");
  CHECK_FALSE(town.resolve(0, "robot").has_value());
  CHECK_FALSE(town.claim(1, "robot"));
  town.skip(24h);
  town.pass(2);
  CHECK(town.claim(1, "robot"));
  CHECK(town.confirmed("robot") == std::set{town.id(1)});
}
