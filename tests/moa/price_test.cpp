// What calls cost and what is bought for it: arithmetic, and the policy that rests on it.
#include "moa/price.hpp"

#include "moa/price_policy.hpp"
#include "tests/crypto/sample.hpp"

#include <map>

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {

NodeId node(std::uint8_t n) {
  return NodeId{sample::filled<32>(n)};
}
/// The own device, 0, and peers from 1; one more call costs the same everywhere.
Outlook outlook(std::uint8_t peers, Duration wait = 0s) {
  Outlook there;
  there.own = Candidate{.node = node(0), .wait = wait, .call = 1s, .may_merge = true};
  for (std::uint8_t n = 1; n <= peers; ++n)
    there.peers.push_back({.node = node(n), .wait = wait, .call = 1s, .may_merge = true});
  return there;
}
/// The paper's Table II, as far as it lies on its own concave hull.
Menu table_two() {
  return Menu({{.shape = {0, 0}, .points = 23.62},
               {.shape = {1, 1}, .merging = Merging::synthesize, .points = 39.41},
               {.shape = {2, 3}, .merging = Merging::synthesize, .points = 55.55}});
}
std::optional<Plan> bought(const Config& config, const Outlook& there, Ask ask = {}) {
  PricePolicy policy(config, Random(1));
  const Decision decision = policy.decide(ask, there);
  return std::holds_alternative<Plan>(decision) ? std::optional(std::get<Plan>(decision)) : std::nullopt;
}

}  // namespace

TEST_CASE("the own lane waits for itself at most twice, and never longer than for everything") {
  CHECK(wait_at_home({.own = 3s, .foreign = 10s, .residual = 1s}) == 7s);
  CHECK(wait_at_home({.own = 3s, .foreign = 1s, .residual = 1s}) == 5s);
}

TEST_CASE("elsewhere the foreign lane counts twice, and what we sent and it cannot know") {
  CHECK(wait_elsewhere({.own = 30s, .foreign = 3s, .call = 2s}, 0s) == 8s);
  CHECK(wait_elsewhere({.own = 1s, .foreign = 3s, .call = 2s}, 4s) == 8s);
}

TEST_CASE("as prices rise the menu is walked down, and at last the query is refused") {
  const Config config{.menu = table_two(), .layers_max = 2};
  const auto at = [&](double price) { return bought(config, outlook(8, from_seconds(price - 1))); };
  CHECK(at(2.2)->shape == Shape{2, 3});
  CHECK(at(2.4)->shape == Shape{1, 1});
  CHECK(at(6.6)->shape == Shape{1, 1});
  CHECK(at(6.8)->shape == Shape{});
  CHECK(at(19.9)->shape == Shape{});
  CHECK_FALSE(at(20.1));
}

TEST_CASE("without admission nobody is refused, whatever it costs") {
  CHECK(bought({.admission = Admit::all}, outlook(8, 500s)));
}

TEST_CASE("a refusal says between one second and two minutes, and the price") {
  PricePolicy policy({}, Random(1));
  for (const Duration wait : {Duration(20s), Duration(500s)}) {
    const Decision decision = policy.decide({}, outlook(8, wait));
    REQUIRE(std::holds_alternative<Denial>(decision));
    CHECK(std::get<Denial>(decision).wait >= 1s);
    CHECK(std::get<Denial>(decision).wait <= 120s);
    CHECK(std::get<Denial>(decision).text.find("20.0 s is the most") != std::string::npos);
  }
}

TEST_CASE("a shape that is asked for is kept, until its mean call costs more than an answer is worth") {
  Ask ask;
  ask.shape = Shape{1, 3};
  CHECK(bought({}, outlook(8, 15s), ask)->shape == Shape{1, 3});
  CHECK(bought({}, outlook(8, 15s))->shape == Shape{});
  CHECK_FALSE(bought({}, outlook(8, 20s), ask));
}

TEST_CASE("a fast device is drawn as much more often as it is faster") {
  Outlook there = outlook(0);
  there.own.reset();
  for (std::uint8_t n = 1; n <= 20; ++n)
    there.peers.push_back({.node = node(n), .call = n <= 10 ? Duration(1s) : Duration(8s)});
  Random random(1);
  const Purse purse = purse_of(there, {}, 0);
  int fast = 0;
  for (int i = 0; i < 4000; ++i) fast += rank(there, 1, purse, random).at(0).work == 1s ? 1 : 0;
  CHECK(fast / 4000.0 == doctest::Approx(8.0 / 9).epsilon(0.02));
}

TEST_CASE("who has not been heard of lately is asked only where others are too few") {
  Outlook there = outlook(6);
  for (std::size_t i = 0; i < 3; ++i) there.peers[i].is_told = false;
  Random random(1);
  const Purse purse = purse_of(there, {}, 0);
  for (const auto& offer : rank(there, 3, purse, random))
    CHECK((offer.node == node(0) || offer.node > node(3)));
  CHECK(rank(there, 4, purse, random).size() == 5);
}

