#include "node/cli/watch.hpp"

#include "node/cli/show.hpp"

#include <map>

namespace grapevine::node::cli {

std::vector<nlohmann::ordered_json> changes(const Look& before, const Look& after) {
  std::map<std::string, const nlohmann::ordered_json*> known;
  for (const auto& peer : before) known.emplace(peer.at("node").get<std::string>(), &peer);
  std::vector<nlohmann::ordered_json> changed;
  for (const auto& peer : after) {
    const auto found = known.find(peer.at("node").get<std::string>());
    const auto* const held = found == known.end() ? nullptr : found->second;
    if (held != nullptr && held->at("state") == peer.at("state") && held->at("reason") == peer.at("reason"))
      continue;
    changed.push_back(peer);
    changed.back()["before"] = held != nullptr ? held->at("state") : nlohmann::ordered_json();
  }
  return changed;
}

std::string line_of(const nlohmann::ordered_json& change, const std::string& time) {
  const auto text = [&](const char* field) { return printable(change.at(field).get<std::string>()); };
  const bool moved = !change.at("before").is_null() && change.at("before") != change.at("state");
  return time + "  " + text("name") + "  " + (moved ? text("before") + " > " : "") + text("state") + "  " +
         text("reason");
}

}  // namespace grapevine::node::cli
