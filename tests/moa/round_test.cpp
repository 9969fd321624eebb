// The calls of one stage: who wins, who is replaced, who is late.
#include "moa/round.hpp"

#include "moa/market.hpp"
#include "tests/crypto/sample.hpp"

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {

NodeId node(std::size_t n) {
  return NodeId{sample::filled<32>(static_cast<std::uint8_t>(n))};
}
TicketId ticket(std::uint64_t n) {
  return TicketId{n};
}

/// A round whose tickets are numbered from 1 as they are sent; device n has the n-th.
struct Table {
  Round round;
  std::uint64_t tickets = 0;

  Table(std::size_t devices, std::size_t sent, std::size_t needed, Terms terms = {.late_calls = 3},
        bool keeps_first = false) {
    Draw draw{.order = {}, .tickets = sent, .needed = needed};
    for (std::size_t n = 1; n <= devices; ++n)
      draw.order.push_back({.node = node(n), .price = 2s, .work = 3s, .is_kept = keeps_first && n == 1});
    round = Round(std::move(draw), terms, Time{});
    for (const auto& another : round.opening()) send(another, Time{});
  }
  void send(const Another& another, Time now) { round.sent(another, ticket(++tickets), now, Time(120s)); }
};

}  // namespace

TEST_CASE("the first to start win: the others are taken back, and so is one that starts after that") {
  Table table(5, 5, 3);
  CHECK(table.round.started(ticket(2)).empty());
  CHECK(table.round.started(ticket(4)).empty());
  CHECK(table.round.started(ticket(5)).size() == 2);
  CHECK(table.round.calls().size() == 3);
  CHECK(table.round.find(ticket(1)) == nullptr);
}

TEST_CASE("one that starts before it hears that it was too late is taken back alone") {
  Table table(3, 3, 2, {}, true);  // device 1 is waited for in any case
  CHECK(table.round.started(ticket(2)).size() == 1);
  CHECK(table.round.started(ticket(1)).empty());
  CHECK(table.round.calls().size() == 2);
}

TEST_CASE("an answer counts as a start, if that was lost") {
  Table table(3, 3, 2);
  CHECK(table.round.answered(ticket(1), Time(1s)).empty());
  CHECK(table.round.answered(ticket(2), Time(1s)).size() == 1);
  CHECK(table.round.is_over());
}

TEST_CASE("who refuses is replaced only when too few others live, and by whom nobody has asked yet") {
  Table table(4, 3, 2);
  CHECK_FALSE(table.round.lost(ticket(1), Time{}));
  const auto instead = table.round.lost(ticket(2), Time{});
  REQUIRE(instead);
  CHECK(instead->offer.node == node(4));
  CHECK(instead->attempt == Attempt::instead);
}

TEST_CASE("no more than two replacements are asked for each answer needed") {
  Table table(20, 1, 1);
  for (int i = 0; i < 2; ++i) {
    const auto instead = table.round.lost(ticket(table.tickets), Time{});
    REQUIRE(instead);
    table.send(*instead, Time{});
  }
  CHECK_FALSE(table.round.lost(ticket(3), Time{}));
  CHECK(table.round.is_over());
}

TEST_CASE("who was taken back may stand in for one that dies") {
  Table table(2, 2, 1);
  CHECK(table.round.started(ticket(1)).size() == 1);
  const auto instead = table.round.lost(ticket(1), Time(1s));
  REQUIRE(instead);
  CHECK(instead->offer.node == node(2));
}

TEST_CASE("a late call gets one twin, and the first of the two to answer wins") {
  Table table(3, 2, 2);
  CHECK(table.round.deadline() == Time(9s));  // one and a half times 2 s, three times two thirds of 3 s
  CHECK(table.round.answered(ticket(1), Time(1s)).empty());
  CHECK(table.round.twins(Time(8s)).empty());
  const auto twins = table.round.twins(Time(9s));
  REQUIRE(twins.size() == 1);
  CHECK(twins[0].offer.node == node(3));
  table.send(twins[0], Time(9s));
  CHECK(table.round.started(ticket(3)).empty());
  CHECK(table.round.answered(ticket(3), Time(10s)).size() == 1);
  CHECK(table.round.is_over());
}

TEST_CASE("nobody is late within a quarter of a second, however short the calls are") {
  Round round(
      {.order = {{.node = node(1), .price = 1ms, .work = 1ms}, {.node = node(2)}}, .tickets = 1, .needed = 1},
      {.late_calls = 3}, Time{});
  round.sent(round.opening().at(0), ticket(1), Time{}, Time(120s));
  CHECK(round.twins(Time(249ms)).empty());
  CHECK(round.twins(Time(250ms)).size() == 1);
}

