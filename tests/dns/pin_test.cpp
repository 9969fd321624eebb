// Names that were pinned when their bearer was met, and what becomes of them.
#include "tests/dns/town.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::Device;
using neighbours::mesh;
using neighbours::Neighbour;
using neighbours::noon;
using neighbours::notes;
using neighbours::only;
using neighbours::Town;

namespace {

/// This node, and two that want to be called robot.
struct Three {
  Neighbour here{0};
  Device first{1}, second{2};

  Three() {
    here.start();
    here.meet(first);
    here.meet(second);
    here.hear(first.name("robot", 1));
  }
  Effects hear(const Bytes& record, Now now = at()) {
    return here.registry.arrived(first.node, record, now).second;
  }
  Resolution robot(Now now = at()) const { return here.registry.resolve("robot", now.wall).value(); }
  /// The first has given the name up, and the second claims it a day and an hour later.
  Effects let_change() {
    hear(second.name("robot", 1));
    return hear(first.name("robot", 2, noon, 0));
  }
  std::size_t titles(const Device& of) const { return here.registry.presence(of.node, noon).titles.size(); }
};

/// The certificate that these devices, together, give to one of them for a term long past.
Bytes plot(const std::vector<const Device*>& voters, std::string_view name, const NodeId& thief, Term term) {
  NameCertificate made;
  made.skeleton.assign(name);
  made.claim = thief;
  made.term = made.since = term;
  for (const Device* voter : voters) {
    const Bytes vote = voter->vote(name, term, thief);
    made.votes.push_back(
        {.voter = voter->node, .rot = 0, .signature = std::get<Sealed>(unseal(vote, mesh().id)).signature});
  }
  std::sort(made.votes.begin(), made.votes.end(),
            [](const auto& a, const auto& b) { return a.voter < b.voter; });
  return envelope_of(made, {});
}

}  // namespace

TEST_CASE("a name is fresh until its bearer is met, and means that node from then on") {
  Three house;
  CHECK(house.robot().pin() == PinState::fresh);
  house.here.registry.met(house.first.node, at());
  CHECK(house.robot().pin() == PinState::match);
  CHECK(house.here.registry.pins().find(skeleton_of("r0bot"))->node == house.first.node);
}

TEST_CASE("who was met before its name was heard of is pinned when it is") {
  Neighbour here(0);
  here.start();
  const Device late(1);
  here.registry.met(late.node, at());
  here.meet(late);
  here.hear(late.name("robot", 1));
  CHECK(here.registry.resolve("robot", noon)->pin() == PinState::match);
}

TEST_CASE("a pinned name that leads to another node has changed, is said so once, and DNS shows nobody") {
  Three house;
  house.here.registry.met(house.first.node, at());
  CHECK(house.titles(house.first) == 1);
  CHECK(notes(house.let_change(), "pin.changed"));
  CHECK(house.robot().node == house.second.node);
  CHECK(house.robot().pin() == PinState::changed);
  CHECK(house.robot().pinned == house.first.node);
  CHECK(house.titles(house.first) == 0);
  CHECK(house.titles(house.second) == 0);
  CHECK_FALSE(notes(house.hear(house.second.address(7)), "pin.changed"));
}

TEST_CASE("without a pin the same change is followed in silence") {
  Three house;
  CHECK_FALSE(notes(house.let_change(), "pin.changed"));
  CHECK(house.robot().pin() == PinState::fresh);
  CHECK(house.titles(house.second) == 1);
}

TEST_CASE("of two who claim a name it leads to the one it was pinned to, and else to nobody") {
  Three house;
  SUBCASE("pinned") {
    house.here.registry.met(house.first.node, at());
    house.hear(house.second.name("robot", 1));
    CHECK(house.robot().state == State::conflict);
    CHECK(house.robot().node == house.first.node);
  }
  SUBCASE("not pinned") {
    house.hear(house.second.name("robot", 1));
    CHECK(house.robot().node == NodeId{});
  }
}

TEST_CASE("a changed name is pinned anew only by unpinning it, or by the id of the node meant") {
  Three house;
  auto& registry = house.here.registry;
  registry.met(house.first.node, at());
  house.let_change();
  CHECK(registry.pin({.name = "robot"}, at()).error().code == Code::conflict);
  SUBCASE("by id") {
    CHECK(registry.pin({.name = "robot", .node = house.second.node}, at()).has_value());
  }
  SUBCASE("unpinned first") {
    CHECK(registry.unpin("robot").has_value());
    CHECK(house.robot().pin() == PinState::fresh);
    CHECK(registry.pin({.name = "robot"}, at()).has_value());
  }
  CHECK(house.robot().pin() == PinState::match);
  CHECK(house.titles(house.second) == 1);
  CHECK(registry.unpin("lamp").error().code == Code::unknown);
}

TEST_CASE("who was handed a pinned name by its bearer has it after a person has agreed, and not before") {
  Three house;
  auto& registry = house.here.registry;
  registry.met(house.first.node, at());
  const Term agreed = term_of(noon) + 2;
  house.hear(house.first.transfer("robot", 2, house.second, agreed));
  CHECK(house.robot().pin() == PinState::match);
  const Now later = at(begin_of(agreed) - noon + 1s);
  CHECK(house.robot(later).pin() == PinState::changed);
  CHECK(house.robot(later).is_handed_over);
  CHECK(registry.pin({.name = "robot"}, later).has_value());
  CHECK(house.robot(later).pin() == PinState::match);
}

