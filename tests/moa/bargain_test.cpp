// Prices at work in a village: who is asked, who merges, what happens when there is too much to do or
// somebody lies.
#include "tests/moa/village.hpp"

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {

/// What the lanes promise, at any moment: work within the bound of each, calls within theirs.
bool keeps_promises(Village& village, std::size_t devices) {
  for (std::size_t i = 0; i < devices; ++i) {
    const Load load = village.engine(i).load(village.time);
    const Duration bound = std::max(Patience{}.bound(load.alpha()), load.alpha());
    const bool holds = load.own <= bound && load.foreign <= bound &&
                       village.engine(i).queued_calls() <= village.engine(i).queue_bound();
    if (!holds) return false;
  }
  return true;
}

struct Count {
  std::size_t asked = 0;
  std::size_t answered = 0;
  std::size_t refused = 0;
  std::size_t helped = 0;  // answered with what two others had said
};

/// Device i is asked every `every[i]` for a minute, unless it is zero; then all come to an end.
std::vector<Count> load_for_a_minute(Village& village, const std::vector<Duration>& every) {
  std::vector<Time> next(every.size(), village.time);
  std::vector<Count> counts(every.size());
  std::map<QueryId, std::size_t> askers;
  for (const Time end = village.time + 60s; village.time < end; village.run(50ms)) {
    for (std::size_t i = 0; i < every.size(); ++i) {
      for (; every[i] > 0s && next[i] <= village.time; next[i] += every[i])
        askers[village.ask(i, {1, 2})] = i;
    }
    REQUIRE(keeps_promises(village, every.size()));
  }
  village.run();
  for (const auto& [query, asker] : askers) {
    const Told& told = village.told[query];
    CHECK(told.ends == 1);
    counts[asker].asked += 1;
    counts[asker].answered += told.answered ? 1u : 0u;
    counts[asker].refused += told.refused ? 1u : 0u;
    counts[asker].helped += told.answered && told.answered->provenance.got == Shape{1, 2} ? 1u : 0u;
    if (told.refused) CHECK((told.refused->wait >= 1s && told.refused->wait <= 120s));
  }
  return counts;
}

void take_a_second(Village& village) {
  for (auto& script : village.scripts) script.takes = 1s;
}

std::size_t tickets_to(const Village& village, std::size_t device) {
  return static_cast<std::size_t>(
      std::count_if(village.posted.begin(), village.posted.end(), [&](const Village::Post& post) {
        return post.to == device && std::holds_alternative<Ticket>(post.message);
      }));
}

std::size_t calls(const Told& told, Attempt attempt) {
  const auto& voices = told.answered->provenance.voices;
  return static_cast<std::size_t>(std::count_if(
      voices.begin(), voices.end(), [&](const Voice& voice) { return voice.attempt == attempt; }));
}

}  // namespace

TEST_CASE("nobody names a shape: an idle village gives three proposals, and says what each plan was worth") {
  Village village(6);
  take_a_second(village);
  const auto& told = village.told[village.ask_freely(0)];
  village.run();
  REQUIRE(told.answered);
  CHECK(told.answered->provenance.got == Shape{1, 2});
  CHECK(told.answered->provenance.degraded.empty());
  CHECK(told.answered->provenance.reckoning.worths.size() == 4);
}

TEST_CASE("ten times too much is asked: queues keep their bounds at every moment, most is refused, no loss") {
  Village village(4);
  take_a_second(village);
  const auto counts = load_for_a_minute(village, std::vector<Duration>(4, 75ms));
  for (const auto& count : counts) {
    CHECK(count.answered + count.refused == count.asked);
    CHECK(count.refused > count.asked / 2);
    CHECK(count.answered > 15);
  }
}

TEST_CASE("one device asks thirty times as much as it should: the others are served") {
  for (const Policy policy : {Policy::price, Policy::shortest}) {
    Village village(4, {.policy = policy});
    take_a_second(village);
    const auto counts =
        load_for_a_minute(village, {Duration(6s), Duration(6s), Duration(6s), Duration(100ms)});
    std::size_t asked = 0;
    std::size_t helped = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(counts[i].answered == counts[i].asked);  // if only by the own device
      asked += counts[i].asked;
      helped += counts[i].helped;
    }
    CHECK(counts[3].refused > counts[3].asked / 2);
    CHECK((helped >= asked * 9 / 10) == (policy == Policy::price));
  }
}