TEST_CASE("twin and first both hang: the round goes on with what it has, and waits while it has nothing") {
  for (const bool has_answer : {true, false}) {
    Table table(3, 2, 2);
    if (has_answer) (void)table.round.answered(ticket(1), Time(1s));
    for (const auto& twin : table.round.twins(Time(9s))) table.send(twin, Time(9s));
    const auto missed = table.round.miss(Time(18s));
    CHECK(missed.size() == (has_answer ? 2 : 0));
    CHECK(table.round.is_over() == has_answer);
    CHECK(table.round.deadline() > Time(18s));
  }
}

TEST_CASE("whose words were heard is not late any more, and nobody stands in for it") {
  for (const bool is_heard : {true, false}) {
    Table table(4, 2, 1);
    if (is_heard) CHECK(table.round.keep_only(ticket(1)).size() == 1);
    CHECK((table.round.deadline() == Time(120s)) == is_heard);
    if (!is_heard) (void)table.round.started(ticket(1));
    CHECK(table.round.lost(ticket(1), Time(1s)).has_value() != is_heard);
  }
}

TEST_CASE("the last of several is waited for half as long again, or else to the last tenth of the time") {
  for (const bool may_miss_one : {true, false}) {
    Table table(3, 3, 3, {.late_calls = 0, .may_miss_one = may_miss_one});
    (void)table.round.answered(ticket(1), Time(2s));
    (void)table.round.answered(ticket(2), Time(4s));
    CHECK(table.round.deadline() == (may_miss_one ? Time(6s) : Time(108s)));
    CHECK(table.round.miss(Time(6s)).size() == (may_miss_one ? 1 : 0));
    CHECK(table.round.miss(Time(108s)).size() == (may_miss_one ? 0 : 1));
  }
}

TEST_CASE("without times nobody is late: the paper waits") {
  Table table(3, 2, 2, {.late_calls = 0});
  CHECK(table.round.deadline() == Time(120s));
}

TEST_CASE("a bulletin older than the last reply is not taken, one of another life is newer") {
  Market market(1s);
  market.replied(node(1), ticket(1), {.life = 7, .number = 5, .own = 2s}, Time(1s));
  market.heard(node(1), {.life = 7, .number = 4, .own = 9s}, Time(2s));
  CHECK(market.find(node(1))->load.own == 2s);
  market.heard(node(1), {.life = 8, .number = 1, .own = 1s}, Time(3s));
  CHECK(market.find(node(1))->load.own == 1s);
}

TEST_CASE(
    "a load whose number others made up lasts until the device speaks again, in a bulletin or a reply") {
  constexpr std::uint32_t greatest = ~std::uint32_t{0};
  Market market(1s);
  market.heard(node(1), {.life = 7, .number = greatest, .open = false}, Time(1s));
  market.heard(node(1), {.life = 7, .number = 3}, Time(2s));
  CHECK(market.find(node(1))->load.open);
  market.heard(node(1), {.life = 7, .number = greatest, .open = false}, Time(3s));
  market.replied(node(1), ticket(1), {.life = 7, .number = 3}, Time(4s));
  CHECK(market.find(node(1))->load.open);
}

TEST_CASE("what was sent counts until a load can know of it") {
  Market market(1s);
  market.heard(node(1), {.number = 1}, Time{});
  market.sent(node(1), ticket(1), 2s, Time(1s));
  market.sent(node(1), ticket(2), 3s, Time(4s));
  CHECK(market.find(node(1))->unseen_work() == 5s);
  market.heard(node(1), {.number = 2}, Time(4s));  // made at two seconds, perhaps
  CHECK(market.find(node(1))->unseen_work() == 3s);
  market.replied(node(1), ticket(2), {.number = 3}, Time(5s));
  CHECK(market.find(node(1))->unseen_work() == 0s);
  market.sent(node(1), ticket(3), 4s, Time(5s));
  market.ended(node(1), ticket(3));
  CHECK(market.find(node(1))->unseen_work() == 0s);
}

TEST_CASE("the market holds 256 quotes, the longest unheard makes room") {
  Market market(1s);
  for (std::size_t n = 0; n < 257; ++n) {
    NodeId id = node(1);
    id.value.bytes[1] = static_cast<std::uint8_t>(n % 256);
    id.value.bytes[2] = static_cast<std::uint8_t>(n / 256);
    market.heard(id, {}, Time(Duration(static_cast<Duration::rep>(n))));
  }
  NodeId first = node(1);
  first.value.bytes[1] = first.value.bytes[2] = 0;
  CHECK(market.find(first) == nullptr);
}

TEST_CASE("who has not spoken for fifteen seconds is not fresh") {
  Market market(1s);
  market.heard(node(1), {}, Time{});
  CHECK(market.is_fresh(*market.find(node(1)), Time(15s)));
  CHECK_FALSE(market.is_fresh(*market.find(node(1)), Time(16s)));
}

}  // namespace grapevine::moa
