// A daemon that may have few descriptors, and strangers who take them all: it lives, says so, and serves
// again when they have gone.
#include "tests/live/connection.hpp"
#include "tests/live/fleet.hpp"
#include "tests/live/recordings.hpp"

#include <list>

#include <doctest/doctest.h>
#include <sys/resource.h>

using namespace std::chrono_literals;
using namespace grapevine::live;

namespace {

constexpr rlim_t few = 48;  // at rest it has 28, with one peer a handful more

struct Pair {
  Pair() {
    fleet.start_all();
    const rlimit both{.rlim_cur = few, .rlim_max = few};
    REQUIRE(::prlimit(fleet.process(0), RLIMIT_NOFILE, &both, nullptr) == 0);
    REQUIRE(fleet.wait_alive(0, 2, 5s));
  }
  bool says(const std::string& what) const { return fleet.log(0).find(what) != std::string::npos; }

  Recordings recordings;
  Fleet fleet{2, [this](std::size_t) { return recordings.model("parrot", {"Because it is so."}); }};
};

std::list<Connection> strangers(std::uint16_t port, std::size_t count) {
  std::list<Connection> made;
  while (made.size() < count) made.emplace_back(port, "");
  return made;
}

}  // namespace

TEST_CASE("strangers who take every descriptor are told of, and members stay members") {
  const Pair pair;
  const auto crowd = strangers(pair.fleet.mesh_port(0), 2 * few);
  CHECK(wait_until(10s, [&] { return pair.says("descriptors.short"); }));
  CHECK(pair.fleet.wait_alive(1, 2, 10s));
  CHECK_FALSE(pair.says("suspect"));
}

TEST_CASE("when they have gone, a member that was away is let in and questions are answered") {
  Pair pair;
  {
    const auto crowd = strangers(pair.fleet.mesh_port(0), 2 * few);
    CHECK(wait_until(10s, [&] { return pair.says("descriptors.short"); }));
    pair.fleet.stop(1);
    pair.fleet.start(1);  // while there is no room for it
  }
  CHECK(pair.fleet.wait_alive(0, 2, 10s));
  CHECK(pair.fleet.wait_alive(1, 2, 10s));
  CHECK(pair.fleet.ask(0, "why?").status == 200);
}

TEST_CASE("clients who take every descriptor cost the daemon nothing but them") {
  const Pair pair;
  {
    const auto crowd = strangers(pair.fleet.api_port(0), 2 * few);
    CHECK(wait_until(10s, [&] { return pair.says("descriptors.short"); }));
    CHECK(pair.fleet.wait_alive(1, 2, 10s));
  }
  CHECK(wait_until(5s, [&] { return pair.fleet.get(0, "/health").status == 200; }));
}
