// A name that leads elsewhere than it was pinned to, as a person meets it at the command line.
#include "tests/live/fleet.hpp"
#include "tests/live/recordings.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace grapevine::live;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

struct Home {
  Home() {
    fleet.start_all();
    REQUIRE(fleet.wait_willing(0, 3, 10s));
    REQUIRE(wait_until(20s, [&] { return pin("device-1") == "match" && pin("device-2") == "match"; }));
  }
  Json lookup(const std::string& name) const {
    const auto reply = fleet.get(0, "/api/mesh/names/" + name);
    return reply.status == 200 ? Json::parse(reply.body) : Json();
  }
  std::string pin(const std::string& name) const {
    const auto found = lookup(name);
    return found.is_null() ? "" : found.at("pin");
  }
  std::string id(const std::string& name) const { return lookup(name).at("node"); }
  int run(const std::string& verb) const { return fleet.run(0, verb).status; }

  Recordings recordings;
  Fleet fleet{3, [this](std::size_t) { return recordings.model("parrot", {"Because it is so."}); }};
};

}  // namespace

TEST_CASE(
    "a name that does not lead where it was pinned to ends lookup and ask with 5, until it is unpinned") {
  Home home;
  CHECK(home.run("lookup device-1 --provisional") == 0);
  CHECK(home.run("ask --model parrot@device-1 why?") == 0);
  REQUIRE(home.run("trust pin device-1 --id " + home.id("device-2")) == 0);

  const auto looked = home.fleet.run(0, "lookup device-1 --provisional");
  CHECK(looked.status == 5);
  CHECK(looked.err.find("grapevine trust unpin device-1") != std::string::npos);
  CHECK(home.run("ask --model parrot@device-1 why?") == 5);
  CHECK(home.fleet.run(0, "trust").out.find("changed") != std::string::npos);
  CHECK(home.fleet.run(1, "lookup device-1").status != 5);  // pins are of one device

  home.fleet.stop(0);
  home.fleet.start(0);
  REQUIRE(wait_until(20s, [&] { return home.pin("device-1") == "changed"; }));
  CHECK(home.run("trust unpin device-1") == 0);
  CHECK(home.run("lookup device-1 --provisional") == 0);
}

TEST_CASE("only who has the token changes pins") {
  const Home home;
  CHECK(home.fleet.post(0, "/api/mesh/pins", R"({"name":"device-1"})").status == 401);
  CHECK(home.run("trust pin device-1 --as parrot") == 0);
  CHECK(home.run("lookup parrot.local-pin") == 0);
  CHECK(home.run("trust pin nobody-here") == 3);
}
