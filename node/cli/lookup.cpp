#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string joined(const Json& texts) {
  std::string out;
  for (const auto& text : texts) out.append(out.empty() ? "" : " ").append(text.get<std::string>());
  return out;
}

}  // namespace

Outcome run(const Lookup& verb, const Shared& shared) {
  if (verb.name.empty() && verb.capabilities.empty())
    return Failure{Exit::usage, "usage", "a name, an id or --capability is needed",
                   "see `grapevine lookup --help`"};
  const auto daemon = Daemon::find(shared);
  if (const auto* failed = std::get_if<Failure>(&daemon)) return *failed;
  std::string query = verb.name.empty() ? "" : "name=" + encoded(verb.name);
  for (const auto& capability : verb.capabilities)
    query.append(query.empty() ? "" : "&").append("capability=" + encoded(capability));
  const auto reply = std::get<Daemon>(daemon).get("/api/mesh/lookup?" + query);
  if (const auto* failed = std::get_if<Failure>(&reply)) return *failed;

  const auto found = Json::parse(std::get<std::string>(reply)).at("found");
  if (found.empty()) return Failure{Exit::not_found, "not_found", "no device says it can do that"};
  if (shared.output == Output::json) print_json(found);
  std::vector<std::vector<std::string>> rows{{"NAME", "STATE", "PEER", "ADDRESSES", "UNTIL", "CAN", "ID"}};
  for (const auto& one : found)
    rows.push_back({one.at("name"), one.at("state"), one.at("peer").is_null() ? "" : one.at("peer"),
                    joined(one.at("endpoints")), one.at("stale_by"), joined(one.at("capabilities")),
                    one.at("node").get<std::string>().substr(0, 8)});
  if (shared.output == Output::people) std::fputs(table(rows).c_str(), stdout);

  const std::string state = verb.name.empty() ? "id" : found.front().at("state");
  const bool enough =
      state == "confirmed" || state == "id" || (state == "provisional" && verb.provisional_is_enough);
  if (enough) return std::nullopt;
  const auto& limit = found.front().at("limit");
  return Failure{Exit::short_of, "not_confirmed",
                 verb.name + " is " + state + ", not confirmed" +
                     (limit.is_null() ? "" : " (" + limit.get<std::string>() + ")"),
                 state == "provisional" ? "--provisional accepts it" : ""};
}

}  // namespace grapevine::node::cli
