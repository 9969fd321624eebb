#include "node/sim/clock.hpp"
#include "node/sim/draw.hpp"

#include <set>

#include <doctest/doctest.h>

namespace grapevine::node::sim {

namespace {

std::string objection(std::string_view text, std::size_t nodes = 10) {
  const auto plan = read_plan(text, nodes);
  return plan ? "" : plan.error().text;
}

}  // namespace

TEST_CASE("a drawn plan that is printed and read again is the same plan") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::string text = to_text(draw(Random(seed), {.nodes = 50}));
    const auto again = read_plan(text, 50);
    REQUIRE(again.has_value());
    CHECK(to_text(*again) == text);
  }
}

TEST_CASE("among the plans of fifty seeds each kind of fault is found, and none after their span") {
  std::set<std::size_t> kinds;
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    for (const auto& [at, fault] : draw(Random(seed), {.nodes = 20, .span = 40s})) {
      kinds.insert(fault.index());
      CHECK(at <= 40s);
    }
  CHECK(kinds.size() == std::variant_size_v<Fault>);
}

TEST_CASE("equal seeds draw equal plans, others draw others") {
  CHECK(to_text(draw(Random(7), {})) == to_text(draw(Random(7), {})));
  CHECK(to_text(draw(Random(7), {})) != to_text(draw(Random(8), {})));
}

TEST_CASE("a line names its time, its fault, whom it strikes and for how long, remarks are ignored") {
  const auto plan = read_plan("# two faults\n12.5 pause 7 4 # a lid\n\n20 partition 0-2,5 30\n", 10);
  REQUIRE(plan.has_value());
  REQUIRE(plan->size() == 2);
  CHECK(plan->at(0).at == 12500ms);
  CHECK(std::get<Pause>(plan->at(0).fault).span == 4s);
  CHECK(std::get<Partition>(plan->at(1).fault).island == Nodes{0, 1, 2, 5});
}

TEST_CASE("shares of a mesh leave no gap and do not overlap, whatever its size") {
  for (const std::size_t nodes : {3u, 10u, 50u, 1000u}) {
    Nodes all;
    const auto plan = read_plan("1 crash 0%-50% kept\n2 crash 50%-100% none", nodes);
    REQUIRE(plan.has_value());
    for (const auto& planned : *plan)
      for (const Index node : std::get<Crash>(planned.fault).nodes) all.push_back(node);
    REQUIRE(all.size() == nodes);
    for (Index node = 0; node < nodes; ++node) CHECK(all[node] == node);
  }
}

TEST_CASE("a plan that cannot be read is answered with line, rule and remedy") {
  CHECK(objection("1 pause 2 3\nsoon pause 2 3") ==
        "line 2: 'soon' is no time; a line begins with seconds, as in: 12.5 pause 7 4.0");
  CHECK(objection("1 explode 2").starts_with("line 1: 'explode' is no fault; there are: crash, restart"));
  CHECK(objection("1 pause 10 3").find("not in a mesh of 10") != std::string::npos);
  CHECK(objection("1 pause 2").ends_with("the form is: TIME pause NODE SECONDS"));
  CHECK(objection("1 pause 2 3 4").find("too many") != std::string::npos);
  CHECK(objection("1 crash 5-2 kept").find("write them as 0-24 or 1,4,7-9 or 0%-50%") != std::string::npos);
  CHECK(objection("1 crash 50%-120% kept").find("names no nodes") != std::string::npos);
  CHECK(objection("1 crash 50% kept").find("names no nodes") != std::string::npos);
  CHECK(objection("1 crash 2 lost").find("kept, old or none") != std::string::npos);
  CHECK(objection("1 stalls 1.5").find("no share") != std::string::npos);
  CHECK(objection("1 drift 2 4000").find("parts in a million") != std::string::npos);
  CHECK(objection("1 pause 2 nan").find("no number of seconds") != std::string::npos);
}

TEST_CASE("a clock that drifts is asked for a time and its answer is the first at which it shows that time") {
  Clock clock;
  for (const int parts : {200, -200, 0, 1000, -1000}) {
    clock.drift(parts, Time{} + 5s);
    for (const Time local : {Time{} + 5s + 1us, Time{} + 6s, Time{} + 3600s + 7us}) {
      const Time world = clock.when(local);
      CHECK(clock.read(world) >= local);
      CHECK(clock.read(world - 1us) < local);
    }
    clock = {};
  }
}

TEST_CASE("a clock that is set right again never shows an earlier time than before") {
  Clock clock;
  clock.drift(1000, Time{});
  const Time before = clock.read(Time{} + 100s);
  clock.drift(0, Time{} + 100s);
  CHECK(clock.read(Time{} + 100s) == before);
  CHECK(clock.when(before + 1s) == Time{} + 101s);
}

}  // namespace grapevine::node::sim
