// Names that change hands or lose their certificate without a record: the turn of a term does it, and DNS
// follows at that moment.
#include "tests/dns/town.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::day;
using neighbours::Device;
using neighbours::Neighbour;
using neighbours::noon;
using neighbours::only;
using neighbours::Town;

namespace {

bool tells_of(const Effects& effects, const NodeId& node) {
  for (const auto& changed : only<Changed>(effects)) {
    if (std::find(changed.nodes.begin(), changed.nodes.end(), node) != changed.nodes.end()) return true;
  }
  return false;
}

void hand_over(Town& town, std::size_t from, std::size_t to, std::string_view name) {
  const auto offer = town[from].registry.offer(name, town.id(to), town.now(from)).value();
  for (const auto& publish : only<Publish>(town[to].registry.accept(offer, town.now(to)).value()))
    town.tell(to, publish.record);
}

}  // namespace

TEST_CASE("DNS shows a name at its receiver from the moment the transfer takes effect") {
  Neighbour here(0);
  here.start();
  const Device giver(1), receiver(2);
  here.meet(giver);
  here.meet(receiver);
  here.hear(giver.name("robot", 1));
  here.hear(giver.transfer("robot", 2, receiver, term_of(noon) + 2));
  const auto before = here.registry.presence(giver.node, noon).titles;
  REQUIRE(before.size() == 1);
  CHECK(before.front().until == noon + 20min);
  CHECK(here.registry.presence(receiver.node, noon).titles.empty());

  CHECK_FALSE(tells_of(here.registry.tick(at(10min)), receiver.node));
  const auto turn = here.registry.tick(at(20min));
  CHECK(tells_of(turn, receiver.node));
  CHECK(tells_of(turn, giver.node));
  const auto after = here.registry.presence(receiver.node, noon + 20min).titles;
  REQUIRE(after.size() == 1);
  CHECK(after.front().label == "robot");
  CHECK(here.registry.presence(giver.node, noon + 20min).titles.empty());
}

TEST_CASE("a certificate that lapses between two hours is gone from DNS at once") {
  Town town(4);
  town.skip(25min);
  town.claim(2, "robot");
  town.cut({true, false, false, false});
  auto& alone = town[0].registry;
  const WallTime lapse = noon + 20min + 14 * day;
  CHECK(alone.presence(town.id(2), noon + 25min).titles.front().until == lapse);
  (void)alone.tick({Time(14 * day + 10min), lapse - 10min});
  const auto turn = alone.tick({Time(14 * day + 20min), lapse});
  CHECK(tells_of(turn, town.id(2)));
  CHECK(alone.presence(town.id(2), lapse - 1ms).titles.front().state == State::confirmed);
  CHECK(alone.presence(town.id(2), lapse).titles.front().state == State::lapsed);
}

TEST_CASE("a certified name that is handed over keeps its since, and its receiver renews it") {
  Town town(5);
  town.claim(2, "robot");
  hand_over(town, 2, 3, "robot");
  CHECK(town.confirmed("robot") == std::set{town.id(2)});
  town.pass(3);
  for (int days = 0; days < 25; ++days) {
    for (std::size_t i = 0; i < town.size(); ++i) {
      const auto found = town.resolve(i, "robot").value();
      REQUIRE(found.node == town.id(3));
      REQUIRE(found.state == State::confirmed);
      REQUIRE(found.since == noon);
    }
    town.skip(23h + 40min);
    town.pass(2);
  }
}

TEST_CASE("who hands a name over goes on voting") {
  Town town(4);
  town.claim(0, "robot");
  hand_over(town, 0, 1, "robot");
  town.cut({false, false, false, true});
  town.claim(2, "arm");  // three of four voters are a quorum
  CHECK(town.confirmed("arm") == std::set{town.id(2)});
}

TEST_CASE("a key that rotates claims again what was handed over to it") {
  Neighbour here(0);
  here.start();
  const Device giver(1);
  here.meet(giver);
  here.hear(giver.name("robot", 1));
  here.hear(giver.transfer("robot", 2, here.device, term_of(noon) + 2));
  CHECK(here.registry.renew("robot", at()).error().code == Code::unknown);
  CHECK(only<Publish>(here.registry.renew("robot", at(20min)).value()).size() == 1);
}

TEST_CASE("a name goes from hand to hand and back, and its certificate with it") {
  Town town(5);
  town.claim(2, "robot");
  for (const auto& [from, to] : {std::pair(2u, 3u), std::pair(3u, 4u), std::pair(4u, 2u)}) {
    hand_over(town, from, to, "robot");
    town.pass(3);
    for (std::size_t i = 0; i < town.size(); ++i) {
      const auto found = town.resolve(i, "robot").value();
      CHECK(found.node == town.id(to));
      CHECK(found.state == State::confirmed);
      CHECK(found.since == noon);
      CHECK(found.claimants.size() == 1);
    }
  }
}

TEST_CASE("who was given a name gives it up, and a day later it is free") {
  Town town(5);
  town.claim(2, "robot");
  hand_over(town, 2, 3, "robot");
  town.pass(3);
  town.give_up(3, "robot");
  CHECK_FALSE(town.resolve(0, "robot").has_value());
  CHECK_FALSE(town.claim(1, "robot"));
  town.skip(24h);
  town.pass(2);
  CHECK(town.claim(1, "robot"));
  CHECK(town.confirmed("robot") == std::set{town.id(1)});
}

TEST_CASE("who was given a name and never claimed it hands it on, back, or gives it up") {
  const Device giver(1), receiver(2), third(3);
  const Term given = term_of(noon) + 2;
  const auto told = [&](const std::vector<Bytes>& then) {
    auto here = std::make_unique<Neighbour>(0);
    for (const Device* device : {&giver, &receiver, &third}) here->meet(*device);
    here->hear(giver.name("robot", 1));
    here->hear(giver.transfer("robot", 2, receiver, given));
    for (const Bytes& record : then) CHECK(here->hear(record, at(30min)) == Verdict::accept);
    return here;
  };
  const auto bearer = [](const Neighbour& here, Duration when) {
    const auto found = here.registry.resolve("robot", at(when).wall);
    return found ? found->node : NodeId{};
  };
  const auto on = told({receiver.transfer("robot", 1, third, given + 3)});
  CHECK(bearer(*on, 40min) == receiver.node);
  CHECK(bearer(*on, 50min) == third.node);
  CHECK(on->registry.resolve("robot", noon + 50min)->claimants.size() == 1);
  const auto back = told({receiver.transfer("robot", 1, giver, given + 3)});
  CHECK(bearer(*back, 40min) == receiver.node);
  CHECK(bearer(*back, 50min) == giver.node);
  CHECK(bearer(*told({receiver.name("robot", 1, noon + 25min, 0)}), 30min) == NodeId{});
  CHECK(bearer(*told({receiver.name("robot", 1, noon, 0)}), 30min) == receiver.node);  // that was before
}
