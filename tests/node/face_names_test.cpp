// Names as people and programs handle them over HTTP, without a network.
#include "node/api_names.hpp"
#include "node/api_routes.hpp"
#include "node/api_whois.hpp"
#include "node/home.hpp"
#include "tests/crypto/sample.hpp"
#include "tests/node/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace grapevine;
using namespace grapevine::node;

namespace {

using Json = nlohmann::json;

const bool started = (start_crypto(), true);
constexpr Now noon{Time(1h), sample::noon};

/// The admin's node of the sample household, alone.
struct Alone {
  dns::MemoryStore store;
  SodiumVerifier verifier;
  gossip::Book book{1};
  Core core{{.announcement = {.capabilities = {"gripper"}}, .seed = 1},
            {.mesh = sample::mesh(),
             .node = sample::node(2),
             .inception = sample::inception(2),
             .certificate = sample::sign(sample::certificate(2, Role::admin), 1),
             .operational = sample::key(2)},
            store,
            verifier,
            book};
  Alone() { (void)core.start(noon); }

  Result<std::string, ApiError> change(Wish wish, const std::string& body) {
    const auto change = wish(body);
    if (!change) return fail(change.error());
    Effects out;
    return (*change)(core, noon, out);
  }
  Json changed(Wish wish, const std::string& body) { return Json::parse(*change(wish, body)); }
  ApiError refused(Wish wish, const std::string& body) { return change(wish, body).error(); }
  Json found(const std::multimap<std::string, std::string>& query) {
    return Json::parse(*lookup_json(core, noon, query)).at("found");
  }
};

}  // namespace

TEST_CASE("a name is claimed, listed, renewed and given up") {
  Alone node;
  CHECK(node.changed(claim_name, R"({"name":"Robot"})").at("name") == "robot");
  const auto listed = Json::parse(*names_json(node.core, noon, {})).at("names");
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].at("state") == "provisional");
  CHECK(listed[0].at("limit") == "fewer than 4 voters: names are provisional");
  CHECK(listed[0].at("transfer").is_null());
  CHECK(node.changed(renew_names, "").at("names").size() == 1);
  CHECK(node.changed(retire_name, R"({"name":"robot"})").at("free_at") == rfc3339(noon.wall));
  CHECK(Json::parse(*names_json(node.core, noon, {})).at("names").empty());
}

TEST_CASE("a name that its owner gave up is not taken back at the next start") {
  const TemporaryFolder folder;
  REQUIRE(found_home(folder.path() / "home", {"home", "laptop", "anna"}, sample::noon).has_value());
  dns::MemoryStore store;
  SodiumVerifier verifier;
  const auto names_after_start = [&](Wish wish, const std::string& body) {
    gossip::Book book{1};
    Core core({.name = "", .seed = 1}, std::move(load_home(folder.path() / "home", sample::noon)->identity),
              store, verifier, book);
    (void)core.start(noon);
    (void)core.step(Tick{}, {noon.time + 2s, noon.wall + 2s});
    std::vector<std::string> names;
    for (const auto& held : core.registry().names(noon.wall)) names.push_back(held.name);
    Effects out;
    if (wish != nullptr) CHECK((*wish(body))(core, {noon.time + 3s, noon.wall + 3s}, out).has_value());
    return names;
  };
  const std::vector<std::string> laptop{"laptop"}, none{};
  CHECK(names_after_start(nullptr, "") == laptop);
  CHECK(names_after_start(retire_name, R"({"name":"laptop"})") == laptop);
  CHECK(names_after_start(nullptr, "") == none);
  CHECK(names_after_start(claim_name, R"({"name":"laptop"})") == none);
  CHECK(names_after_start(nullptr, "") == laptop);
}

TEST_CASE("a refused change names the field, what was given, the rule and what to do") {
  Alone node;
  CHECK(node.refused(claim_name, "{}").param == "name");
  CHECK(node.refused(transfer_name, R"({"name":"robot"})").param == "to");
  const auto unknown = node.refused(retire_name, R"({"name":"robot"})");
  CHECK(unknown.status == 404);
  CHECK(unknown.message ==
        "\"robot\": this node does not hold that name; `grapevine name list` shows those it does");
  CHECK(node.refused(accept_name, R"({"name":"robot"})").status == 404);
  CHECK(node.refused(claim_name, R"({"name":"a\u001b[2J\"b"})").message.starts_with("\"a?[2J?b\": "));
  CHECK(node.refused(claim_name, R"({"name":"localhost"})").status == 403);
}

TEST_CASE("a fifth name is a conflict and not a reason to come again in a minute") {
  Alone node;
  for (const char* name : {"one-arm", "two-arms", "six-arms", "ten-arms"})
    (void)node.changed(claim_name, std::string(R"({"name":")") + name + R"("})");
  const auto refused = node.refused(claim_name, R"({"name":"lamp"})");
  CHECK(refused.status == 409);
  CHECK_FALSE(refused.retry_after.has_value());
}

TEST_CASE("a name is offered only to a device that is here to be asked") {
  Alone node;
  (void)node.changed(claim_name, R"({"name":"robot"})");
  CHECK(node.refused(transfer_name, R"({"name":"robot","to":"ghost"})").status == 404);
  CHECK(node.refused(transfer_name, R"({"name":"robot","to":")" + to_string(sample::node(2)) + R"("})")
            .status == 404);
}

TEST_CASE("a lookup takes a prefix and a limit, and calls abilities claimed") {
  Alone node;
  (void)node.changed(claim_name, R"({"name":"lamp-one"})");
  (void)node.changed(claim_name, R"({"name":"lamp-two"})");
  CHECK(node.found({{"prefix", "lamp-"}}).size() == 2);
  CHECK(node.found({{"prefix", "lamp-"}, {"limit", "1"}}).size() == 1);
  CHECK(node.found({{"prefix", "door"}}).empty());
  const auto able = node.found({{"capability", "gripper"}});
  REQUIRE(able.size() == 1);
  CHECK(able[0].at("capabilities") == Json::array({{{"name", "gripper"}, {"standing", "claimed"}}}));
  for (const char* limit : {"0", "-1", "many", "99999999999999999999"})
    CHECK_MESSAGE(lookup_json(node.core, noon, {{"prefix", "l"}, {"limit", limit}}).error().param == "limit",
                  limit);
  CHECK(lookup_json(node.core, noon, {}).error().param == "name");
}

TEST_CASE("whois of oneself was told by oneself, and leaves room for what only this device remembers") {
  Alone node;
  (void)node.changed(claim_name, R"({"name":"robot"})");
  const auto whois = Json::parse(*whois_json(node.core, noon, "robot"));
  CHECK(whois.at("node") == to_string(sample::node(2)));
  CHECK(whois.at("member").at("role") == "admin");
  CHECK(whois.at("member").at("inviter").at("name") == "root");
  CHECK(whois.at("keys").size() == 1);
  CHECK(whois.at("names").at(0).at("name") == "robot");
  for (const auto& record : whois.at("records")) CHECK(record.at("told_by") == "self");
  CHECK(whois.contains("pins"));
  CHECK(whois.contains("history"));
  CHECK(whois_json(node.core, noon, "ghost").error().status == 404);
}
