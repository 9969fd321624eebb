// Row 29 with real daemons: one that is killed, and whose store is damaged while it is dead, comes back, and
// is whole again from its peers.
#include "tests/live/fleet.hpp"

#include <csignal>
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace grapevine::live;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// Overwrites so many bytes of a file with 0xa5.
void spoil(const fs::path& file, std::streamoff from, std::size_t count) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(from);
  stream << std::string(count, '\xa5');
}

struct Mesh {
  /// The root of the registry a device holds; empty while it does not answer.
  std::string root(std::size_t device) const {
    const auto status = nlohmann::json::parse(fleet.get(device, "/api/mesh/status").body, nullptr, false);
    return status.is_object() ? status.value("registry_root", "") : "";
  }
  bool resolves(std::size_t at, std::size_t device) const {
    return fleet.get(at, "/api/mesh/names/" + fleet.name(device)).status == 200;
  }
  fs::path file(std::size_t device) const { return fleet.folder(device) / "home/data/data.mdb"; }
  bool is_whole(std::size_t device, std::size_t peer) const {
    return !root(device).empty() && root(device) == root(peer) && resolves(device, 0) && resolves(device, 2);
  }

  Fleet fleet{3, [](std::size_t) { return std::string(); }};
};

}  // namespace

TEST_CASE("row 29: a daemon whose store is damaged comes back, and is whole again within 30 s") {
  Mesh mesh;
  mesh.fleet.start_all();
  REQUIRE(wait_until(20s, [&] { return mesh.is_whole(1, 0); }));
  for (int round = 0; round < 3; ++round) {
    mesh.fleet.signal(1, SIGKILL);
    mesh.fleet.wait_end(1, 5s);
    const auto size = fs::file_size(mesh.file(1));
    if (round == 0) fs::resize_file(mesh.file(1), size / 2);
    if (round == 1) spoil(mesh.file(1), 0, 8192);  // both roots
    if (round == 2) spoil(mesh.file(1), 8192, size - 8192);
    mesh.fleet.start(1);
    CHECK(wait_until(30s, [&] { return mesh.is_whole(1, 0); }));
    CHECK(mesh.fleet.log(1).find("store.set_aside") != std::string::npos);
  }
  CHECK(mesh.fleet.run(1, "doctor").out.find("data.corrupt-") != std::string::npos);
}
