// Scenarios 71 to 76: members that mean no harm and do some. They come and go, remember too little, have the
// wrong time, or no descriptor left; the mesh stays one, and nobody else is called dead for it.
#include "tests/scenario/tellings.hpp"

namespace grapevine::gossip {

namespace {

struct Settled : Town {
  explicit Settled(std::size_t houses) : Town(houses), total(houses) {
    open_all();
    run(20s);
  }
  /// How often anybody has been called dead, except one.
  std::size_t deaths_but_of(std::size_t one) {
    std::size_t count = 0;
    for (std::size_t in = 0; in < total; ++in) {
      for (std::size_t of = 0; of < total; ++of) count += of == one ? 0 : changes(in, of, Status::dead);
    }
    return count;
  }
  std::size_t total;
};

bool every_fifth(std::size_t house) {
  return house % 5 == 4;
}

}  // namespace

TEST_CASE("71 a member that comes and goes every two seconds harms nobody else, and ends alive") {
  Settled town(40);
  for (int round = 0; round < 30; ++round) {
    town.kill(3);
    town.run(1s);
    town.open(3);
    town.run(1s);
  }
  CHECK(town.deaths_but_of(3) == 0);
  CHECK(town.most_links() <= 32);
  CHECK(town.run_until([&] { return town.agrees(40); }, 10s));
  CHECK(town.at(0).find(town.node(3))->incarnation >= 31);
}

TEST_CASE(
    "72 a restart with an old incarnation, or with none, speaks over what is held of it in five seconds") {
  for (const bool has_disk : {true, false}) {
    Settled town(12);
    const Bytes before = has_disk ? town.disk(5) : Bytes{};
    for (int restart = 0; restart < 5; ++restart) {
      town.kill(5);
      town.run(1s);
      town.open(5);
      town.run(5s);
    }
    const Incarnation held = town.at(0).find(town.node(5))->incarnation;
    town.kill(5);
    town.run(20s);
    REQUIRE(town.all_believe(5, Status::dead));
    town.disk(5) = before;
    town.open(5);
    CHECK(town.run_until([&] { return town.agrees(12); }, 5s));
    CHECK(town.at(0).find(town.node(5))->incarnation > held);
  }
}

TEST_CASE("73 a clock a day ahead or behind troubles nobody else, set right, its house is one of us") {
  for (const Duration off : {Duration(24h), Duration(-24h)}) {
    Town town(12);
    town.set_clock(5, off);
    town.open_all();
    town.run(30s);
    for (std::size_t i = 0; i < 12; ++i)
      if (i != 5) CHECK(town.at(i).alive_count() >= 11);
    for (std::size_t of = 0; of < 12; ++of)
      if (of != 5) CHECK(town.changes(0, of, Status::dead) == 0);
    CHECK((town.notes(5, "contact_refused") > 0) == (off < 0s));  // it says what is wrong with it
    town.set_clock(5, 0s);
    town.kill(5);
    town.disk(5).clear();  // so that it calls whom its owner named
    town.run(1s);
    town.open(5);
    CHECK(town.run_until([&] { return town.agrees(12); }, 30s));
  }
}

TEST_CASE("74 a fifth of all members drop everything: the others are one mesh, and whole when it ends") {
  Settled town(50);
  const auto honest = [](std::size_t house) { return !every_fifth(house); };
  town.set_weather([](std::size_t from, std::size_t to, const Message&) {
    return every_fifth(from) || every_fifth(to) ? std::nullopt : std::optional(Duration::zero());
  });
  const auto know_who_is_left = [&] {
    for (std::size_t i = 0; i < 50; ++i)
      if (honest(i) && town.at(i).alive_count() != 40) return false;
    return town.parts(honest) == 1;
  };
  CHECK(town.run_until(know_who_is_left, 60s));
  town.run(10s);
  for (const std::size_t source : {1u, 17u, 38u}) {
    const Publication what = town.publish(source);
    town.run(3s);
    CHECK(town.spread(what).houses == 39);
  }
  town.set_weather({});
  CHECK(town.run_until([&] { return town.agrees(50); }, 60s));
}

TEST_CASE("75 a link that stalls for thirty seconds, one way or both, costs nobody its life") {
  for (const bool both : {false, true}) {
    Settled town(10);
    const Time over = town.now().time + 30s;
    town.set_weather([&town, over, both](std::size_t from, std::size_t to, const Message&) {
      const bool stalls = (from == 2 && to == 3) || (both && from == 3 && to == 2);
      return std::optional(stalls ? std::max(over - town.now().time, Duration::zero()) : Duration::zero());
    });
    town.run(40s);
    CHECK(town.deaths_but_of(10) == 0);
    CHECK(town.agrees(10));
  }
}

TEST_CASE("76 out of descriptors, a member keeps its links, is not called dead, and newcomers learn of it") {
  Settled town(20);
  town.shut_door(3);
  town.kill(8);
  town.run(10s);
  town.open(8);
  town.run(30s);
  CHECK(town.deaths_but_of(8) == 0);
  CHECK(town.status(3, 8) == Status::alive);
  CHECK(town.agrees(20));
}

}  // namespace grapevine::gossip
