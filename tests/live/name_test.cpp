// What people do with names through the command line, on a mesh of daemons: claim, renew, hand over, give up,
// and ask who somebody is.
#include "tests/live/fleet.hpp"
#include "tests/live/recordings.hpp"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace std::chrono_literals;
using namespace grapevine::live;

namespace {

using Json = nlohmann::json;

struct Home {
  Home() {
    fleet.start_all();
    for (std::size_t i = 0; i < fleet.size(); ++i) REQUIRE(fleet.wait_alive(i, fleet.size(), 15s));
  }
  /// Until `grapevine VERB` there ends with 0 and says so.
  bool says(std::size_t device, const std::string& verb, const std::string& what) const {
    return wait_until(10s, [&] {
      const auto ran = fleet.run(device, verb);
      return ran.status == 0 && ran.out.find(what) != std::string::npos;
    });
  }
  std::string id(std::size_t device) const {
    return Json::parse(fleet.get(device, "/api/mesh/status").body).at("node");
  }
  Json whois(std::size_t viewer, const std::string& subject) const {
    return Json::parse(fleet.run(viewer, "whois " + subject + " --json").out);
  }
  Recordings recordings;
  Fleet fleet{4, [this](std::size_t) { return recordings.model("parrot", {"Because it is so."}); }, "admin"};
};

/// Of each type of record, by whom it was told.
std::map<std::string, std::string> tellers(const Json& whois) {
  std::map<std::string, std::string> by;
  for (const auto& record : whois.at("records"))
    by[record.at("type")] = record.at("told_by").is_null() ? "" : record.at("told_by").get<std::string>();
  return by;
}

}  // namespace

TEST_CASE("a name is claimed, confirmed, renewed and given up, and everybody sees it") {
  const Home home;
  const auto claimed = home.fleet.run(1, "name claim Robot --wait 20s");
  CAPTURE(claimed.err);
  CHECK(claimed.status == 0);
  CHECK(claimed.out == "robot is this device now (confirmed)\n");
  CHECK(home.says(2, "lookup robot", "confirmed"));
  CHECK(home.fleet.run(2, "name claim r0bot").status == 1);
  CHECK(home.fleet.run(1, "name renew robot").out.find("robot") != std::string::npos);
  CHECK(home.fleet.run(1, "name renew").status == 0);
  CHECK(home.fleet.run(2, "name renew robot").status == 3);
  CHECK(home.fleet.run(1, "name retire robot").out.find("others can claim it from") != std::string::npos);
  CHECK(wait_until(10s, [&] { return home.fleet.run(2, "lookup robot").status == 3; }));
  CHECK(home.fleet.run(1, "name retire robot").status == 3);
}

TEST_CASE("a name is offered, shown, accepted and taken back while there is time") {
  const Home home;
  REQUIRE(home.fleet.run(1, "name claim robot --wait 20s").status == 0);
  REQUIRE(home.says(1, "lookup --prefix device-2", "device-2"));
  const auto offered = home.fleet.run(1, "name transfer robot --to device-2");
  CAPTURE(offered.err);
  REQUIRE(offered.status == 0);
  CHECK(offered.out.find("grapevine name accept robot") != std::string::npos);
  CHECK(offered.out.find("grapevine name renew robot") != std::string::npos);
  CHECK(home.says(2, "name list", "device-1 offers robot"));
  CHECK(home.fleet.run(3, "name accept robot").status == 3);
  CHECK(home.fleet.run(2, "name accept robot").status == 0);
  CHECK(home.says(1, "name list", "to device-2 at "));
  CHECK(home.says(3, "name list --all", "to device-2 at "));
  CHECK(home.fleet.run(1, "name renew robot").status == 0);
  CHECK(wait_until(10s, [&] {
    return home.fleet.run(3, "name list --all").out.find("to device-2 at ") == std::string::npos;
  }));
  CHECK(home.fleet.run(1, "name transfer robot --to nobody-there").status == 3);
  CHECK(home.fleet.run(1, "name transfer robot --to " + home.id(1)).status == 3);
}

TEST_CASE("whois shows the certificate of a name, its voters, and who told of each record") {
  Home home;
  REQUIRE(home.fleet.run(1, "name claim robot --wait 20s").status == 0);
  REQUIRE(home.says(2, "lookup robot", "confirmed"));
  const auto own = tellers(home.whois(1, "robot"));
  CHECK(own.at("ID") == "self");
  CHECK(own.at("NAME") == "self");
  const auto seen = home.whois(2, "robot");
  CHECK(seen.at("node") == home.id(1));
  CHECK(seen.at("keys").size() == 1);
  CHECK(seen.at("member").at("role") == "admin");
  CHECK_FALSE(seen.at("member").at("inviter").at("name").get<std::string>().empty());
  for (const auto& told : tellers(seen)) {
    const bool is_voted = told.first == "CERT" || told.first == "VOTE";  // perhaps by the viewer itself
    if (!is_voted) CHECK_MESSAGE(told.second.size() == 52, told.first);
  }
  for (const auto& name : seen.at("names")) {
    if (name.at("name") == "robot") CHECK(name.at("certificates").at(0).at("voters").size() >= 3);
  }
  CHECK(home.fleet.run(2, "whois robot").out.find("TOLD BY") != std::string::npos);
  CHECK(home.fleet.run(2, "whois nobody-there").status == 3);
  const auto before = home.whois(2, home.id(1)).at("records");
  home.fleet.stop(2);
  home.fleet.start(2);
  const auto after = home.whois(2, home.id(1)).at("records");
  CHECK(after.at(0) == before.at(0));
}

TEST_CASE("lookup finds by beginning and by ability, as many as asked for") {
  const Home home;
  REQUIRE(home.says(0, "lookup --prefix device-", "device-3"));
  const auto found = home.fleet.run(0, "lookup --prefix device- --limit 2 --json").out;
  CHECK(std::count(found.begin(), found.end(), '\n') == 2);
  CHECK(home.fleet.run(0, "lookup --prefix cellar").status == 3);
  CHECK(home.says(0, "lookup --prefix " + home.id(3).substr(0, 8), "device-3"));
  const auto able = home.fleet.run(0, "lookup --capability recorded --limit 1 --json");
  CHECK(able.status == 0);
  CHECK(Json::parse(able.out).at("capabilities") ==
        Json::array({{{"name", "recorded"}, {"standing", "claimed"}}}));
}

TEST_CASE("changes of names need the token, and say what is wrong with what was given") {
  const Home home;
  for (const char* path : {"/api/mesh/names/renew", "/api/mesh/names/retire", "/api/mesh/transfers",
                           "/api/mesh/transfers/accept"})
    CHECK_MESSAGE(home.fleet.post(0, path, R"({"name":"robot","to":"device-1"})").status == 401, path);
  const auto refused = Json::parse(home.fleet.run(0, "name claim 7up --json").err).at("error");
  const auto message = refused.at("message").get<std::string>();
  CHECK(message.starts_with("\"7up\": "));
  CHECK(home.fleet.run(0, "name transfer robot").status == 2);
  CHECK(home.fleet.run(0, "name accept robot").status == 3);
}
