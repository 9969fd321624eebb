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

/// "recorded (claimed) answer (verified, 3 times)".
std::string abilities(const Json& standing) {
  std::string out;
  for (const auto& claimed : standing.at("claimed"))
    out.append(out.empty() ? "" : " ").append(claimed.get<std::string>()).append(" (claimed)");
  for (const auto& done : standing.at("verified"))
    out.append(out.empty() ? "" : " ")
        .append(done.at("capability").get<std::string>())
        .append(" (verified, " + std::to_string(done.at("times").get<unsigned>()) + " times)");
  return out;
}

/// Why a name that was found is not good enough; nothing when it is.
Outcome shortfall(const Lookup& verb, const Json& found) {
  if (found.at("pin") == "changed")
    return found.at("handed_over")
               ? Failure{Exit::not_trusted, "pin_changed",
                         verb.name + " leads to another device now, to which its former one handed it over",
                         "accept it: grapevine trust pin " + verb.name}
               : Failure{Exit::not_trusted, "pin_changed",
                         verb.name + " CHANGED: it leads to another device than when it was pinned",
                         "ask who owns it; if it is right: grapevine trust unpin " + verb.name};
  const std::string state = found.at("state");
  const bool enough =
      state == "confirmed" || state == "id" || (state == "provisional" && verb.provisional_is_enough);
  if (enough) return std::nullopt;
  const auto& limit = found.at("limit");
  return Failure{Exit::short_of, "not_confirmed",
                 verb.name + " is " + state + ", not confirmed" +
                     (limit.is_null() ? "" : " (" + limit.get<std::string>() + ")"),
                 state == "provisional" ? "--provisional accepts it" : ""};
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
  std::vector<std::vector<std::string>> rows{{"NAME", "STATE", "PIN", "ADDRESSES", "CAN", "ID"}};
  for (const auto& one : found)
    rows.push_back({one.at("name"), one.at("state"), one.at("pin"), joined(one.at("endpoints")),
                    abilities(one.at("standing")), one.at("node").get<std::string>().substr(0, 8)});
  if (shared.output == Output::people) std::fputs(table(rows).c_str(), stdout);

  return verb.name.empty() ? std::nullopt : shortfall(verb, found.front());
}

}  // namespace grapevine::node::cli
