// Five daemons that became a mesh by invites: what they say together, and what the command line shows of
// them.
#include "tests/live/fleet.hpp"
#include "tests/live/provenance.hpp"
#include "tests/live/recordings.hpp"

#include <algorithm>
#include <sstream>

#include <doctest/doctest.h>

using namespace grapevine::live;
using namespace std::chrono_literals;

namespace {

struct FiveDevices {
  FiveDevices() {
    fleet.start_all();
    for (std::size_t i = 0; i < fleet.size(); ++i) {
      REQUIRE(fleet.wait_alive(i, 5, 10s));
      REQUIRE(fleet.wait_willing(i, 5, 10s));
    }
  }
  /// What a verb, which must succeed, prints as JSON: an object a line.
  std::vector<Json> shown(std::size_t device, const std::string& verb) const {
    const auto ran = fleet.run(device, verb + " --json");
    REQUIRE(ran.status == 0);
    std::vector<Json> objects;
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) objects.push_back(Json::parse(line));
    return objects;
  }

  Recordings recordings;
  Fleet fleet{5, [this](std::size_t i) {
                return recordings.model("parrot-" + std::to_string(i), {"The bins go out on Tuesday."});
              }};
};

const std::string all_five = "device-0 device-1 device-2 device-3 device-4";

}  // namespace

TEST_CASE("a question asked on one device is answered by as many as its shape says") {
  const FiveDevices five;
  const auto two = five.fleet.ask(0, "When do the bins go out?", "grapevine:m1k2");
  REQUIRE(two.status == 200);
  CHECK(two.header("X-Grapevine-Shape") == "m1k2");
  const std::string answered = who(two, "answered");  // who was asked besides and began too late is named too
  CHECK(answered.starts_with("device-0 device-"));
  CHECK(std::count(answered.begin(), answered.end(), ' ') == 2);

  const auto four = five.fleet.ask(3, "When do the bins go out?", "grapevine:m1k4");
  CHECK(content_of(four) == "The bins go out on Tuesday.");
  CHECK(who(four, "answered") == all_five);
  CHECK(provenance_of(four).at("merge") == "consensus");
  CHECK(provenance_of(four).at("degraded").is_null());
  for (const auto& voice : voices_of(four))
    CHECK(voice.at("model") == "parrot-" + voice.at("name").get<std::string>().substr(7));
}

TEST_CASE("every device sees the same five, the same names and the same models") {
  const FiveDevices five;
  for (std::size_t i = 0; i < five.fleet.size(); ++i) {
    const auto peers = five.shown(i, "peers");
    CHECK(each(peers, "name") == all_five);
    CHECK(each(peers, "state") == "alive");
    CHECK(wait_until(5s, [&] { return each(five.shown(i, "name list --all"), "name") == all_five; }));
    CHECK(five.shown(i, "lookup --capability recorded").size() == 5);
  }
  const Json models = Json::parse(five.fleet.get(1, "/v1/models").body).at("data");
  for (const char* model : {"grapevine", "local", "parrot-4@device-4"})
    CHECK(each(models, "id").find(model) != std::string::npos);
  CHECK(voices_of(five.fleet.ask(1, "Why?", "parrot-4@device-4")).at(0).at("name") == "device-4");
}

TEST_CASE("a name claimed on one device leads there from another") {
  const FiveDevices five;
  CHECK(five.fleet.run(2, "name claim lawn-mower").status == 0);
  CHECK(wait_until(5s, [&] { return each(five.shown(2, "name list"), "name") == "device-2 lawn-mower"; }));
  REQUIRE(wait_until(5s, [&] { return five.fleet.run(4, "lookup lawn-mower --provisional").status == 0; }));

  const Json by_name = five.shown(4, "lookup lawn-mower --provisional").at(0);
  const std::string id = five.shown(2, "status").at(0).at("node");
  CHECK(by_name.at("node") == id);
  CHECK(by_name.at("endpoints").size() == 1);
  CHECK(five.shown(4, "lookup " + id).at(0).at("endpoints") == by_name.at("endpoints"));
  CHECK(five.fleet.run(4, "lookup lawn-mower").status == 4);  // provisional: there are no votes
}

TEST_CASE("the exit status says what went wrong") {
  const FiveDevices five;
  CHECK(five.fleet.run(0, "peers").status == 0);
  CHECK(five.fleet.run(0, "ask 'When do the bins go out?'").out == "The bins go out on Tuesday.\n");
  CHECK(five.fleet.run(0, "gossip").status == 2);
  CHECK(five.fleet.run(0, "ask ' '").status == 2);
  CHECK(five.fleet.run(0, "lookup nobody-here").status == 3);
  CHECK(five.fleet.run(0, "lookup --capability teleport").status == 3);
  CHECK(five.fleet.run(0, "ask 'Why?' --model gpt-4").status == 3);
  CHECK(five.fleet.run(0, "status --api http://127.0.0.1:" + std::to_string(free_port())).status == 6);
}