TEST_CASE("a device that lies to be idle is sent calls it refuses, and nobody goes without an answer") {
  enum class Tells { lies, truth };
  struct Sent {
    std::size_t tickets = 0;
    std::size_t refused = 0;
  };
  const auto sent_to_second = [](Tells tells) {
    Village village(9, {.floor = Floor::price, .lane_calls_max = 2});
    take_a_second(village);
    village.scripts[1].takes = 5s;
    village.tells = [&](std::size_t who, Load load) {
      const bool is_lie = who == 1 && tells == Tells::lies;
      if (is_lie) load.own = load.foreign = load.residual = {}, load.call = 100ms;
      return load;
    };
    const auto counts = load_for_a_minute(village, std::vector<Duration>(9, 4s));
    for (const auto& count : counts) CHECK(count.answered == count.asked);
    const auto nacks =
        std::count_if(village.posted.begin(), village.posted.end(), [](const Village::Post& post) {
          return post.from == 1 && std::holds_alternative<Nack>(post.message);
        });
    return Sent{tickets_to(village, 1), static_cast<std::size_t>(nacks)};
  };
  const Sent lied = sent_to_second(Tells::lies);
  const Sent honest = sent_to_second(Tells::truth);
  CHECK(lied.tickets > 2 * honest.tickets);
  CHECK(lied.refused > 2 * honest.refused);
}

TEST_CASE("without any gossip the prices in replies are enough") {
  const auto sent_to_second = [](Duration takes) {
    Village village(9);
    village.gossips = false;
    take_a_second(village);
    village.scripts[1].takes = takes;
    std::vector<Duration> every(9, 4s);
    every[1] = {};
    const auto counts = load_for_a_minute(village, every);
    for (const auto& count : counts) CHECK(count.answered == count.asked);
    return tickets_to(village, 1);
  };
  CHECK(sent_to_second(8s) < sent_to_second(1s) / 2);
}

TEST_CASE("a device eight times slower is asked rarely, and holds nobody up") {
  const auto sent_to_second = [](Duration takes) {
    Village village(9);
    take_a_second(village);
    village.scripts[1].takes = takes;
    for (int round = 0; round < 40; ++round) {
      const auto& told = village.told[village.ask(0, {1, 2})];
      village.run(5s);
      REQUIRE(told.answered);
      CHECK(told.answered->provenance.elapsed < 5s);
    }
    return tickets_to(village, 1);
  };
  CHECK(sent_to_second(8s) < sent_to_second(1s) / 3);
}

TEST_CASE("a proposer hangs: its twin answers instead, and the hung call is taken back") {
  std::size_t twins = 0;
  for (std::size_t hung = 1; hung < 6; ++hung) {  // not all of them are drawn
    Village village(6, {.menu = Menu({{.points = 20}, {.shape = {1, 2}, .points = 40}})});
    take_a_second(village);
    (void)load_for_a_minute(village, std::vector<Duration>(6, 20s));
    village.scripts[hung].hangs = true;
    const auto& told = village.told[village.ask(0, {1, 2})];
    village.run(30s);
    REQUIRE(told.answered);
    CHECK(told.answered->provenance.got == Shape{1, 2});
    twins += calls(told, Attempt::beside);
    for (std::size_t i = 1; i < 6; ++i) CHECK(village.engine(i).queued_calls() == 0);
  }
  CHECK(twins >= 1);
}

TEST_CASE("who cannot merge has it merged by a device of the same owner, if it may") {
  for (const Delegate delegate : {Delegate::own, Delegate::never}) {
    Village village(4, {.delegate = delegate});
    village.give_model(2, Ability::synthesizes);
    village.scripts[2] = merges("Left", "Left, at the mill.");
    village.run(5s);
    const auto& told = village.told[village.ask(0, {1, 2})];
    village.run();
    REQUIRE(told.answered);
    const bool is_delegated = delegate == Delegate::own;
    CHECK((told.answered->provenance.merge == Merge::synthesized) == is_delegated);
    CHECK((told.answered->text == "Left, at the mill.") == is_delegated);
    CHECK(told.pieces == told.answered->text);
  }
}

TEST_CASE("the merging device dies, or says nothing: the answer is chosen without a model") {
  for (const bool dies : {true, false}) {
    Village village(4);
    village.give_model(2, Ability::synthesizes);
    village.scripts[2].says = [](const Generate& call) {
      return said(call.stage == Stage::aggregate ? " " : "Right");
    };
    village.run(5s);
    if (dies) {
      village.loses = [](const Village::Post& post) {
        const auto* proposal = std::get_if<Proposal>(&post.message);
        return proposal != nullptr && proposal->statement.claimed()->stage == Stage::aggregate;
      };
    }
    const auto& told = village.told[village.ask(0, {1, 2})];
    village.run();
    REQUIRE(told.answered);
    CHECK(told.answered->provenance.merge != Merge::synthesized);
    CHECK(told.answered->provenance.degraded.find("the merging failed") != std::string::npos);
  }
}

}  // namespace grapevine::moa
