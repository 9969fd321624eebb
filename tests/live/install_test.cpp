// What `cmake --install` puts below a prefix is all that a node needs: it founds a mesh, lets another in,
// checks its store at the next start, and its units name the programs where they are.
#include "tests/live/fleet.hpp"
#include "tests/live/recordings.hpp"

#include <cstdlib>

#include <doctest/doctest.h>

using namespace grapevine::live;
using namespace std::chrono_literals;

namespace {

/// The build, installed; the programs below are these, and not the build's own. (A component's list of what
/// was installed is another file than that of the people who build here.)
struct Installed {
  Installed() {
    const std::string command = std::string("'" GRAPEVINE_CMAKE "' --install '" GRAPEVINE_BUILD
                                            "' --component Unspecified --prefix '") +
                                prefix.path().string() + "' >/dev/null";
    REQUIRE(std::system(command.c_str()) == 0);
    REQUIRE(::setenv("GRAPEVINE_BIN", (prefix.path() / "bin").c_str(), 1) == 0);
  }
  ~Installed() { ::unsetenv("GRAPEVINE_BIN"); }

  std::string unit(const std::string& folder) const {
    return read_file(prefix.path() / folder / "grapevine.service");
  }

  grapevine::node::TemporaryFolder prefix;
};

}  // namespace

TEST_CASE("what is installed founds a mesh, lets another in, and answers") {
  const Installed installed;
  const Recordings recordings;
  Fleet fleet(2, [&](std::size_t) { return recordings.model("parrot", {"Because it is so."}); });
  fleet.start_all();
  CHECK(fleet.wait_alive(0, 2, 5s));
  CHECK(fleet.ask(1, "Why?").status == 200);
  fleet.stop(1);
  fleet.start(1);  // with a store that is there, and checked
  CHECK(fleet.log(1).find("store.set_aside") == std::string::npos);
}

TEST_CASE("`up` starts the daemon that was installed beside it") {
  const Installed installed;
  Fleet fleet(1, [](std::size_t) { return std::string("[log]\nlevel = \"loud\"\n"); });
  const auto refused = fleet.run(0, "up");
  CHECK(refused.status == 2);
  CHECK(refused.err.starts_with("grapevined: "));
}

TEST_CASE("units name the daemon by the prefix it was installed below") {
  const Installed installed;
  const auto line = "\nExecStart=" + (installed.prefix.path() / "bin/grapevined").string() + "\n";
  CHECK(installed.unit("lib/systemd/system").find(line) != std::string::npos);
  CHECK(installed.unit("share/systemd/user").find(line) != std::string::npos);
}
