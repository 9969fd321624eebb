// Names as other programs see them: dig and kdig, over UDP and TCP, with EDNS and without, asking real
// daemons. A program that is not installed is passed over aloud.
#include "tests/live/fleet.hpp"
#include "tests/live/recordings.hpp"

#include <csignal>
#include <cstdio>
#include <memory>

#include <doctest/doctest.h>

using namespace grapevine::live;
using namespace std::chrono_literals;

namespace {

/// What a program prints.
std::string said_by(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen((command + " 2>/dev/null").c_str(), "r"),
                                                   ::pclose);
  std::string said;
  for (char buffer[512]; std::fgets(buffer, sizeof buffer, pipe.get()) != nullptr;) said += buffer;
  return said;
}

bool is_installed(const std::string& program) {
  if (!said_by("command -v " + program).empty()) return true;
  MESSAGE(program << " is not installed: passed over");
  return false;
}

/// Devices that advertise, beside 127.0.0.1 by which they meet, an address that others may be sent to.
struct Town {
  explicit Town(std::size_t devices)
      : fleet(devices, [this](std::size_t i) {
          return "advertise = [\"127.0.0.1\", \"" + address(i) + "\"]\n" +
                 recordings.model("parrot", {"Because it is so."});
        }) {
    fleet.start_all();
  }
  static std::string address(std::size_t device) { return "192.0.2." + std::to_string(device + 1); }
  std::string name(std::size_t device) const { return fleet.name(device) + ".fleet.internal"; }
  /// What `dig` or `kdig` prints when it asks a device.
  std::string ask(std::size_t device, const std::string& question, const std::string& with = "dig") const {
    return said_by(with + " +short +time=2 @127.0.0.1 -p " + std::to_string(fleet.dns_port(device)) + " " +
                   question);
  }
  /// A device's own name also leads to 127.0.0.1.
  bool resolves(std::size_t at, std::size_t whom) const {
    return ask(at, name(whom)).find(address(whom) + "\n") != std::string::npos;
  }

  /// Whether a device gives the addresses of all; one run of dig asks for them together.
  bool resolves_all(std::size_t at) const {
    std::string names;
    for (std::size_t whom = 0; whom < fleet.size(); ++whom) names += name(whom) + " ";
    const std::string said = "\n" + ask(at, names);
    for (std::size_t whom = 0; whom < fleet.size(); ++whom)
      if (said.find("\n" + address(whom) + "\n") == std::string::npos) return false;
    return true;
  }
  /// What `grapevine lookup` says on a device of another; nothing when it does not find it.
  std::string looked_up(std::size_t at, std::size_t whom) const {
    const auto ran = fleet.run(at, "lookup " + fleet.name(whom) + " --provisional --json");
    return ran.status == 0 ? ran.out : "";
  }

  Recordings recordings;
  Fleet fleet;
};

}  // namespace

TEST_CASE("dig and kdig resolve the devices of a mesh by UDP, by TCP, with EDNS and without") {
  if (!is_installed("dig")) return;
  const Town town(2);
  REQUIRE(wait_until(20s, [&] { return town.resolves(0, 1) && town.resolves(1, 0); }));
  for (const std::string how : {"", "+tcp ", "+noedns ", "+bufsize=512 ", "+nocookie "})
    CHECK(town.ask(0, how + town.name(1)) == town.address(1) + "\n");
  CHECK(town.ask(0, town.name(1) + " TXT").find("\"v=1\" \"id=") == 0);
  CHECK(town.ask(0, "_grapevine._tcp.fleet.internal PTR").find("device-1._grapevine._tcp") !=
        std::string::npos);
  CHECK(town.ask(0, "device-1._grapevine._tcp.fleet.internal SRV") ==
        "0 0 " + std::to_string(town.fleet.mesh_port(1)) + " " + town.name(1) + ".\n");
  if (is_installed("kdig")) CHECK(town.ask(0, town.name(1), "kdig") == town.address(1) + "\n");
  if (is_installed("kdig")) CHECK(town.ask(0, "+tcp " + town.name(1), "kdig") == town.address(1) + "\n");
}

TEST_CASE("an own name answers as soon as it is claimed") {
  if (!is_installed("dig")) return;
  const Town town(1);
  CHECK(town.ask(0, "crane.fleet.internal").empty());
  REQUIRE(town.fleet.run(0, "name claim crane").status == 0);
  CHECK(wait_until(
      1s, [&] { return town.ask(0, "crane.fleet.internal").find(town.address(0)) != std::string::npos; }));
}

TEST_CASE("half of twenty devices killed, every name resolves on each that lives, by dig and by lookup") {
  if (!is_installed("dig")) return;
  constexpr std::size_t devices = 20, killed = 10;
  Town town(devices);
  for (std::size_t at = 0; at < devices; ++at)
    REQUIRE(wait_until(30s, [&] { return town.resolves_all(at); }));
  for (std::size_t dead = 0; dead < killed; ++dead) town.fleet.signal(dead, SIGKILL);
  for (std::size_t dead = 0; dead < killed; ++dead) town.fleet.wait_end(dead, 2s);
  const auto is_known_dead = [&] {
    return town.looked_up(killed, 0).find(R"("peer":"dead")") != std::string::npos;
  };

  // At once, while some still think that the dead are alive; and when everybody knows.
  for (std::size_t at = killed; at < devices; ++at) CHECK(town.resolves_all(at));
  REQUIRE(wait_until(15s, is_known_dead));
  for (std::size_t at = killed; at < devices; ++at) {
    CHECK(town.resolves_all(at));
    for (std::size_t whom = 0; whom < devices; ++whom)
      CHECK(town.looked_up(at, whom).find(town.address(whom)) != std::string::npos);
  }
}

TEST_CASE("a daemon whose DNS port is taken runs without it") {
  const Town town(1);
  const auto taken = "127.0.0.1:" + std::to_string(town.fleet.dns_port(0));
  ::setenv("GRAPEVINE_DNS_LISTEN", taken.c_str(), 1);
  Fleet other(1, [&](std::size_t) { return town.recordings.model("parrot", {"Because it is so."}); });
  other.start(0);
  ::unsetenv("GRAPEVINE_DNS_LISTEN");
  CHECK(other.get(0, "/health").status == 200);
  CHECK(other.log(0).find("dns.off") != std::string::npos);
}
