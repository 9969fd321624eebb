#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

constexpr std::size_t id_shown = 8;

std::string text(const Json& value) {
  return value.is_null() ? "" : printable(value.get<std::string>());
}

std::string beginning(const Json& id) {
  return text(id).substr(0, id_shown);
}

Outcome change_pin(const Json& wish, const Shared& shared, const std::string& done) {
  return show(change(shared, "/api/mesh/pins", wish), shared.output,
              [&](const Json&) { std::puts(done.c_str()); });
}

void print_trust(const Json& trust) {
  std::vector<std::vector<std::string>> members{{"DEVICE", "ROLE", "UNTIL", "INVITED BY", "ID"}};
  for (const auto& member : trust.at("members"))
    members.push_back({member.at("name"), member.at("role"), member.at("until"), member.at("invited_by"),
                       beginning(member.at("node"))});
  std::vector<std::vector<std::string>> pins{{"PINNED", "HERE CALLED", "SINCE", "PIN", "ID"}};
  for (const auto& pin : trust.at("pins"))
    pins.push_back(
        {pin.at("name"), text(pin.at("petname")), pin.at("since"), pin.at("pin"), beginning(pin.at("node"))});
  std::printf("%s\n%s", table(members).c_str(),
              pins.size() > 1 ? table(pins).c_str() : "No name is pinned.\n");
  for (const auto& alarm : trust.at("alarms"))
    std::printf("\n%s %s\n  %s\n", text(alarm.at("about")).c_str(), text(alarm.at("what")).c_str(),
                text(alarm.at("advice")).c_str());
}

}  // namespace

Outcome run(const ShowTrust&, const Shared& shared) {
  return show(get(shared, "/api/mesh/trust"), shared.output, print_trust);
}

Outcome run(const PinName& verb, const Shared& shared) {
  Json wish{{"name", verb.name}};
  if (!verb.id.empty()) wish["node"] = verb.id;
  if (!verb.petname.empty()) wish["petname"] = verb.petname;
  return change_pin(wish, shared, verb.name + " means this one device here, and no other");
}

Outcome run(const UnpinName& verb, const Shared& shared) {
  return change_pin({{"unpin", verb.name}}, shared,
                    verb.name + " is pinned no more, until a device is met under it");
}

}  // namespace grapevine::node::cli
