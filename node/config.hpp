// What a node may be told, and from where: a flag beats the environment, which beats the file, which beats
// the default written here. No key is needed to start. The table in config_keys.cpp lists every key once, and
// whatever a key is told goes through it: each may stand in the TOML file and in `GRAPEVINE_<TABLE>_<KEY>`;
// the flags there are stand for some of them, and `[[menu]]`, a table of its own, is the file's alone. What
// names no key, wherever it stands, is an error that names its place and the nearest key there is. Only keys
// that do something are listed. Only config.cpp knows toml++.
#pragma once

#include "crypto/result.hpp"
#include "crypto/time.hpp"
#include "moa/menu.hpp"
#include "moa/query.hpp"
#include "node/log.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::node {

/// Where to listen: "127.0.0.1:4780", "[::1]:4780". Port 0 lets the system choose one.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const Endpoint&) const = default;
};
/// malformed unless HOST:PORT with a port of at most 65535.
Result<Endpoint> parse_endpoint(std::string_view text);
/// The spelling parse_endpoint reads.
std::string to_string(const Endpoint& endpoint);
/// Whether only this computer can reach it.
bool is_loopback(const Endpoint& endpoint);

/// What a shape can have at most, whatever is configured.
inline constexpr std::uint32_t layers_most = 3;
inline constexpr std::uint32_t proposers_most =
    moa::inputs_max - 1;  // a later prompt has room for these and the own answer

/// The model a node was told to use.
struct ModelChoice {
  std::string kind;                      // openai, ollama, knowledge, recorded
  std::string url;                       // of the server, for openai and ollama; never told to anyone
  std::string name;                      // empty: the first the server lists
  std::string family;                    // a claim, for counting voices; empty: guessed from the name
  std::string key_file;                  // API key of the server, 0600
  std::string file;                      // recorded: answers in the form of AlpacaEval's model_outputs.json
  std::uint32_t tokens_per_second = 40;  // recorded: its pace; 0: all at once
  bool synthesizes = false;              // recorded: claims to merge proposals, too
  std::uint32_t slots = 1;               // parallel calls
};

struct Config {
  std::string name;                       // asked for in the registry; empty: the one given at init or join
  std::vector<std::string> capabilities;  // told to others, who find it by them: "gripper", "vision"

  struct Api {
    Endpoint listen{"127.0.0.1", 4780};
    std::vector<std::string> allowed_hosts;  // names a reverse proxy sends as Host
    std::vector<std::string>
        allowed_origins;  // web pages that may call us and read the answers: "https://chat.home.example"
    std::size_t body_bytes_max = 1024 * 1024;
  } api;

  struct Mesh {
    Endpoint listen{"0.0.0.0", 4781};
    Endpoint join_listen{"0.0.0.0", 4782};  // bound only while an invite is open
    std::vector<std::string> advertise;  // hosts told to peers; empty: every address but loopback and bridges
    bool discovery = true;               // beacons on the own networks; never sent when listening on loopback
  } mesh;

  struct Dns {
    bool serve = true;
    Endpoint listen{"127.0.0.1",
                    4753};            // UDP and TCP; names need no secret, but the LAN is the owner's choice
    std::string parent = "internal";  // the zone is <mesh>.internal, or <mesh>.home.arpa
    bool provisional = false;         // whether names without a certificate are shown to others
    bool announce = false;            // whether a claim's hash goes to its jury two seconds ahead
  } dns;

  std::optional<ModelChoice> model;  // empty: "auto", whatever answers on 11434, 8080 or 1234, else knowledge
  std::vector<std::string> knowledge_folders;
  bool knowledge_sketch = true;  // members are told, coarsely, which topics are here

  struct Moa {
    std::uint32_t layers = 1;      // of a question to `grapevine`
    std::uint32_t proposers = 3;   // beside the own device
    std::uint32_t layers_max = 1;  // of one that names its shape; 2 and 3 show proposals to other proposers
    std::uint32_t proposers_max = 7;  // of one that names its shape
    Duration deadline = 120s;
    std::string policy = "price";  // paper, shortest: for comparison
    bool canaries = true;  // put questions whose answers were found right to others again, to see who lies
    std::string delegate = "own";  // whose models may merge answers for us: never others', the owner's, any
    // From [[menu]], as `grapevine eval --menu` writes it; empty: the usual guess.
    std::vector<moa::Row> menu;
  } moa;

  moa::Scope scope = moa::Scope::group;  // how far a question to `grapevine` may travel
  LogStyle log;
};

/// One value and the place that gave it, for messages: {"api.listen", "127.0.0.1:4999", "--listen"}.
struct Setting {
  std::string key;
  std::string value;
  std::string place;
};
using Environment = std::map<std::string, std::string, std::less<>>;

/// The variables of this process that begin with GRAPEVINE_, HOME or XDG_.
Environment environment_of_process();
/// The first of --config, $GRAPEVINE_CONFIG, $XDG_CONFIG_HOME, ~/.config, /etc; the last one if none exists.
/// unknown: one of the first two names what is no file that can be read.
Result<std::filesystem::path> config_file(std::string_view flag, const Environment& environment);
/// Defaults, then the file (none there: defaults), then the environment, then the flags. malformed: an
/// unknown or ill-typed key or a value outside its range; the text names the place (file:line), the rule and
/// the nearest key.
Result<Config> load_config(const std::filesystem::path& file, const Environment& environment,
                           const std::vector<Setting>& flags);

}  // namespace grapevine::node
