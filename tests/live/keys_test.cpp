// The life of keys with real daemons, as a person lives it at the command line.
#include "tests/live/fleet.hpp"
#include "tests/live/recordings.hpp"

#include <csignal>
#include <filesystem>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace grapevine::live;
using namespace std::chrono_literals;

namespace {

struct FourDevices {
  FourDevices() {
    fleet.start_all();
    for (std::size_t i = 0; i < fleet.size(); ++i) REQUIRE(fleet.wait_alive(i, 4, 15s));
    REQUIRE(wait_until(15s, [&] { return have_one_registry(); }));
  }
  /// All have heard of all, and each has the name it was given.
  bool have_one_registry() const {
    for (std::size_t viewer = 0; viewer < fleet.size(); ++viewer)
      for (std::size_t other = 0; other < fleet.size(); ++other)
        if (fleet.get(viewer, "/api/mesh/names/" + fleet.name(other)).status != 200) return false;
    return true;
  }
  nlohmann::json run(std::size_t device, const std::string& verb) const {
    const auto ran = fleet.run(device, verb + " --json");
    REQUIRE_MESSAGE(ran.status == 0, ran.err);
    return nlohmann::json::parse(ran.out);
  }
  bool hears(std::size_t device, const std::string& what) const {
    return wait_until(
        5s, [&] { return fleet.get(device, "/api/mesh/events").body.find(what) != std::string::npos; });
  }
  bool knows(std::size_t viewer, std::size_t other) const {
    return fleet.get(viewer, "/api/mesh/peers").body.find("\"name\":\"" + fleet.name(other) + "\"") !=
           std::string::npos;
  }

  Recordings recordings;
  Fleet fleet{4, [this](std::size_t) { return recordings.model("parrot", {"Yes."}); }};
};

}  // namespace

TEST_CASE("a device rotates its key, is killed and started again, and is heard all the while") {
  FourDevices four;
  const auto first = four.run(1, "trust rotate").at("key");
  CHECK(four.fleet.run(1, "event one").status == 0);
  CHECK(four.hears(3, "\"one\""));
  four.fleet.signal(1, SIGKILL);
  four.fleet.wait_end(1, 5s);
  four.fleet.start(1);
  REQUIRE(four.fleet.wait_alive(1, 4, 15s));
  CHECK(wait_until(15s,
                   [&] { return four.fleet.run(1, "event two").status == 0 && four.hears(3, "\"two\""); }));
  const auto second = four.run(1, "name rotate").at("key");
  CHECK(first != second);
  CHECK(four.fleet.run(1, "event three").status == 0);
  CHECK(four.hears(3, "\"three\""));
}

TEST_CASE("a revoked device is out and stays out, also when all start again") {
  FourDevices four;
  CHECK(four.fleet.run(1, "revoke device-2 --yes").status == 5);  // a member may not
  CHECK(four.fleet.run(0, "revoke device-2").status == 2);        // nobody to ask
  REQUIRE(four.fleet.run(0, "revoke device-2 --yes --reason stolen").status == 0);
  CHECK(wait_until(10s, [&] { return !four.knows(0, 2) && !four.knows(1, 2) && !four.knows(3, 2); }));
  CHECK(four.fleet.run(1, "lookup device-2").status == 3);
  four.fleet.stop(2);
  four.fleet.stop(3);
  four.fleet.start(2);
  four.fleet.start(3);
  REQUIRE(four.fleet.wait_alive(3, 3, 15s));
  CHECK_FALSE(wait_until(5s, [&] { return four.knows(0, 2) || four.knows(3, 2); }));
}

TEST_CASE("a lost device is retired with the file made at its birth, by any other") {
  FourDevices four;
  const auto stick = four.fleet.folder(0) / "stick";
  std::filesystem::copy_file(four.fleet.folder(3) / "home/recovery", stick);
  const auto words = "name retire --node --recovery '" + stick.string() + "'";
  CHECK(four.fleet.run(1, words).status == 2);  // nobody to ask
  REQUIRE(four.fleet.run(1, words + " --yes").status == 0);
  CHECK(wait_until(10s, [&] { return !four.knows(0, 3) && !four.knows(1, 3) && !four.knows(2, 3); }));
  (void)four.fleet.run(3, words + " --yes");  // those who hung up may not have told it
  CHECK(four.fleet.run(3, "trust rotate").status == 5);
}

TEST_CASE("a suspended key is heard no more until it is rotated") {
  FourDevices four;
  REQUIRE(four.fleet.run(1, "trust suspend").status == 0);
  CHECK(four.fleet.run(1, "event muted").status == 0);
  CHECK_FALSE(four.hears(0, "\"muted\""));
  REQUIRE(four.fleet.run(1, "trust rotate").status == 0);
  CHECK(four.fleet.run(1, "event again").status == 0);
  CHECK(four.hears(0, "\"again\""));
}
