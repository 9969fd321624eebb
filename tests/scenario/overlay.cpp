// Scenarios 43 to 49: the links stay one graph, and a broadcast reaches everybody on few copies.
// (Known behaviours of iroh-gossip, hyparview and partisan.) Every link takes a millisecond one way here, so
// the last delivery tells in milliseconds how many hops it was away.
#include "tests/scenario/tellings.hpp"

namespace grapevine::gossip {

namespace {

/// A town that has found itself and rested.
struct Settled : Town {
  explicit Settled(std::size_t houses, Config config = {}) : Town(houses, config) {
    open_all();
    run(30s);
  }
};

/// What some broadcasts, one after the other, did to a town of n.
struct Spreading {
  std::size_t missed = 0;  // houses that were not reached, over all broadcasts
  double extra = 0;        // copies a house beyond the one it needs (RMR)
  Duration slowest{};      // from publishing to the last house
};

/// `source(i)` publishes the i-th of them, `apart` after the one before.
Spreading spread_from(Town& town, std::size_t n, std::size_t broadcasts, Duration apart,
                      const std::function<std::size_t(std::size_t)>& source) {
  Spreading spreading;
  std::vector<std::pair<Publication, Time>> published;
  const std::size_t copies = town.copies();
  for (std::size_t i = 0; i < broadcasts; ++i) {
    const Time at = town.now().time;
    published.push_back({town.publish(source(i)), at});
    town.run(apart);
  }
  town.run(5s);
  for (const auto& [what, at] : published) {
    const auto spread = town.spread(what);
    spreading.missed += n - 1 - spread.houses;
    spreading.slowest = std::max(spreading.slowest, spread.last - at);
  }
  const double needed = static_cast<double>(broadcasts) * static_cast<double>(n - 1);
  spreading.extra = static_cast<double>(town.copies() - copies) / needed - 1;
  return spreading;
}

}  // namespace

TEST_CASE("43 three hundred join through one contact: nobody is without neighbours, and they are one mesh") {
  Town town(300);
  town.open_all();
  CHECK(town.run_until([&] { return town.agrees(300); }, 60s));
  town.run(20s);
  for (std::size_t i = 0; i < 300; ++i) CHECK(town.at(i).linked_peers().size() >= 4);
  CHECK(town.parts() == 1);
  CHECK(town.most_links() <= 32);
}

TEST_CASE("44a a hundred houses, one source: nobody is missed, in 15 hops, with 0.2 extra copies a house") {
  Settled town(100);
  (void)spread_from(town, 100, 20, 500ms, [](std::size_t) { return 3; });
  const auto seen = spread_from(town, 100, 20, 500ms, [](std::size_t) { return 3; });
  CHECK(seen.missed == 0);
  CHECK(seen.slowest <= 15ms);
  CHECK(seen.extra < 0.2);
}

TEST_CASE(
    "44b a hundred houses take turns: nobody is missed, in 18 hops, with less than one extra copy a house") {
  Settled town(100);
  (void)spread_from(town, 100, 20, 500ms, [](std::size_t i) { return i * 7 % 100; });
  const auto seen = spread_from(town, 100, 30, 500ms, [](std::size_t i) { return i * 3; });
  CHECK(seen.missed == 0);
  CHECK(seen.extra < 1);
  CHECK(seen.slowest <= 250ms);  // 18 hops, and one repair
}

TEST_CASE("44c a hundred houses speak at once: nobody is missed, with less than three extra copies a house") {
  Settled town(100);
  (void)spread_from(town, 100, 20, 500ms, [](std::size_t i) { return i * 7 % 100; });
  const auto seen = spread_from(town, 100, 50, 0ms, [](std::size_t i) { return i * 2; });
  CHECK(seen.missed == 0);
  CHECK(seen.extra < 3);
  CHECK(seen.slowest <= 350ms);  // by the draw of ids, a second announcer is asked, 100 ms later
}

TEST_CASE("45 at rest every link is known to both its ends") {
  Settled town(100);
  for (std::size_t i = 0; i < 100; ++i) {
    for (std::size_t j = 0; j < i; ++j)
      CHECK(town.at(i).linked_to(town.node(j)) == town.at(j).linked_to(town.node(i)));
  }
}

TEST_CASE("46 what a lost peer said late makes it no neighbour") {
  Linked town;
  (void)town.machine->unlinked(town.bert.self.node, Evidence::closed, town.now());
  (void)town.receive(town.bert, Ping{.probe = 1, .news = {}});
  (void)town.receive(town.bert, Hello{.mesh = town.founder.mesh().id, .incarnation = 1});
  (void)town.receive(town.bert, Neighbour{.purpose = Purpose::neighbour});
  CHECK_FALSE(town.machine->linked_to(town.bert.self.node));
  CHECK(town.machine->linked_peers().size() == 3);
}

TEST_CASE("47 a partition that ends by itself leaves one mesh of links") {
  Settled town(60);
  town.cut(25);
  town.run(60s);
  REQUIRE(town.parts() == 2);
  town.cut(0);
  CHECK(town.run_until([&] { return town.parts() == 1 && town.agrees(60); }, 60s));
}

TEST_CASE("48a with 3, 5, 8 or 31 neighbours wanted the mesh is connected") {
  for (const std::size_t wanted : {3u, 5u, 8u, 31u}) {
    Config config;
    config.standing = wanted;
    Settled town(60, config);
    CHECK(town.parts() == 1);
    CHECK(town.agrees(60));
  }
}

TEST_CASE("48b where half can only dial, a mesh of thirty agrees and calls nobody dead") {
  Town town(30);
  for (std::size_t i = 1; i < 30; i += 2) town.shut_door(i);
  town.open_all();
  town.run(30s);
  CHECK(town.agrees(30));
  for (std::size_t in = 0; in < 30; ++in) {
    for (std::size_t of = 0; of < 30; ++of) CHECK(town.changes(in, of, Status::dead) == 0);
  }
}

TEST_CASE("48c where 3, 15 or 30 of sixty can only dial, all agree, and for a minute nobody is called dead") {
  for (const std::size_t shut : {3u, 15u, 30u}) {
    Town town(60);
    for (std::size_t i = 0; i < shut; ++i) town.shut_door(59 - i);
    const auto deaths = [&] {
      std::size_t count = 0;
      for (std::size_t in = 0; in < 60; ++in)
        for (std::size_t of = 0; of < 60; ++of) count += town.changes(in, of, Status::dead);
      return count;
    };
    town.open_all();
    town.run(10s);
    const std::size_t before = deaths();
    CHECK(before <= 20);  // while they find each other, on trees that have not grown
    town.run(60s);
    CHECK(deaths() == before);
    CHECK(town.agrees(60));
    CHECK(town.parts() == 1);
    CHECK(town.most_links() <= 32);
  }
}

TEST_CASE(
    "48d killed, or standing still, a member that can only dial is dead for all within 5 s, or within 40") {
  Town town(60);
  for (std::size_t i = 30; i < 60; ++i) town.shut_door(i);
  town.open_all();
  town.run(60s);
  town.kill(40);
  CHECK(town.run_until([&] { return town.all_believe(40, Status::dead); }, 5s));
  town.freeze(50);
  CHECK(town.run_until([&] { return town.all_believe(50, Status::dead); }, 40s));
  town.run(10s);
  CHECK(town.agrees(58));
}

TEST_CASE("49 of a hundred 10, 30, 50 or 80 crash: after repair a message reaches everybody who lives") {
  for (const std::size_t crashed : {10u, 30u, 50u, 80u}) {
    Settled town(100);
    for (std::size_t i = 0; i < crashed; ++i) town.kill(i);
    CHECK(town.run_until([&] { return town.agrees(100 - crashed); }, 60s));
    CHECK(town.parts() == 1);
    for (const std::size_t source : {99u, 90u, 85u}) {
      const Publication what = town.publish(source);
      town.run(2s);
      CHECK(town.spread(what).houses == 100 - crashed - 1);
    }
  }
}

}  // namespace grapevine::gossip
