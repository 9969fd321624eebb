#include "moa/plan.hpp"

#include "moa/peers.hpp"
#include "tests/crypto/sample.hpp"

#include <map>

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {
std::optional<Plan> planned(Shape shape, Circumstances there, Config config = {}) {
  Ask ask;
  ask.shape = shape;
  return plan(ask, config, there);
}
NodeId node(std::uint8_t n) {
  return NodeId{sample::filled<32>(n)};
}
}  // namespace

TEST_CASE("the plan is what was asked for, where there are peers enough") {
  const auto made = planned({1, 2}, {.has_own_model = true, .candidates = 2});
  REQUIRE(made);
  CHECK(made->shape == Shape{1, 2});
  CHECK(made->shortfalls.empty());
}

TEST_CASE("more layers than the user consented to are not planned") {
  const Circumstances there{.has_own_model = true, .candidates = 9};
  CHECK(planned({3, 2}, there)->shape == Shape{1, 2});
  CHECK(planned({3, 2}, there)->shortfalls.size() == 1);
  CHECK(planned({3, 2}, there, {.layers_max = 3})->shape == Shape{3, 2});
}

TEST_CASE("a later prompt has room for eight proposals, so k is seven at most") {
  CHECK(planned({1, 20}, {.has_own_model = true, .candidates = 50}, {.proposers_max = 20})->shape.proposers ==
        7);
}

TEST_CASE("without peers the own model answers alone, without that too, nobody") {
  CHECK(planned({1, 3}, {.has_own_model = true})->shape == Shape{});
  CHECK(planned({1, 3}, {.has_own_model = false, .candidates = 3})->shape == Shape{1, 3});
  CHECK_FALSE(planned({1, 3}, {}));
  CHECK_FALSE(planned({0, 0}, {.has_own_model = false, .candidates = 3}));
}

TEST_CASE("proposers are different and uniformly drawn") {
  Random random(1);
  std::map<NodeId, int> drawn;
  for (int i = 0; i < 4000; ++i) {
    const auto some = draw_proposers({node(1), node(2), node(3), node(4)}, 2, random);
    REQUIRE(some.size() == 2);
    CHECK(some[0] != some[1]);
    for (const auto& one : some) ++drawn[one];
  }
  for (const auto& [id, times] : drawn) CHECK(std::abs(times - 2000) < 150);
}

TEST_CASE("a call's deadline leaves the later stages their share") {
  CHECK(call_deadline(Time(0s), Time(120s), 3) == Time(40s));
  CHECK(call_deadline(Time(80s), Time(120s), 1) == Time(118s));
}

TEST_CASE("only living peers of the scope that take calls may be asked") {
  Peers peers;
  const Owner anna = owner_of("anna");
  peers.met(node(1), anna);
  peers.met(node(2), owner_of("ben"));
  peers.met(node(3), anna);
  CHECK(peers.askable(Scope::group, anna) == std::vector{node(1), node(3)});
  CHECK(peers.askable(Scope::mesh, anna) == std::vector{node(1), node(2), node(3)});
  CHECK(peers.askable(Scope::local, anna).empty());
  peers.heard(node(1), {.open = false, .ability = Ability::answers});
  peers.gone(node(2));
  CHECK(peers.askable(Scope::mesh, anna) == std::vector{node(3)});
}

TEST_CASE("the slowest peer decides, and its slots share its calls") {
  Peers peers;
  for (const auto n : {1, 2, 3}) peers.met(node(static_cast<std::uint8_t>(n)), owner_of("anna"));
  peers.heard(node(1), {.call = 2s, .ability = Ability::answers});
  peers.heard(node(2), {.call = 8s, .slots = 2, .ability = Ability::answers});
  CHECK(peers.alpha_max({node(1), node(2), node(3)}) == 4s);
  CHECK(peers.alpha_max({node(3)}) == 0s);
}

}  // namespace grapevine::moa
