// Daemons that cannot start say so in one line that names what to mend, and end; nobody else is disturbed.
#include "tests/live/fleet.hpp"
#include "tests/live/recordings.hpp"

#include <fstream>

#include <doctest/doctest.h>
#include <sys/stat.h>

using namespace grapevine::live;
namespace fs = std::filesystem;

namespace {

struct OneHome {
  /// What `grapevine up` says and how it ends with this configuration appended to a good one.
  Fleet::Ran up_with(const std::string& toml) const {
    const auto file = fleet.folder(0) / "bad.toml";
    std::ofstream(file) << "[node]\nname = \"device-0\"\n" << toml;
    return fleet.run(0, "up --config '" + file.string() + "'");
  }
  fs::path keys() const { return fleet.folder(0) / "home/keys"; }

  Recordings recordings;
  Fleet fleet{1, [this](std::size_t) { return recordings.model("parrot", {"Because it is so."}); }};
};

bool is_one_line(const std::string& text) {
  return text.size() > 1 && text.find('\n') == text.size() - 1;
}

void check_refused(const Fleet::Ran& ran, int status, const std::string& named) {
  CAPTURE(ran.err);
  CHECK(ran.status == status);
  CHECK(is_one_line(ran.err));
  CHECK(ran.err.find(named) != std::string::npos);
}

}  // namespace

TEST_CASE("a configuration with a mistake is refused by file and line") {
  const OneHome home;
  const auto line_of_mistake = "bad.toml:4";
  for (const char* toml :
       {"[api]\nlisen = \"127.0.0.1:1\"\n", "[api]\nlisten = 4780\n", "[api]\nlisten = \"127.0.0.1:99999\"\n",
        "[moa]\nlayers = \"two\"\n", "[moa]\nlayers = 4\n", "[privacy]\nscope = \"world\"\n",
        "[log]\nlevel = \"loud\"\n", "[mesh]\nlisten = = \n", "[knowledge]\nfolders = 7\n"})
    check_refused(home.up_with(toml), 2, line_of_mistake);
  CHECK(home.up_with("[api]\nlisen = \"127.0.0.1:1\"\n").err.find("api.listen") != std::string::npos);
}

TEST_CASE("a configuration that is named but not there is no empty one") {
  const OneHome home;
  check_refused(home.fleet.run(0, "up --config /nonexistent/grapevine.toml"), 2,
                "/nonexistent/grapevine.toml");
}

TEST_CASE("the key of a model server must be there and nobody else's to read") {
  const OneHome home;
  const auto key = home.fleet.folder(0) / "server.key";
  const auto toml = "[[model]]\nurl = \"http://127.0.0.1:1\"\nkey_file = \"" + key.string() + "\"\n";
  check_refused(home.up_with(toml), 2, "bad.toml:5");
  std::ofstream(key) << "secret\n";
  fs::permissions(key, fs::perms(0644));
  check_refused(home.up_with(toml), 2, "chmod 600");
}

TEST_CASE("a home whose keys others can read, or that has none, is not entered") {
  const OneHome home;
  const auto operational = home.keys() / "operational";
  fs::permissions(operational, fs::perms(0644));
  check_refused(home.fleet.run(0, "up"), 1, operational.string());
  fs::permissions(operational, fs::perms(0600));
  std::ofstream(operational, std::ios::trunc) << "nonsense";
  check_refused(home.fleet.run(0, "up"), 1, operational.string());
  fs::remove(operational);
  check_refused(home.fleet.run(0, "up"), 1, operational.string());
  check_refused(home.fleet.run(0, "up --data '" + (home.fleet.folder(0) / "nowhere").string() + "'"), 1,
                "grapevine init");
}

TEST_CASE("a home and its ports belong to one daemon") {
  OneHome home;
  home.fleet.start(0);
  check_refused(home.fleet.run(0, "up"), 1, "runs on this home");
  const auto other = (home.fleet.folder(0) / "other").string();
  REQUIRE(home.fleet.run(0, "init --data '" + other + "'").status == 0);
  const auto mesh_port = std::to_string(home.fleet.mesh_port(0));
  const auto api_port = std::to_string(home.fleet.api_port(0));
  check_refused(home.fleet.run(0, "up --data '" + other + "'"), 1, mesh_port);
  const auto taken =
      home.up_with("[mesh]\nlisten = \"127.0.0.1:0\"\n[api]\nlisten = \"127.0.0.1:" + api_port + "\"\n");
  CHECK(taken.status == 1);  // the home is checked first
  CHECK(home.fleet.run(0, "init").status != 0);
  CHECK(home.fleet.get(0, "/health").status == 200);
}

TEST_CASE("a daemon whose DNS port is taken starts without, and its doctor says so") {
  OneHome home;
  const auto file = home.fleet.folder(0) / "config.toml";
  std::string toml = read_file(file);
  const auto own = std::to_string(home.fleet.dns_port(0));
  const auto taken = std::to_string(home.fleet.mesh_port(0));  // by itself, a moment earlier
  toml.replace(toml.find(own), own.size(), taken);
  std::ofstream(file, std::ios::trunc) << toml;
  home.fleet.start(0);
  const auto doctor = home.fleet.run(0, "doctor");
  CHECK(doctor.status == 1);
  CHECK(doctor.out.find("off: 127.0.0.1:" + taken + " could not be had") != std::string::npos);
}

TEST_CASE("what a daemon writes is for its owner alone, whatever is usual in its shell") {
  const auto usual = ::umask(022);
  const grapevine::node::TemporaryFolder documents;
  documents.file("cellar.txt", "The key of the cellar hangs behind the clock.\n");
  Fleet fleet(1, [&](std::size_t) {
    return "[[model]]\nkind = \"knowledge\"\n[knowledge]\nfolders = [\"" + documents.path().string() +
           "\"]\n";
  });
  fleet.start(0);
  std::size_t seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fleet.folder(0) / "home/knowledge")) {
    CAPTURE(entry.path().string());
    CHECK((entry.status().permissions() & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
    ++seen;
  }
  CHECK(seen > 0);
  ::umask(usual);
}

TEST_CASE("a daemon without a configuration, documents or model server still starts") {
  OneHome home;
  std::ofstream(home.fleet.folder(0) / "config.toml", std::ios::app)
      << "[knowledge]\nfolders = [\"/nonexistent-folder\"]\n";
  home.fleet.start(0);
  CHECK(home.fleet.ask(0, "Why?", "local").status == 200);
}
