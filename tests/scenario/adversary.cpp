// Scenarios 50 to 56: members that pass nothing on, surround somebody, flood, or invent. They hold
// certificates and answer probes, so nobody would call them dead. (After the evaluation of gossipsub v1.1,
// 2020.)
#include "tests/scenario/tellings.hpp"

namespace grapevine::gossip {

namespace {

/// The broadcast's messages have the numbers from 30 to 39.
bool is_broadcast(const Message& message) {
  return std::visit([](const auto& said) { return said.number >= 30 && said.number < 40; }, message);
}

/// In this town some houses do all they should, but pass no broadcast on.
struct Stingy : Town {
  explicit Stingy(std::size_t houses) : Town(houses), total(houses) {}

  void close(const std::function<bool(std::size_t)>& is_stingy) {
    stingy = is_stingy;
    set_weather([is_stingy](std::size_t from, std::size_t, const Message& message) {
      return is_stingy(from) && is_broadcast(message) ? std::nullopt : std::optional(Duration::zero());
    });
  }
  bool honest(std::size_t house) const { return !stingy(house); }
  std::size_t honest_links(std::size_t house) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < total; ++i) count += honest(i) && at(house).linked_to(node(i)) ? 1u : 0u;
    return count;
  }
  /// Whom among the honest this broadcast has not reached.
  std::size_t missed(std::size_t source, Publication what) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < total; ++i) count += honest(i) && i != source && !has(i, what) ? 1u : 0u;
    return count;
  }
  /// All honest links of a house break at once, and all the stingy come to it.
  void eclipse(std::size_t house) {
    for (std::size_t i = 0; i < total; ++i) {
      if (honest(i)) disconnect(house, i);
    }
    for (std::size_t i = 0; i < total; ++i) {
      if (!honest(i)) connect(i, house);
    }
  }

  std::size_t total;
  std::function<bool(std::size_t)> stingy = [](std::size_t) { return false; };
};

bool every_fifth(std::size_t house) {
  return house % 5 == 4;
}

}  // namespace

TEST_CASE("50 a member surrounded by those who pass nothing on has an honest neighbour within a minute") {
  Stingy town(80);
  town.open_all();
  town.run(30s);
  town.close([](std::size_t house) { return house >= 40; });
  town.eclipse(7);
  CHECK(town.run_until([&] { return town.honest_links(7) > 0; }, 60s));
  town.run(60s);
  const Publication what = town.publish(20);
  town.run(5s);
  CHECK(town.has(7, what));
}

TEST_CASE("51 all who publish are surrounded: within a minute what they say reaches everybody honest") {
  Stingy town(80);
  town.open_all();
  town.run(30s);
  town.close([](std::size_t house) { return house >= 60; });
  for (const std::size_t source : {7u, 8u, 9u}) town.eclipse(source);
  town.run(60s);
  for (const std::size_t source : {7u, 8u, 9u}) {
    const Publication what = town.publish(source);
    town.run(5s);
    CHECK(town.missed(source, what) == 0);
  }
}

TEST_CASE("52 a fifth of all neighbours pass nothing on: nobody honest is missed, the slowest waits 1.6 s") {
  Stingy town(100);
  town.open_all();
  town.run(30s);
  town.close(every_fifth);
  std::size_t missed = 0;
  Duration slowest{};
  for (std::size_t i = 0; i < 20; ++i) {
    const std::size_t source = (i * 5 + 1) % 100;
    const Time at = town.now().time;
    const Publication what = town.publish(source);
    town.run(2s);
    missed += town.missed(source, what);
    slowest = std::max(slowest, town.spread(what).last - at);
  }
  CHECK(missed == 0);
  CHECK(slowest <= 1600ms);
}

TEST_CASE("53 a cold start among many who pass nothing on: the honest are one mesh within a minute") {
  Stingy town(60);
  town.close([](std::size_t house) { return house >= 36; });
  town.open_all();
  const auto honest = [&](std::size_t house) { return town.honest(house); };
  CHECK(town.run_until([&] { return town.agrees(60) && town.parts(honest) == 1; }, 60s));
}

