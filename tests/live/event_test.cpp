// Events told on one device and heard on the others, through the command line and over HTTP.
#include "tests/live/fleet.hpp"
#include "tests/live/recordings.hpp"

#include <thread>

#include <doctest/doctest.h>

using namespace grapevine::live;
using namespace std::chrono_literals;

namespace {

struct ThreeDevices {
  ThreeDevices() {
    fleet.start_all();
    for (std::size_t i = 0; i < fleet.size(); ++i) REQUIRE(fleet.wait_alive(i, 3, 10s));
  }
  bool hears(std::size_t device, const std::string& what) const {
    return wait_until(
        5s, [&] { return fleet.get(device, "/api/mesh/events").body.find(what) != std::string::npos; });
  }

  Recordings recordings;
  Fleet fleet{3, [this](std::size_t) { return recordings.model("parrot", {"Yes."}); }};
};

}  // namespace

TEST_CASE("an event told on one device is heard on all, and logged") {
  const ThreeDevices three;
  CHECK(three.fleet.run(1, "event doorbell 'somebody is at the door'").status == 0);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(three.hears(i, R"("name":"doorbell","text":"somebody is at the door")"));
    CHECK(wait_until(10s, [&] { return three.fleet.log(i).find(" doorbell\n") != std::string::npos; }));
    CHECK(three.fleet.log(i).find("somebody") == std::string::npos);
  }
  CHECK(three.fleet.run(2, "events").out.find("  device-1  doorbell  somebody is at the door\n") !=
        std::string::npos);
}

TEST_CASE("who follows hears what was and what comes, and ends after as many as it wanted") {
  const ThreeDevices three;
  REQUIRE(three.fleet.run(0, "event first").status == 0);
  REQUIRE(three.hears(2, "first"));
  std::jthread later([&] {
    std::this_thread::sleep_for(500ms);
    CHECK(three.fleet.run(1, "event second").status == 0);
  });
  const auto followed = three.fleet.run(2, "events --follow --count 2 --json");
  CHECK(followed.status == 0);
  CHECK(followed.out.find(R"("name":"first")") < followed.out.find(R"("name":"second")"));
}

TEST_CASE("telling needs the token, a name and moderation, listening needs none") {
  const ThreeDevices three;
  CHECK(three.fleet.post(0, "/api/mesh/events", R"({"name":"bell"})").status == 401);
  CHECK(three.fleet.get(0, "/api/mesh/events?after=x").status == 400);
  CHECK(three.fleet.get(0, "/api/mesh/events?after=1").body == R"({"events":[],"latest":0})");
  CHECK(three.fleet.run(0, "event 'two words'").status == 1);
  CHECK(three.fleet.run(0, "event bell " + std::string(1025, 'x')).status == 1);
}
