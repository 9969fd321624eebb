#include "node/config.hpp"
#include "tests/node/temporary_folder.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

Result<Config> load(const std::string& toml, const Environment& environment = {},
                    const std::vector<Setting>& flags = {}) {
  const TemporaryFolder folder;
  return load_config(folder.file("config.toml", toml), environment, flags);
}

/// The error without the folder the file lay in.
std::string refusal(const std::string& toml) {
  const auto config = load(toml);
  REQUIRE_FALSE(config.has_value());
  const auto& text = config.error().text;
  return text.substr(
      std::min(text.size(), text.rfind("config.toml:") == text.npos ? 0 : text.rfind("config.toml:")));
}

}  // namespace

TEST_CASE("a missing file means defaults") {
  const auto config = load_config("/nonexistent/config.toml", {}, {});
  REQUIRE(config.has_value());
  CHECK(to_string(config->api.listen) == "127.0.0.1:4780");
  CHECK_FALSE(config->model.has_value());
  CHECK(config->scope == moa::Scope::group);
}

TEST_CASE("a flag beats the environment, which beats the file") {
  const std::string file = "[api]\nlisten = \"127.0.0.1:1\"\n";
  const Environment environment{{"GRAPEVINE_API_LISTEN", "127.0.0.1:2"}};
  CHECK(load(file)->api.listen.port == 1);
  CHECK(load(file, environment)->api.listen.port == 2);
  CHECK(load(file, environment, {{"api.listen", "127.0.0.1:3", "--listen"}})->api.listen.port == 3);
}

TEST_CASE("an unknown key names its line and the nearest key") {
  CHECK(refusal("[api]\nlistne = \"127.0.0.1:1\"\n") ==
        "config.toml:2: there is no key api.listne; the nearest is api.listen");
}

TEST_CASE("what a device can do is a list of words, from a file, a variable or a flag") {
  const std::vector<std::string> both{"gripper", "vision-2"};
  CHECK(load("[node]\ncapabilities = [\"gripper\", \"vision-2\"]\n")->capabilities == both);
  CHECK(load("", {{"GRAPEVINE_NODE_CAPABILITIES", "gripper,vision-2"}})->capabilities == both);
  CHECK(refusal("[node]\ncapabilities = [\"Gripper\"]\n") ==
        "config.toml:2: node.capabilities: \"Gripper\" is no capability: 1 to 32 of a-z, 0-9 and hyphen");
  std::string many = "[node]\ncapabilities = [";
  for (int i = 0; i < 16; ++i) many += "\"word-" + std::to_string(i) + "\", ";
  CHECK(refusal(many + "]\n").find("at most 15") != std::string::npos);
}

TEST_CASE("a measured menu says what each plan is worth") {
  const std::string alone = "[[menu]]\nlayers = 0\nproposers = 0\nquality = 68.5\nsource = \"a file\"\n";
  const auto config = load(alone + "[[menu]]\nlayers = 1\nproposers = 2\nquality = 73\n");
  REQUIRE(config.has_value());
  REQUIRE(config->moa.menu.size() == 2);
  CHECK(config->moa.menu[1].shape == moa::Shape{1, 2});
  CHECK(config->moa.menu[1].points == 73);
  CHECK(refusal("[[menu]]\nlayers = 1\nproposers = 2\nquality = 73\n").find("layers = 0 and proposers = 0") !=
        std::string::npos);
  CHECK(refusal("[[menu]]\nlayers = 9\nproposers = 2\nquality = 73\n").starts_with("config.toml:1: a row"));
  CHECK(refusal("menu = 3\n").starts_with("config.toml:1: a menu"));
}

TEST_CASE("an unknown table is an unknown key") {
  CHECK(refusal("[moe]\nlayers_max = 2\n").starts_with("config.toml:2: there is no key moe.layers_max"));
}

TEST_CASE("a value of another type names its line and what is wanted") {
  CHECK(refusal("\n[api]\nlisten = 4780\n") == "config.toml:3: api.listen: wants a text in quotes");
  CHECK(refusal("[moa]\nlayers = \"1\"\n") == "config.toml:2: moa.layers: wants a whole number");
  CHECK(refusal("[knowledge]\nfolders = \"here\"\n") ==
        "config.toml:2: knowledge.folders: wants a list of texts in quotes");
  CHECK(
      refusal("[knowledge]\nfolders = [1]\n").starts_with("config.toml:2: knowledge.folders: wants a list"));
}

TEST_CASE("a bad port is refused with the rule") {
  CHECK(refusal("[mesh]\nlisten = \"0.0.0.0:65536\"\n") ==
        "config.toml:2: mesh.listen: \"0.0.0.0:65536\" is no HOST:PORT with a port from 0 to 65535");
  CHECK_FALSE(parse_endpoint("127.0.0.1").has_value());
  CHECK_FALSE(parse_endpoint("127.0.0.1:").has_value());
  CHECK_FALSE(parse_endpoint(":80").has_value());
  CHECK_FALSE(parse_endpoint("::1:80").has_value());
  CHECK_FALSE(parse_endpoint("127.0.0.1:80x").has_value());
}

TEST_CASE("an address of version 6 is written in brackets") {
  const auto endpoint = parse_endpoint("[::1]:4780");
  REQUIRE(endpoint.has_value());
  CHECK(endpoint->host == "::1");
  CHECK(to_string(*endpoint) == "[::1]:4780");
}