TEST_CASE("a petname leads to the node it was given to, whatever the name leads to now") {
  Three house;
  auto& registry = house.here.registry;
  registry.met(house.first.node, at());
  CHECK(registry.resolve("robot.local-pin", noon)->node == house.first.node);
  CHECK(registry.pin({.name = "robot", .petname = "arm"}, at()).has_value());
  house.let_change();
  CHECK(registry.resolve("arm.local-pin", noon)->node == house.first.node);
  CHECK(registry.resolve("arm.local-pin", noon)->pin() == PinState::match);
  CHECK(registry.resolve("leg.local-pin", noon).error().code == Code::unknown);
  CHECK(registry.pin({.name = "lamp", .node = house.second.node, .petname = "arm"}, at()).error().code ==
        Code::conflict);
}

TEST_CASE("a pin outlives a restart and every rotation of its node's key") {
  Three house;
  house.here.registry.met(house.first.node, at());
  house.hear(house.first.rotation(1));
  house.hear(Device::rotated(1, 1).name("robot", 9));
  CHECK(house.robot().node == house.first.node);
  CHECK(house.robot().pin() == PinState::match);
  Roster roster(mesh(), neighbours::verifier());
  Registry again(Config{}, house.here.device.self(), house.here.store, roster, Random(1));
  CHECK(again.pins().find(skeleton_of("robot"))->node == house.first.node);
}

TEST_CASE("there is room for so many pins, and none makes room for another") {
  MemoryStore store;
  Pins pins(store);
  const auto pin = [&](unsigned n) {
    return pins.put(
        {.name = "lamp-x" + std::to_string(n), .node = Device(1).node, .since = noon, .petname = {}});
  };
  for (unsigned n = 0; n < Pins::pins_max; ++n) REQUIRE(pin(1000 + n).has_value());
  CHECK(pin(1).error().code == Code::full);
  CHECK(pin(1000).has_value());
  CHECK(Pins(store).all().size() == Pins::pins_max);
}

TEST_CASE("where names are voted on, a claim is pinned when it is confirmed and not before") {
  Town town(4);
  town[0].registry.met(town.id(2), town.now(0));
  town.cut({true, false, true, false});  // two of four are no quorum
  town.claim(2, "robot");
  CHECK(town.resolve(0, "robot")->state == State::provisional);
  CHECK(town.resolve(0, "robot")->pin() == PinState::fresh);
  town.heal();
  town.pass(2);
  CHECK(town.resolve(0, "robot")->state == State::confirmed);
  CHECK(town.resolve(0, "robot")->pin() == PinState::match);
}

TEST_CASE(
    "row 17: when all voters are bad the name is lost, but whoever had pinned it says CHANGED and refuses") {
  Town town(4);
  town.pass(5);
  town.claim(2, "robot");
  town[0].registry.met(town.id(2), town.now(0));
  const Device thief(90);
  for (const Bytes& record : {thief.member(), thief.origin(), thief.name("robot", 1, town.now(0).wall)})
    for (std::size_t i = 0; i < town.size(); ++i) town[i].hear(record, town.now(i));
  // Whichever four of the five are drawn as jury, three of these sit in it.
  const std::vector<const Device*> bad{&town[0].device, &town[1].device, &town[3].device, &thief};
  bool said = false;
  for (const Device* absent : bad) {
    std::vector<const Device*> voters = bad;
    std::erase(voters, absent);
    const Bytes stolen = plot(voters, "robot", thief.node, town.term() - 3);
    if (town[1].hear(stolen, town.now(1)) != Verdict::accept) continue;
    said |= notes(town[0].registry.arrived(thief.node, stolen, town.now(0)).second, "pin.changed");
    for (std::size_t i = 2; i < town.size(); ++i) town[i].hear(stolen, town.now(i));
  }
  CHECK(said);
  CHECK(town.confirmed("robot") == std::set{thief.node});  // uniqueness is lost, as documented
  CHECK(town.resolve(0, "robot")->pin() == PinState::changed);
  CHECK(town[0].registry.presence(thief.node, town.now(0).wall).titles.empty());
  CHECK(town.resolve(1, "robot")->pin() == PinState::fresh);  // it never met the bearer, and is deceived
  CHECK(town[1].registry.presence(thief.node, town.now(1).wall).titles.size() == 1);
}

TEST_CASE(
    "row 27: who hears only liars who leave things out learns nothing false, and is told how long it holds") {
  Neighbour here(0);
  here.start();
  const Device robot(1);
  here.meet(robot);
  here.hear(robot.name("robot", 1));
  here.hear(robot.address(2));
  const auto before = here.registry.resolve("robot", noon).value();
  CHECK(before.stale_by == noon + 2h);  // the first lease it rests on: its address
  // It has moved and rotated since; no peer says so.
  const auto stale = here.registry.resolve("robot", noon + 119min).value();
  CHECK(stale.node == robot.node);
  CHECK(stale.endpoints == before.endpoints);
  const auto over = here.registry.resolve("robot", noon + 121min).value();
  CHECK(over.endpoints.empty());
  CHECK(over.stale_by == noon + 14 * neighbours::day);
  CHECK_FALSE(here.registry.resolve("robot", noon + 15 * neighbours::day).has_value());
  // One honest word is enough.
  here.hear(robot.address(3, noon + 3h), at(3h));
  CHECK(here.registry.resolve("robot", noon + 3h)->stale_by == noon + 5h);
}
