#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> row(const Json& peer) {
  const auto& load = peer.at("load");
  const bool here = peer.at("self");
  return {peer.at("name"),
          peer.at("state"),
          here ? "this device" : age(peer.at("since_s")),
          peer.at("round_trip_s").is_null() ? "" : span(peer.at("round_trip_s")),
          peer.at("model").is_null() ? "" : peer.at("model"),
          load.is_null() ? "" : span(load.at("waiting_s")),
          load.is_null() || load.at("call_s").is_null() ? "" : span(load.at("call_s")),
          peer.at("contact")};
}

}  // namespace

Outcome run(const Peers&, const Shared& shared) {
  const auto daemon = Daemon::find(shared);
  if (const auto* failed = std::get_if<Failure>(&daemon)) return *failed;
  const auto reply = std::get<Daemon>(daemon).get("/api/mesh/peers");
  if (const auto* failed = std::get_if<Failure>(&reply)) return *failed;
  const auto peers = Json::parse(std::get<std::string>(reply)).at("peers");
  if (shared.output == Output::json) print_json(peers);
  std::vector<std::vector<std::string>> rows{
      {"NAME", "STATE", "FOR", "ROUND TRIP", "MODEL", "QUEUE", "CALL", "ADDRESS"}};
  for (const auto& peer : peers) rows.push_back(row(peer));
  if (shared.output == Output::people) std::fputs(table(rows).c_str(), stdout);
  return std::nullopt;
}

}  // namespace grapevine::node::cli
