#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

void show_all(const Json& found);
void show_names(const Json& names);
void show_records(const Json& records);
void show_memories(const Json& found);

std::string text(const Json& json, const char* field) {
  return json.at(field).is_null() ? std::string("?") : printable(json.at(field).get<std::string>());
}

std::string joined(const Json& nodes) {
  std::string out;
  for (const auto& node : nodes) out.append(out.empty() ? "" : ", ").append(text(node, "name"));
  return out;
}

}  // namespace

Outcome run(const Whois& verb, const Shared& shared) {
  return show(get(shared, "/api/mesh/whois/" + encoded(verb.subject)), shared.output, show_all);
}

namespace {

void show_all(const Json& found) {
  const auto& member = found.at("member");
  std::printf("%s\nid         %s\n", text(found, "name").c_str(), text(found, "node").c_str());
  if (!member.is_null())
    std::printf("member     %s, let in by %s, from %s to %s%s\n", text(member, "role").c_str(),
                text(member.at("inviter"), "name").c_str(), text(member, "not_before").c_str(),
                text(member, "not_after").c_str(), member.at("holds") ? "" : " (does not hold now)");
  if (const auto& expelled = found.at("expelled"); !expelled.is_null())
    std::printf("expelled   by %s at %s, because: %s\n", text(expelled.at("by"), "name").c_str(),
                text(expelled, "at").c_str(), text(expelled, "reason").c_str());
  for (const auto& key : found.at("keys"))
    std::printf("key %-6u %s\n", key.at("rot").get<unsigned>(), text(key, "key").c_str());
  for (const char* stop : {"suspended", "retired"}) {
    if (!found.at(stop).is_null())
      std::printf("%-10s because: %s; its seat among the voters stays empty until its certificate ends\n",
                  stop, text(found.at(stop), "cause").c_str());
  }
  for (const auto& accusation : found.at("evidence"))
    std::printf("evidence   %s\n", text(accusation, "kind").c_str());
  show_names(found.at("names"));
  show_memories(found);
  show_records(found.at("records"));
}

void show_names(const Json& names) {
  for (const auto& name : names) {
    const auto& transfer = name.at("transfer");
    std::printf("name       %s, %s until %s\n", text(name, "name").c_str(), text(name, "state").c_str(),
                text(name, "lease_end").c_str());
    if (!transfer.is_null())
      std::printf("           goes to %s at %s\n", text(transfer, "to_name").c_str(),
                  text(transfer, "takes_effect").c_str());
    for (const auto& certificate : name.at("certificates"))
      std::printf("           %s's since %s, say %s\n", text(certificate.at("for"), "name").c_str(),
                  text(certificate, "since").c_str(), joined(certificate.at("voters")).c_str());
    for (const auto& vote : name.at("votes"))
      std::printf("           %s votes for %s\n", text(vote.at("voter"), "name").c_str(),
                  text(vote.at("for"), "name").c_str());
    if (!name.at("limit").is_null()) std::printf("           %s\n", text(name, "limit").c_str());
  }
}

/// What this device alone remembers of it.
void show_memories(const Json& found) {
  for (const auto& pin : found.at("pins"))
    std::printf("pinned     as %s since %s%s\n", text(pin, "name").c_str(), text(pin, "since").c_str(),
                pin.at("pin") == "changed" ? ", but the name CHANGED: it leads elsewhere now" : "");
  const auto& history = found.at("history");
  if (history.is_null()) return;
  const auto& asked = history.at("asked");
  std::printf("met        %s, from %s to %s\n", times(history.at("meetings")).c_str(),
              text(history, "first_met").c_str(), text(history, "last_met").c_str());
  std::printf("asked      %s, answered %u, served %u, trust %.2f\n", times(asked.at("asked")).c_str(),
              asked.at("answered").get<unsigned>(), history.at("served").at("answered").get<unsigned>(),
              history.at("trust").get<double>());
}

void show_records(const Json& records) {
  std::vector<std::vector<std::string>> rows{{"RECORD", "ID", "TOLD BY", "AT"}};
  for (const auto& record : records) {
    const bool is_own = record.at("told_by") == "self";
    rows.push_back({text(record, "type"), text(record, "record").substr(0, 8),
                    is_own ? "self" : text(record, "told_by_name"), text(record, "told_at")});
  }
  std::fputs(table(rows).c_str(), stdout);
}

}  // namespace

}  // namespace grapevine::node::cli