TEST_CASE("a number outside its range is refused with the range") {
  CHECK(refusal("[moa]\nlayers = 4\n") == "config.toml:2: moa.layers: \"4\" is no whole number from 0 to 3");
  CHECK(refusal("[moa]\nlayers = -1\n") ==
        "config.toml:2: moa.layers: \"-1\" is no whole number from 0 to 3");
}

TEST_CASE("what is on or off is true or false, without quotes in the file") {
  CHECK(load("")->mesh.discovery);
  CHECK_FALSE(load("[mesh]\ndiscovery = false\n")->mesh.discovery);
  CHECK_FALSE(load("", {{"GRAPEVINE_MESH_DISCOVERY", "false"}})->mesh.discovery);
  CHECK(refusal("[mesh]\ndiscovery = \"no\"\n") == "config.toml:2: mesh.discovery: wants true or false");
  CHECK(load("", {{"GRAPEVINE_MESH_DISCOVERY", "no"}}).error().text ==
        "GRAPEVINE_MESH_DISCOVERY: mesh.discovery: \"no\" is neither true nor false");
}

TEST_CASE("a time needs its unit and keeps its range") {
  CHECK(load("[moa]\ndeadline = \"90s\"\n")->moa.deadline == 90s);
  CHECK(load("[moa]\ndeadline = \"2m\"\n")->moa.deadline == 2min);
  CHECK(refusal("[moa]\ndeadline = \"90\"\n").ends_with("\"90\" is no time from \"1s\" to \"600s\""));
  CHECK(refusal("[moa]\ndeadline = \"11m\"\n").ends_with("\"11m\" is no time from \"1s\" to \"600s\""));
}

TEST_CASE("a file that is no TOML names its line") {
  CHECK(refusal("[api]\nlisten = \n").starts_with("config.toml:2: "));
}

TEST_CASE("a variable that names no key is refused by its own name") {
  const auto config = load("", {{"GRAPEVINE_API_LISTN", "127.0.0.1:1"}});
  REQUIRE_FALSE(config.has_value());
  CHECK(config.error().text == "GRAPEVINE_API_LISTN: there is no key api.listn; the nearest is api.listen");
}

TEST_CASE("a variable that names no table is refused as well") {
  const auto config = load("", {{"GRAPEVINE_MODLE_URL", "http://127.0.0.1:1"}});
  REQUIRE_FALSE(config.has_value());
  CHECK(config.error().text == "GRAPEVINE_MODLE_URL: there is no key modle.url; the nearest is model.url");
}

TEST_CASE("variables of the programs are no keys") {
  CHECK(
      load("", {{"GRAPEVINE_DATA", "/tmp"}, {"GRAPEVINE_API_URL", "http://x"}, {"GRAPEVINE_API_TOKEN", "t"}})
          .has_value());
}

TEST_CASE("a list in the environment is parted by commas") {
  const auto config = load("", {{"GRAPEVINE_KNOWLEDGE_FOLDERS", "/a,/b"}});
  REQUIRE(config.has_value());
  CHECK(config->knowledge_folders == std::vector<std::string>{"/a", "/b"});
}

TEST_CASE("topics are told to members unless that is switched off") {
  CHECK(load("")->knowledge_sketch);
  CHECK_FALSE(load("[knowledge]\nsketch = false\n")->knowledge_sketch);
}

TEST_CASE("a model is auto or one table") {
  CHECK_FALSE(load("model = \"auto\"\n")->model.has_value());
  CHECK(load("[[model]]\nkind = \"knowledge\"\n")->model->kind == "knowledge");
  CHECK(refusal("model = \"best\"\n").starts_with("config.toml:1: a node has one model"));
  CHECK(refusal("[[model]]\nkind = \"knowledge\"\n[[model]]\nkind = \"knowledge\"\n").find("one model") !=
        std::string::npos);
}

TEST_CASE("a model of a server needs its url, a recorded one its file") {
  CHECK(load("[[model]]\nkind = \"ollama\"\n").error().text.starts_with("model.url:"));
  CHECK(load("[[model]]\nkind = \"recorded\"\n").error().text.starts_with("model.file:"));
  CHECK(load("[[model]]\nkind = \"gpt\"\n")
            .error()
            .text.ends_with("none of openai, ollama, knowledge, recorded"));
}

TEST_CASE("the first configuration file there is wins, in the stated order") {
  const TemporaryFolder home;
  std::filesystem::create_directories(home.path() / ".config/grapevine");
  const auto in_home = home.file(".config/grapevine/config.toml", "");
  const Environment environment{{"HOME", home.path().string()}};
  const auto flagged = home.file("x.toml", "");
  const auto named = home.file("y.toml", "");
  CHECK(*config_file(flagged.string(), environment) == flagged);
  CHECK(*config_file("", environment) == in_home);
  CHECK(*config_file("", {{"GRAPEVINE_CONFIG", named.string()}, {"HOME", home.path().string()}}) == named);
  CHECK(*config_file("", {}) == "/etc/grapevine/config.toml");
}

TEST_CASE("a configuration that is named must be there") {
  CHECK(config_file("/nowhere.toml", {}).error().text ==
        "--config: /nowhere.toml: No such file or directory");
  CHECK(config_file("", {{"GRAPEVINE_CONFIG", "/nowhere.toml"}}).error().text ==
        "GRAPEVINE_CONFIG: /nowhere.toml: No such file or directory");
  const TemporaryFolder folder;
  CHECK(config_file(folder.path().string(), {}).error().text.ends_with(": Is a directory"));
}
