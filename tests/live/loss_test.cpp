// Devices that go while others count on them: killed, restarted, told to end, told twice.
#include "tests/live/connection.hpp"
#include "tests/live/fleet.hpp"
#include "tests/live/provenance.hpp"
#include "tests/live/recordings.hpp"

#include <csignal>
#include <future>
#include <memory>

#include <doctest/doctest.h>

using namespace grapevine::live;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

/// Devices whose models need so long for an answer of forty letters.
struct SlowDevices {
  SlowDevices(std::size_t devices, unsigned tokens_per_second)
      : fleet(devices, [&](std::size_t i) {
          return recordings.model("parrot-" + std::to_string(i),
                                  {std::string(40, 'a'), tokens_per_second, 4});
        }) {
    fleet.start_all();
    REQUIRE(fleet.wait_alive(0, devices, 10s));
    REQUIRE(fleet.wait_willing(0, devices, 10s));
  }
  bool is_busy(std::size_t device) const {
    return Json::parse(fleet.get(device, "/api/mesh/status").body).at("queue").at("running") > 0;
  }
  std::string state_of(std::size_t device, std::size_t viewer) const {
    const Json peers = Json::parse(fleet.get(viewer, "/api/mesh/peers").body).at("peers");
    for (const auto& peer : peers)
      if (peer.at("name") == fleet.name(device)) return peer.at("state");
    return "unknown";
  }

  Recordings recordings;
  Fleet fleet;
};

}  // namespace

TEST_CASE("a device killed while it proposes costs a voice, and comes back under its name") {
  SlowDevices five(5, 4);  // 2.5 s an answer
  auto answer = std::async(std::launch::async, [&] { return five.fleet.ask(0, "Why?", "grapevine:m1k4"); });
  REQUIRE(wait_until(10s, [&] { return five.is_busy(2); }));
  five.fleet.signal(2, SIGKILL);
  CHECK(five.fleet.wait_end(2, 2s) == 128 + SIGKILL);
  const auto killed = Clock::now();

  const auto reply = answer.get();
  REQUIRE(reply.status == 200);
  CHECK(content_of(reply) == std::string(40, 'a'));
  CHECK(who(reply, "answered") == "device-0 device-1 device-3 device-4");
  CHECK_FALSE(is_used(reply, "device-2"));
  CHECK(provenance_of(reply).at("degraded").get<std::string>().find("device-2") != std::string::npos);
  CHECK(wait_until(10s, [&] { return five.state_of(2, 0) == "dead"; }));
  CHECK(Clock::now() - killed < 10s);

  five.fleet.start(2);
  CHECK(wait_until(10s, [&] { return five.state_of(2, 0) == "alive"; }));
  CHECK(five.fleet.wait_alive(2, 5, 10s));
  CHECK(wait_until(10s, [&] { return five.fleet.run(0, "lookup device-2 --provisional").status == 0; }));
}

TEST_CASE("a daemon told to end under load says goodbye within five seconds") {
  SlowDevices three(3, 1);  // 10 s an answer: none of them can be finished
  std::vector<std::unique_ptr<Connection>> asking;
  for (int i = 0; i < 4; ++i)
    asking.push_back(std::make_unique<Connection>(three.fleet.api_port(1),
                                                  chat_request(streamed("grapevine:m1k2", "Why?"))));
  REQUIRE(wait_until(10s, [&] { return three.is_busy(0) && three.is_busy(1) && three.is_busy(2); }));
  three.fleet.signal(1, SIGTERM);
  INFO(three.fleet.log(1));
  CHECK(three.fleet.wait_end(1, 5s) == 0);
  for (const std::size_t viewer : {0u, 2u})
    CHECK(wait_until(10s, [&] { return three.state_of(1, viewer) == "left"; }));
  CHECK(wait_until(6s, [&] { return !three.is_busy(0) && !three.is_busy(2); }));
}

TEST_CASE("a daemon told to end twice ends at once") {
  SlowDevices one(1, 1);
  const Connection asking(one.fleet.api_port(0), chat_request(streamed("local", "Why?")));
  REQUIRE(wait_until(10s, [&] { return one.is_busy(0); }));
  one.fleet.signal(0, SIGTERM);
  CHECK(one.fleet.wait_end(0, 300ms) == -1);  // once: it finishes what it can
  one.fleet.signal(0, SIGINT);
  CHECK(one.fleet.wait_end(0, 3s) == 130);
}

TEST_CASE("a client that goes ends the calls on every device") {
  SlowDevices three(3, 1);
  {
    Connection asking(three.fleet.api_port(0), chat_request(streamed("grapevine:m1k2", "Why?")));
    REQUIRE(wait_until(10s, [&] { return three.is_busy(0) && three.is_busy(1) && three.is_busy(2); }));
    CHECK(asking.receive_until(R"("delta":{"role":"assistant")", 2s).starts_with("HTTP/1.1 200"));
  }
  CHECK(wait_until(6s, [&] { return !three.is_busy(0) && !three.is_busy(1) && !three.is_busy(2); }));
}
