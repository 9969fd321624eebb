// What people see of a mesh of daemons through the command line: peers, their changes, the doctor.
#include "tests/live/fleet.hpp"
#include "tests/live/recordings.hpp"

#include <csignal>
#include <thread>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace std::chrono_literals;
using namespace grapevine::live;

namespace {

struct Home {
  Home() {
    fleet.start_all();
    REQUIRE(fleet.wait_alive(0, 3, 5s));
  }
  Recordings recordings;
  Fleet fleet{3, [this](std::size_t) { return recordings.model("parrot", {"Because it is so."}); }};
};

nlohmann::json finding(const std::string& doctor, const std::string& check) {
  const auto json = nlohmann::json::parse(doctor);
  for (const auto& one : json.at("findings"))
    if (one.at("check") == check) return one;
  return nullptr;
}

}  // namespace

TEST_CASE("peers says of each why it is believed") {
  const Home home;
  const auto shown = home.fleet.run(0, "peers");
  CHECK(shown.status == 0);
  CHECK(shown.out.find("BECAUSE") != std::string::npos);
  CHECK(shown.out.find("its own word, incarnation") != std::string::npos);
  const auto reply = nlohmann::json::parse(home.fleet.get(0, "/api/mesh/peers").body);
  for (const auto& peer : reply.at("peers")) CHECK(peer.at("reason").get<std::string>().size() > 10);
}

TEST_CASE("peers --watch prints a line for each change where it cannot redraw") {
  Home home;
  Fleet::Ran watched;
  {
    const std::jthread watcher(
        [&] { watched = home.fleet.run(0, "peers --watch & watch=$!; sleep 6; kill $watch"); });
    std::this_thread::sleep_for(1s);
    home.fleet.signal(2, SIGKILL);
    home.fleet.wait_end(2, 2s);
  }
  CAPTURE(watched.out);
  CHECK(watched.out.find("device-1  alive  its own word") != std::string::npos);
  CHECK(watched.out.find("device-2  alive > ") != std::string::npos);
  CHECK(watched.out.find("dead  refused, says device-") != std::string::npos);
}

TEST_CASE("the doctor finds a healthy mesh well, and ends with 1 when all others are gone") {
  Home home;
  std::string doctor;
  const bool read = wait_until(10s, [&] {
    doctor = home.fleet.get(0, "/api/mesh/doctor").body;
    return finding(doctor, "clock").at("verdict") == "well";
  });
  CAPTURE(doctor);
  CHECK(read);
  CHECK(finding(doctor, "company").at("finding") == "2 of 2 other devices are here");
  CHECK(home.fleet.run(0, "doctor").status == 0);
  home.fleet.signal(1, SIGKILL);
  home.fleet.signal(2, SIGKILL);
  home.fleet.wait_end(1, 2s);
  home.fleet.wait_end(2, 2s);
  REQUIRE(home.fleet.wait_alive(0, 1, 15s));
  const auto unwell = home.fleet.run(0, "doctor --json");
  CHECK(unwell.status == 1);
  CHECK(finding(unwell.out, "company").at("verdict") == "wrong");
}

TEST_CASE("somebody of three is called by others, at the address they were told") {
  const Home home;
  bool called = false;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto dialled = finding(home.fleet.get(i, "/api/mesh/doctor").body, "dialled");
    const auto at = "at 127.0.0.1:" + std::to_string(home.fleet.mesh_port(i)) + ", by device-";
    called = called || dialled.at("finding").get<std::string>().find(at) != std::string::npos;
  }
  CHECK(called);
}
