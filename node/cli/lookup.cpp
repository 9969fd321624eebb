#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

std::string query_of(const Lookup& verb) {
  std::string query;
  const auto add = [&](const char* field, const std::string& value) {
    query.append(query.empty() ? "" : "&").append(field).append("=").append(encoded(value));
  };
  if (!verb.name.empty()) add("name", verb.name);
  if (!verb.prefix.empty()) add("prefix", verb.prefix);
  for (const auto& capability : verb.capabilities) add("capability", capability);
  if (verb.limit > 0) add("limit", std::to_string(verb.limit));
  return query;
}

std::string joined(const Json& texts) {
  std::string out;
  for (const auto& text : texts) out.append(out.empty() ? "" : " ").append(text.get<std::string>());
  return out;
}

/// What a device says it can do, and what it has done for us: that comes with how often.
std::string abilities(const Json& capabilities) {
  std::string out;
  for (const auto& capability : capabilities) {
    out.append(out.empty() ? "" : " ").append(capability.at("name").get<std::string>());
    if (capability.at("standing") == "verified") out.append(" (" + times(capability.at("times")) + ")");
  }
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
  if (verb.name.empty() && verb.prefix.empty() && verb.capabilities.empty())
    return Failure{Exit::usage, "usage", "a name, an id, --prefix or --capability is needed",
                   "see `grapevine lookup --help`"};
  const auto reply = get(shared, "/api/mesh/lookup?" + query_of(verb));
  if (!reply) return reply.error();

  const auto& found = reply->at("found");
  if (found.empty())
    return Failure{
        Exit::not_found, "not_found",
        verb.prefix.empty() ? "no device says it can do that" : "no name or id begins with " + verb.prefix};
  if (shared.output == Output::json) print_json(found);
  std::vector<std::vector<std::string>> rows{
      {"NAME", "STATE", "PIN", "PEER", "ADDRESSES", "UNTIL", "CAN", "ID"}};
  for (const auto& one : found)
    rows.push_back({one.at("name"), one.at("state"), one.at("pin"),
                    one.at("peer").is_null() ? "" : one.at("peer"), joined(one.at("endpoints")),
                    one.at("stale_by"), abilities(one.at("capabilities")),
                    one.at("node").get<std::string>().substr(0, 8)});
  if (shared.output == Output::people) std::fputs(table(rows).c_str(), stdout);

  return verb.name.empty() ? std::nullopt : shortfall(verb, found.front());
}

}  // namespace grapevine::node::cli