TEST_CASE("54 a fifth behaves well for ten minutes, then passes nothing on: 5 s at most, then 1.6 s again") {
  Stingy town(60);
  town.open_all();
  for (std::size_t i = 0; i < 60; ++i) {
    town.publish(i % 60);
    town.run(10s);
  }
  town.close(every_fifth);
  for (std::size_t i = 0; i < 10; ++i) {
    const std::size_t source = i * 5 + 1;
    const Time at = town.now().time;
    const Publication what = town.publish(source);
    town.run(6s);
    CHECK(town.missed(source, what) == 0);
    CHECK(town.spread(what).last - at <= (i == 0 ? Duration(5s) : Duration(1600ms)));
  }
}

TEST_CASE("55a a member floods a thousand broadcasts a second: others are heard as before, and nobody dies") {
  Town town(30);
  town.open_all();
  town.run(20s);
  std::vector<Publication> honest;
  for (int second = 0; second < 3; ++second) {
    for (int i = 0; i < 10; ++i) {
      for (int n = 0; n < 100; ++n) town.publish(4);
      town.run(100ms);
    }
    honest.push_back(town.publish(20));
  }
  town.run(5s);
  for (const Publication what : honest) CHECK(town.spread(what).houses == 29);
  for (std::size_t i = 0; i < 30; ++i) CHECK(town.changes(0, i, Status::dead) == 0);
  CHECK(town.agrees(30));
}

TEST_CASE("55b a flood of names for nothing is fetched within bounds, and true names are fetched after it") {
  Linked town;
  Random random(55);
  const auto some_name = [&] {
    IHave::Name name;
    for (auto& byte : name.id.bytes) byte = static_cast<std::uint8_t>(random.below(256));
    return name;
  };
  for (int i = 0; i < 100; ++i) {
    IHave flood;
    while (flood.names.size() < flood.names.max) flood.names.push_back(some_name());
    CHECK(only<Send<Message>>(town.receive(town.bert, flood)).empty());
  }
  CHECK(sent<Graft>(town.converse(2s)).size() <= Config{}.missing_max);
  const IHave::Name name = some_name();
  (void)town.receive(town.cleo, IHave{.names = {{name}}});
  const auto grafts = sent<Graft>(town.converse(1s));
  REQUIRE(grafts.size() == 1);
  CHECK(grafts.front().id == name.id);
}

TEST_CASE("55c whoever wants to be a neighbour of one that has enough is sent away, however often it asks") {
  Alone alone;
  std::vector<Founder::Citizen> crowd;
  for (std::uint8_t i = 10; i < 50; ++i) crowd.push_back(alone.founder.admit(i));
  for (const auto& one : crowd) (void)alone.hear(alone.is_here(one));
  (void)alone.converse(5s);
  std::size_t sent_away = 0;
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < 25; ++i) {
      (void)alone.machine->linked(crowd[i].self.node, Dialler::other, alone.now());
      sent_away += sent<Bye>(alone.receive(crowd[i], Neighbour{.purpose = Purpose::neighbour})).size();
    }
    CHECK(alone.machine->linked_peers().size() <= Config{}.chosen_max + Config{}.standing);
  }
  CHECK(sent_away >= 3 * (25 - Config{}.chosen_max - Config{}.standing));
}

TEST_CASE("56 a table full of members that do not exist is asked about once, and believed in nothing") {
  Linked town;
  Rows invented;
  Random random(56);
  while (invented.rows.size() < 500) {
    Row row{.incarnation = 7};
    for (auto& byte : row.node.value.bytes) byte = static_cast<std::uint8_t>(random.below(256));
    invented.rows.push_back(row);
  }
  const std::size_t before = town.machine->view().size();
  const auto answers = sent<Rumors>(town.receive(town.bert, invented));
  REQUIRE(answers.size() == 1);
  CHECK(answers.front().wanted.size() == 64);
  (void)town.converse(10s);
  CHECK(town.machine->view().size() == before);
  for (const Row& row : invented.rows) CHECK_FALSE(town.machine->find(row.node).has_value());
}

}  // namespace grapevine::gossip
