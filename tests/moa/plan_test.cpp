// Shapes as asked for and as possible, and the paper's draw.
#include "moa/plan.hpp"

#include "moa/paper_policy.hpp"
#include "moa/peers.hpp"
#include "tests/crypto/sample.hpp"

#include <map>

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {
NodeId node(std::uint8_t n) {
  return NodeId{sample::filled<32>(n)};
}
Outlook outlook(std::uint8_t peers) {
  Outlook there;
  there.own = Candidate{.node = node(0), .call = 1s};
  for (std::uint8_t n = 1; n <= peers; ++n) there.peers.push_back({.node = node(n), .call = 1s});
  return there;
}
}  // namespace

TEST_CASE("the plan is what was asked for, where there are peers enough") {
  const Plan made = fitted({1, 2}, {}, outlook(2));
  CHECK(made.shape == Shape{1, 2});
  CHECK(made.shortfalls.empty());
}

TEST_CASE("more layers than the user consented to are not planned") {
  CHECK(fitted({3, 2}, {}, outlook(9)).shape == Shape{1, 2});
  CHECK(fitted({3, 2}, {}, outlook(9)).shortfalls.size() == 1);
  CHECK(fitted({3, 2}, {.layers_max = 3}, outlook(9)).shape == Shape{3, 2});
}

TEST_CASE("a later prompt has room for eight proposals, so k is seven at most") {
  CHECK(fitted({1, 20}, {.proposers_max = 20}, outlook(50)).shape.proposers == 7);
}

TEST_CASE("without peers one device answers alone, where devices may repeat themselves, k is kept") {
  CHECK(fitted({1, 3}, {}, outlook(0)).shape == Shape{});
  CHECK(fitted({1, 3}, {}, outlook(1)).shape == Shape{1, 1});
  CHECK(fitted({1, 3}, {.repeats = true}, outlook(1)).shape == Shape{1, 3});
}

TEST_CASE("the paper's proposers are the own device and different others, uniformly drawn") {
  PaperPolicy paper({.policy = Policy::paper, .admission = Admit::all}, Random(1));
  Ask ask;
  ask.shape = Shape{1, 2};
  std::map<NodeId, int> drawn;
  for (int i = 0; i < 4000; ++i) {
    const Decision made = paper.decide(ask, outlook(4));
    const Draw& first = std::get<Plan>(made).first;
    REQUIRE(first.tickets == 3);
    REQUIRE(first.order.size() == 5);
    CHECK(first.order[0].node == node(0));
    CHECK(first.order[1].node != first.order[2].node);
    for (const std::size_t place : {1u, 2u}) ++drawn[first.order[place].node];
  }
  for (const auto& [id, times] : drawn) CHECK(std::abs(times - 2000) < 150);
}

TEST_CASE("a call's deadline leaves the later stages their share") {
  CHECK(call_deadline(Time(0s), Time(120s), 3) == Time(40s));
  CHECK(call_deadline(Time(80s), Time(120s), 1) == Time(118s));
}

TEST_CASE("only living peers of the scope may be asked") {
  Peers peers;
  const Owner anna = owner_of("anna");
  peers.met(node(1), anna);
  peers.met(node(2), owner_of("ben"));
  peers.met(node(3), anna);
  CHECK(peers.askable(Scope::group, anna) == std::vector{node(1), node(3)});
  CHECK(peers.askable(Scope::mesh, anna) == std::vector{node(1), node(2), node(3)});
  CHECK(peers.askable(Scope::local, anna).empty());
  peers.gone(node(2));
  CHECK(peers.askable(Scope::mesh, anna) == std::vector{node(1), node(3)});
}

}  // namespace grapevine::moa