TEST_CASE("on an idle mesh nobody pays more, in a crowd the greedy count each second of waiting more") {
  Outlook idle = outlook(8);
  idle.use_mean = 1;
  Outlook crowded = outlook(8, 3s);
  crowded.use_mean = 1;
  Random random(1);
  const auto price = [&](const Outlook& there, double use) {
    return rank(there, 1, purse_of(there, {}, use), random).at(0).price;
  };
  CHECK(price(idle, 15) == 1s);
  CHECK(price(crowded, 1) == 4s);
  CHECK(price(crowded, 15) == 46s);
}

TEST_CASE("the greedy give up quality long before the others do, and an answer no sooner") {
  const Config config{.menu = table_two()};
  Outlook there = outlook(8, 1200ms);
  there.use_mean = 1;
  Random random(1);
  const auto best = [&](double use) {
    const Purse purse = purse_of(there, config, use);
    const auto ranked = rank(there, 8, purse, random);
    const auto worth = [&](const Row& row) { return value(row, ranked, ranked[0].price, purse); };
    const auto& rows = config.menu.rows();
    return *std::max_element(rows.begin(), rows.end(), [&](auto& a, auto& b) { return worth(a) < worth(b); });
  };
  CHECK(best(1).shape == Shape{2, 3});
  CHECK(best(4).shape == Shape{});
}

TEST_CASE("a good name is worth something, and never more than half the patience") {
  Outlook there = outlook(2);
  there.peers[0].quality = 1000;
  there.peers[1].wait = 9s;
  Random random(1);
  CHECK(rank(there, 4, purse_of(there, {}, 0), random).at(0).node == node(1));
  there.peers[0].wait = 25s;
  CHECK(rank(there, 4, purse_of(there, {}, 0), random).at(0).node == node(0));
}

TEST_CASE("who is best at this question is considered among a hundred, and waited for") {
  Ask ask;
  ask.shape = Shape{1, 3};
  Outlook there = outlook(100);
  there.peers[69].quality = 5;
  const Draw draw = bought({}, there, ask)->first;
  CHECK(draw.order[1].node == node(70));
  CHECK(draw.order[1].is_kept);
  CHECK(draw.tickets == 5);  // for two answers of equals, three
  there.peers[69].quality = 2;
  CHECK_FALSE(bought({}, there, ask)->first.order[1].is_kept);
}

TEST_CASE("the last of several is not missed when one is there for what it alone knows") {
  Outlook there = outlook(8);
  CHECK(bought({}, there)->may_miss_one);
  there.peers[3].quality = 5;
  CHECK_FALSE(bought({}, there)->may_miss_one);
}

TEST_CASE("the own device proposes while it is not busy, and half as many tickets again are sent") {
  Ask ask;
  ask.shape = Shape{1, 3};
  Outlook there = outlook(8);
  there.own->wait = 8s;
  const Draw kept = bought({}, there, ask)->first;
  CHECK(kept.order[0].node == node(0));
  CHECK(kept.order[0].is_kept);
  CHECK(kept.needed == 4);
  CHECK(kept.tickets == 6);
  there.own->wait = 10s;
  CHECK_FALSE(bought({}, there, ask)->first.order[0].is_kept);
  CHECK_FALSE(bought({.floor = Floor::price}, outlook(8), ask)->first.order[0].is_kept);
}

TEST_CASE("devices that may repeat themselves fill the places of others") {
  Ask ask;
  ask.shape = Shape{1, 3};
  CHECK(bought({.repeats = true}, outlook(1), ask)->first.needed == 4);
  CHECK(bought({}, outlook(1), ask)->first.needed == 2);
}

TEST_CASE("a further layer is bought only while it adds more than it costs") {
  PricePolicy policy({.menu = table_two(), .layers_max = 2}, Random(1));
  const Plan plan = std::get<Plan>(policy.decide({}, outlook(8)));
  REQUIRE(plan.shape == Shape{2, 3});
  CHECK(policy.next_layer(plan, 1, outlook(8)));
  CHECK_FALSE(policy.next_layer(plan, 1, outlook(8, 10s)));
}

TEST_CASE("how a plan was chosen is told: the bids, the worth of each row, the patience") {
  const Reckoning reckoning = bought({}, outlook(8))->reckoning;
  CHECK(reckoning.bids.size() == 4);
  CHECK(reckoning.worths.size() == Menu().rows().size());
  CHECK(reckoning.patience == 20s);
}

TEST_CASE("an unknown plan is worth what the richest row within it is") {
  const Menu menu = table_two();
  CHECK(menu.points({1, 3}, Merging::synthesize) == 39.41);
  CHECK(menu.points({1, 3}, Merging::choose) == 23.62);
}

}  // namespace grapevine::moa
