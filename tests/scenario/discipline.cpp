// Scenarios 57, 58, 61 and 62: silence, sleep and every fault at once, and then rest. (Known behaviours of
// zyre, TigerBeetle's VOPR and FoundationDB's swizzle-clogging.) What must be true after it has a stated
// time.
#include "tests/scenario/tellings.hpp"

namespace grapevine::gossip {

namespace {

/// Strikes one house after the other, each for a while.
class Trouble {
 public:
  Trouble(Town& town, std::size_t houses, std::uint64_t seed) : town_(town), houses_(houses), random_(seed) {}

  void last(Duration time) {
    const Time end = town_.now().time + time;
    while (town_.now().time < end) {
      strike(static_cast<std::size_t>(random_.below(houses_)));
      town_.run(500ms);
      mend(town_.now().time);
    }
    mend(never);
  }

 private:
  void strike(std::size_t house) {
    if (!struck_.insert(house).second) return;
    const Time until = town_.now().time + random_.between(1s, 20s);
    const auto mended_by = [&](std::function<void()> mend) {
      mendings_.emplace(until, std::pair(house, mend));
    };
    switch (random_.below(4)) {
      case 0: town_.freeze(house); return mended_by([this, house] { town_.thaw(house); });
      case 1: town_.isolate(house); return mended_by([this, house] { town_.rejoin(house); });
      case 2: town_.kill(house); return mended_by([this, house] { town_.open(house); });
      default: {
        const Bytes old = town_.disk(house);
        town_.kill(house);
        return mended_by([this, house, old] {
          town_.disk(house) = old;
          town_.open(house);
        });
      }
    }
  }
  void mend(Time now) {
    while (!mendings_.empty() && mendings_.begin()->first <= now) {
      const auto [house, mending] = mendings_.extract(mendings_.begin()).mapped();
      mending();
      struck_.erase(house);
    }
  }

  Town& town_;
  std::size_t houses_;
  Random random_;
  std::set<std::size_t> struck_;
  std::multimap<Time, std::pair<std::size_t, std::function<void()>>> mendings_;
};

std::size_t deaths(Town& town, std::size_t houses) {
  std::size_t count = 0;
  for (std::size_t in = 0; in < houses; ++in) {
    for (std::size_t of = 0; of < houses; ++of) count += town.changes(in, of, Status::dead);
  }
  return count;
}

}  // namespace

TEST_CASE("57 a member that is silent for five seconds is asked after, and never called dead") {
  Town town(100);
  town.open_all();
  town.run(30s);
  town.freeze(3);
  town.run(5s);
  CHECK_FALSE(town.all_believe(3, Status::alive));
  town.thaw(3);
  town.run(30s);
  CHECK(deaths(town, 100) == 0);
  CHECK(town.agrees(100));
}

TEST_CASE(
    "58 without its Wi-Fi for thirty seconds a member is dead, and alive five seconds after it is back") {
  for (const std::size_t houses : {10u, 50u}) {
    Town town(houses);
    town.open_all();
    town.run(20s);
    town.isolate(3);
    town.run(30s);
    CHECK(town.all_believe(3, Status::dead));
    town.rejoin(3);
    CHECK(town.run_until([&] { return town.agrees(houses); }, 5s));
  }
}

TEST_CASE("61 sleep, isolation, death and old disks by chance for two minutes: whole within one more") {
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u, 5u}) {
    Town town(25, {}, seed);
    town.open_all();
    town.run(10s);
    Trouble(town, 25, seed).last(120s);
    CHECK_MESSAGE(town.run_until([&] { return town.agrees(25); }, 60s), "seed " << seed);
    CHECK(town.most_links() <= 32);
  }
}

TEST_CASE(
    "62 links clogged one by one and freed in another order: nobody is dead at rest, tables are equal") {
  Town town(50);
  town.open_all();
  town.run(20s);
  Random random(62);
  std::vector<std::size_t> houses(50);
  std::iota(houses.begin(), houses.end(), std::size_t{0});
  const auto clogged = random.sample(houses, 12), freed = random.sample(clogged, 12);
  std::map<std::size_t, std::pair<Time, Time>> clogs;
  for (std::size_t i = 0; i < 12; ++i) {
    clogs[clogged[i]].first = town.now().time + 1s * static_cast<int>(i);
    clogs[freed[i]].second = town.now().time + 12s + 1s * static_cast<int>(i);
  }
  town.set_weather([&](std::size_t from, std::size_t to, const Message&) {
    Duration late{};
    for (const std::size_t end : {from, to}) {
      const auto clog = clogs.find(end);
      if (clog != clogs.end() && clog->second.first <= town.now().time)
        late = std::max(late, clog->second.second - town.now().time);
    }
    return std::optional(late);
  });
  town.run(24s);
  CHECK(town.run_until([&] { return town.agrees(50); }, 30s));
}

}  // namespace grapevine::gossip
