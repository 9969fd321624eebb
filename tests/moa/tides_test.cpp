// Load that rises and falls, loads that are told late or wrongly, clocks that are set: what is bought, and
// what holds.
#include "tests/moa/village.hpp"

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {

struct Town : Village {
  explicit Town(std::size_t size, Config config = {}) : Village(size, config) {
    for (auto& script : scripts) script.takes = 1s;
  }
  /// The work queued anywhere never exceeds what its lane promises.
  bool keeps_bounds(std::size_t devices) {
    for (std::size_t i = 0; i < devices; ++i) {
      const Load load = engine(i).load(time);
      const Duration bound = std::max(Patience{}.bound(load.alpha()), load.alpha());
      if (load.own > bound || load.foreign > bound) return false;
    }
    return true;
  }
  /// Asks each device in turn, `every` so often, without naming a shape.
  std::vector<QueryId> ask_for(Duration span, Duration every, std::size_t devices) {
    std::vector<QueryId> asked;
    for (const Time end = time + span; time < end; run(every)) {
      asked.push_back(ask_freely(asked.size() % devices));
      CHECK(keeps_bounds(devices));
    }
    return asked;
  }
  std::size_t answered(const std::vector<QueryId>& queries) {
    return static_cast<std::size_t>(std::count_if(queries.begin(), queries.end(), [&](const QueryId& query) {
      return told[query].answered.has_value();
    }));
  }
};

}  // namespace

TEST_CASE("loads that are told twenty seconds late: bounds hold, and four fifths of capacity are served") {
  Town town(8);
  town.gossip_takes = 20s;
  // Eight devices do eight calls a second, and a question of two others and the own device costs three.
  const auto asked = town.ask_for(120s, 470ms, 8);
  town.run();
  CHECK(town.answered(asked) == asked.size());
}

TEST_CASE("a device that lies to be dear is idle, and nobody else suffers") {
  for (const bool lies : {true, false}) {
    Town town(5);
    if (lies) {
      town.tells = [](std::size_t who, Load load) {
        if (who == 1) load.own = load.foreign = 60s;
        return load;
      };
    }
    std::size_t asked_the_liar = 0;
    std::vector<QueryId> asked;
    for (int round = 0; round < 20; ++round, town.run(3s)) asked.push_back(town.ask_freely(0));
    for (const auto& post : town.posted)
      asked_the_liar += post.to == 1 && std::holds_alternative<Ticket>(post.message) ? 1u : 0u;
    CHECK(town.answered(asked) == asked.size());
    CHECK((asked_the_liar <= 4) == lies);  // before its first load came
    CHECK(town.told[asked.back()].answered->provenance.got == Shape{1, 2});
  }
}

TEST_CASE("a burst is poor while it lasts, and three patiences later the richest plan is bought again") {
  Town town(4);
  const auto burst = town.ask_for(5s, 50ms, 4);
  CHECK(town.answered(burst) < burst.size());
  town.run(60s);  // three patiences of twenty calls
  const auto after = town.ask_freely(0);
  town.run(20s);
  REQUIRE(town.told[after].answered);
  CHECK(town.told[after].answered->provenance.got == Shape{1, 2});
  const bool poorer = std::any_of(burst.begin(), burst.end(), [&](const QueryId& query) {
    const auto& told = town.told[query].answered;
    return told && told->provenance.wanted == Shape{0, 0};
  });
  CHECK(poorer);
}

TEST_CASE("merging that costs half as much again as an answer keeps the bounds, at five times too much") {
  Town town(4);
  for (std::size_t i = 0; i < 4; ++i) {
    town.give_model(i, Ability::synthesizes);
    town.scripts[i].takes_to_merge = 1500ms;
  }
  const auto asked = town.ask_for(60s, 50ms, 4);
  town.run();
  std::size_t refused = 0;
  for (const auto& query : asked) refused += town.told[query].refused ? 1u : 0u;
  CHECK(town.answered(asked) + refused == asked.size());
  CHECK(refused > asked.size() / 2);
}

TEST_CASE("the clock on the wall is set a day forward and two back, and no ticket notices") {
  Town town(3);
  const auto first = town.ask(0, {1, 2});
  town.run(500ms);
  town.wall += 24h;
  const auto second = town.ask(1, {1, 2});
  town.run(500ms);
  town.wall -= 48h;
  town.run();
  for (const auto& query : {first, second}) {
    REQUIRE(town.told[query].answered);
    CHECK(town.told[query].answered->provenance.got == Shape{1, 2});
  }
}

}  // namespace grapevine::moa
