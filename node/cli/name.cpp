#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

Outcome run(const ClaimName& verb, const Shared& shared) {
  const auto daemon = Daemon::find(shared);
  if (const auto* failed = std::get_if<Failure>(&daemon)) return *failed;
  const auto reply =
      std::get<Daemon>(daemon).change("/api/mesh/names", nlohmann::json{{"name", verb.name}}.dump());
  if (const auto* failed = std::get_if<Failure>(&reply)) return *failed;

  const auto name = nlohmann::ordered_json::parse(std::get<std::string>(reply));
  if (shared.output == Output::json) print_json(name);
  if (shared.output == Output::people)
    std::printf("%s is this device now (%s)\n", name.at("name").get<std::string>().c_str(),
                name.at("state").get<std::string>().c_str());
  return std::nullopt;
}

Outcome run(const ListNames& verb, const Shared& shared) {
  const auto daemon = Daemon::find(shared);
  if (const auto* failed = std::get_if<Failure>(&daemon)) return *failed;
  const auto reply = std::get<Daemon>(daemon).get(verb.all ? "/api/mesh/names?all" : "/api/mesh/names");
  if (const auto* failed = std::get_if<Failure>(&reply)) return *failed;

  const auto names = nlohmann::ordered_json::parse(std::get<std::string>(reply)).at("names");
  if (shared.output == Output::json) return print_json(names), std::nullopt;
  std::vector<std::vector<std::string>> rows{{"NAME", "STATE", "DEVICE", "UNTIL"}};
  for (const auto& name : names)
    rows.push_back({name.at("name"), name.at("state"), name.at("holder_name"), name.at("lease_end")});
  if (shared.output != Output::people) return std::nullopt;
  std::fputs(table(rows).c_str(), stdout);
  for (const auto& name : names) {
    if (name.at("limit").is_null()) continue;
    std::printf("%s\n", name.at("limit").get<std::string>().c_str());
    break;  // the same for all
  }
  return std::nullopt;
}

}  // namespace grapevine::node::cli
