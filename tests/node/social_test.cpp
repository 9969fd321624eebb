// Whom a device trusts with what, in small meshes where names are never more than provisional.
#include "node/api_social.hpp"
#include "node/catalogue.hpp"
#include "tests/scenario/stories.hpp"

#include <nlohmann/json.hpp>

using namespace grapevine;
using namespace grapevine::node;
using Json = nlohmann::json;

namespace {

Now now(const sim::World& world) {
  return {world.now(), WallTime(1'790'000'000'000ms) +
                           std::chrono::duration_cast<SignedClock::duration>(world.now().time_since_epoch())};
}

/// Where device 0 would send a question to a model there.
Result<Target, ApiError> target(const sim::World& world, const std::string& model) {
  return find_target(catalogue(world.core(0), now(world)), model);
}
NodeId asked(const sim::World& world, const std::string& model) {
  const auto found = target(world, model);
  REQUIRE(found.has_value());
  return found->only.value();
}
std::string refusal(const sim::World& world, const std::string& model) {
  const auto found = target(world, model);
  return found ? "" : found.error().code;
}
Json trust(const sim::World& world) {
  return Json::parse(trust_json(world.core(0), now(world)));
}

/// Device 1 was called robot when device 0 met it; device 2 is now.
struct Changed : sim::Formed {
  Changed() : Formed(3) {
    REQUIRE(claim(1, "robot").has_value());
    run_for(5s);
    REQUIRE(give_up(1, "robot").has_value());
    run_for(5s);
    REQUIRE(claim(2, "robot").has_value());
    run_for(5s);
  }
};

}  // namespace

TEST_CASE("a question to model@kitchen-arm goes to the device of that name, or to nobody") {
  sim::Formed world(3);
  REQUIRE(world.claim(1, "kitchen-arm").has_value());
  world.run_for(5s);
  CHECK(asked(world, "sim-1@kitchen-arm") == world.id(1));
  CHECK(asked(world, "sim-1@kitchen-arm.local-pin") == world.id(1));
  CHECK(refusal(world, "sim-1@kitchen-leg") == "model_not_found");
  const std::string label = world.core(0).roster().find(world.id(2))->label;
  CHECK(refusal(world, "sim-1@" + label) == "model_not_found");  // it was never claimed
  CHECK(asked(world, "sim-1@" + to_string(world.id(2))) == world.id(2));
  world.crash(1);
  world.run_for(60s);
  CHECK(asked(world, "sim-1@kitchen-arm") == world.id(1));  // and nobody else answers for it
}

TEST_CASE("of two that claim a name a question goes to the one that was met under it") {
  sim::Formed world(3);
  world.cut({true, true, false});
  REQUIRE(world.claim(1, "robot").has_value());
  REQUIRE(world.claim(2, "robot").has_value());
  world.run_for(20s);
  world.heal();
  world.run_for(60s);
  CHECK(world.core(0).registry().resolve("robot", now(world).wall)->claimants.size() == 2);
  CHECK(asked(world, "sim-1@robot") == world.id(1));
}

TEST_CASE("row 17: no question goes to a name that has changed, and it is said aloud once") {
  const Changed world;
  CHECK(refusal(world, "sim-1@robot") == "pin_changed");
  CHECK(asked(world, "sim-1@robot.local-pin") == world.id(1));
  CHECK(world.notes().at("pin.changed") == 1);  // device 1 itself had nothing pinned
}

TEST_CASE("trust shows roles, pins, and what to do about a name that has changed") {
  const Changed world;
  const auto shown = trust(world);
  CHECK(shown.at("members").size() == 3);
  for (const auto& member : shown.at("members")) CHECK(member.at("invited_by") == "root");
  REQUIRE(shown.at("pins").size() == 1);
  CHECK(shown.at("pins")[0].at("pin") == "changed");
  CHECK(shown.at("pins")[0].at("node") == to_string(world.id(1)));
  CHECK(shown.at("pins")[0].at("leads_to") == to_string(world.id(2)));
  REQUIRE(shown.at("alarms").size() == 1);
  CHECK(shown.at("alarms")[0].at("kind") == "pin_changed");
  CHECK(shown.at("alarms")[0].at("advice").get<std::string>().ends_with("grapevine trust unpin robot"));
}

TEST_CASE("what a device did is kept apart from what it says it can, and both sides count the same call") {
  sim::Formed world(3);
  world.ask(0, "What is known?", moa::Shape{1, 2});
  world.run_for(30s);
  const Json asker = history_of(world.core(0), world.id(1));
  CHECK(asker.at("asked").at("answered") == 1);
  CHECK(asker.at("meetings") == 1);
  CHECK(asker.at("round_trip_s").get<double>() > 0);
  CHECK(asker.dump().find("What is known") == std::string::npos);
  CHECK(Json(history_of(world.core(1), world.id(0))).at("served").at("answered") == 1);
  CHECK(history_of(world.core(0), NodeId{}).is_null());

  const auto found = world.core(0).registry().resolve(to_string(world.id(1)), now(world).wall);
  const Json can = capabilities_of(world.core(0), *found);
  REQUIRE(can.size() == 2);
  CHECK(can[0] == Json{{"name", "sim"}, {"standing", "claimed"}});
  CHECK(can[1].at("name") == "answer");
  CHECK(can[1].at("standing") == "verified");
  CHECK(can[1].at("times") == 1);
}

TEST_CASE("row 37: who does not do what it says it can succeeds less, and has nothing verified") {
  const sim::Pace slow{5s, sim::Pace::Law::fixed};
  sim::Formed world(sim::WorldOptions{.nodes = 3, .seed = 2, .paces = {slow}});
  world.ask(0, "What is known?", moa::Shape{1, 2});
  world.run_for(1s);
  world.crash(1);
  world.run_for(100s);
  const Json failing = history_of(world.core(0), world.id(1)), good = history_of(world.core(0), world.id(2));
  CHECK(failing.at("asked").at("timed_out") == 1);
  CHECK(failing.at("success").get<double>() < good.at("success").get<double>());
  const auto found = world.core(0).registry().resolve(to_string(world.id(1)), now(world).wall);
  const Json can = capabilities_of(world.core(0), *found);
  REQUIRE(can.size() == 1);
  CHECK(can[0] == Json{{"name", "sim"}, {"standing", "claimed"}});
}

TEST_CASE("what is kept of those met, and the pins, outlive a restart") {
  sim::Formed world(3);
  REQUIRE(world.claim(1, "robot").has_value());
  world.ask(0, "What is known?", moa::Shape{1, 2});
  world.run_for(90s);
  world.crash(0);
  world.restart(0);
  world.run_for(5s);
  CHECK(trust(world).at("pins").size() == 1);
  const Json history = history_of(world.core(0), world.id(1));
  CHECK(history.at("asked").at("answered") == 1);
  CHECK(history.at("meetings") == 2);
}

TEST_CASE("a wish to pin is read strictly") {
  const auto field = [](const char* body) {
    const auto parsed = parse_pin_change(body);
    return parsed ? "" : parsed.error().param;
  };
  CHECK(field("{}") == "name");
  CHECK(field("no json") == "name");
  CHECK(field(R"({"name":"robot","node":"somebody"})") == "node");
  CHECK(field(R"({"name":"robot","petname":"arm"})") == "");
  CHECK(std::holds_alternative<Unpin>(*parse_pin_change(R"({"unpin":"robot"})")));
}
