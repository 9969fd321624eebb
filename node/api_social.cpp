#include "node/api_social.hpp"

#include "crypto/match.hpp"
#include "node/api_names.hpp"
#include "node/doctor.hpp"
#include "node/json.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node {

namespace {

using Json = nlohmann::ordered_json;

Json members(const Core& core, Now now);
Json alarms(const Core& core, Now now, const Json& pins);
Json pin_of(const Core& core, Now now, const dns::Pin& pin);
Json calls_of(const dns::Calls& calls);
std::string pin_json(const Core& core, Now now, std::string_view name);

std::string name_of(const Core& core, Now now, const NodeId& node) {
  return core.registry().display_name(node, now.wall);
}

}  // namespace

std::string trust_json(const Core& core, Now now) {
  Json pins = Json::array();
  for (const auto& [name, pin] : core.registry().pins().all()) pins.push_back(pin_of(core, now, pin));
  Json warnings = alarms(core, now, pins);
  return text_of(
      {{"members", members(core, now)}, {"pins", std::move(pins)}, {"alarms", std::move(warnings)}});
}

Result<PinChange, ApiError> parse_pin_change(std::string_view body) {
  const auto json = parse_json(body);
  const auto field = [&](const char* at) { return json ? text_at(*json, at) : std::nullopt; };
  if (const auto unpin = field("/unpin")) return PinChange(Unpin{*unpin});
  const auto name = field("/name");
  if (!name) return fail(bad_request("name", "send {\"name\": \"...\"} or {\"unpin\": \"...\"}"));
  dns::Registry::PinWish wish{.name = *name, .petname = field("/petname").value_or("")};
  if (const auto node = field("/node")) {
    const auto id = parse_node_id(*node);
    if (!id) return fail(bad_request("node", id.error().text));
    wish.node = *id;
  }
  return PinChange(std::move(wish));
}

Result<Change, ApiError> change_pin(std::string_view body) {
  const auto wish = parse_pin_change(body);
  if (!wish) return fail(wish.error());
  return [wish = *wish](Core& core, Now now, Effects& out) -> Result<std::string, ApiError> {
    const auto& name = match(wish, [](const auto& one) -> const std::string& { return one.name; });
    auto effects = match(
        wish, [&](const dns::Registry::PinWish& pin) { return core.pin(pin, now); },
        [&](const Unpin& unpin) { return core.unpin(unpin.name, now); });
    if (!effects) return fail(about("name", name, effects.error()));
    append(out, std::move(*effects));
    return pin_json(core, now, name);
  };
}

Json pins_of(const Core& core, Now now, const NodeId& node) {
  Json pins = Json::array();
  for (const auto& [name, pin] : core.registry().pins().all()) {
    if (pin.node == node) pins.push_back(pin_of(core, now, pin));
  }
  return pins;
}

Json history_of(const Core& core, const NodeId& node) {
  const auto* known = core.registry().social().find(node);
  if (known == nullptr) return nullptr;
  const auto& trust = core.engine().trust();
  return {{"names", std::vector<std::string>(known->names.begin(), known->names.end())},
          {"first_met", rfc3339(known->first_met)},
          {"last_met", rfc3339(known->last_met)},
          {"meetings", known->meetings},
          {"introduced_by", known->introducer ? Json(to_string(*known->introducer)) : Json()},
          {"asked", calls_of(known->ours)},
          {"served", calls_of(known->theirs)},
          {"success", trust.reliability(node)},
          {"round_trip_s", known->round_trip > Duration{} ? Json(seconds(known->round_trip)) : Json()},
          {"trust", trust.of(node)}};
}

Json capabilities_of(const Core& core, const dns::Resolution& found) {
  Json capabilities = Json::array();
  for (const auto& capability : found.capabilities)
    capabilities.push_back({{"name", capability}, {"standing", "claimed"}});
  if (const auto* known = core.registry().social().find(found.node)) {
    for (const auto& deed : known->verified)
      capabilities.push_back({{"name", std::string(deed.capability)},
                              {"standing", "verified"},
                              {"times", deed.times},
                              {"last", rfc3339(deed.last)}});
  }
  return capabilities;
}

namespace {

Json members(const Core& core, Now now) {
  Json members = Json::array();
  for (const auto& member : core.gossip().view()) {
    const Certificate* certificate = core.roster().find(member.node);
    if (certificate == nullptr) continue;
    const NodeId& inviter = certificate->inception.inviter;
    members.push_back({{"name", name_of(core, now, member.node)},
                       {"node", to_string(member.node)},
                       {"role", name(certificate->role)},
                       {"until", rfc3339(certificate->not_after)},
                       {"invited_by", inviter == NodeId{} ? "root" : name_of(core, now, inviter)}});
  }
  return members;
}

/// What a person should know before trusting anybody, and the command that mends it.
Json alarms(const Core& core, Now now, const Json& pins) {
  Json found = Json::array();
  for (const auto& pin : pins) {
    if (pin.at("pin") != "changed") continue;
    const std::string name = pin.at("name");
    const bool agreed = pin.at("handed_over");
    found.push_back({{"kind", "pin_changed"},
                     {"about", name},
                     {"what", agreed ? "leads to another device, to which its former one handed it over"
                                     : "leads to another device than it did, and that one did not agree"},
                     {"advice", agreed ? "grapevine trust pin " + name
                                       : "ask who owns it; if it is right: grapevine trust unpin " + name}});
  }
  for (const auto& member : core.gossip().view()) {
    const auto by_id = core.registry().resolve(to_string(member.node), now.wall);
    if (by_id && by_id->contradicts_itself)
      found.push_back({{"kind", "contradiction"},
                       {"about", name_of(core, now, member.node)},
                       {"what", "has signed two records that contradict each other"},
                       {"advice", "grapevine whois " + to_string(member.node)}});
  }
  const Certificate* own = core.roster().find(core.identity().node);
  if (own != nullptr && own->not_after < now.wall + certificate_left_least)
    found.push_back(
        {{"kind", "certificate_ends"},
         {"about", name_of(core, now, own->node)},
         {"what", "nobody has renewed this device's certificate, which ends at " + rfc3339(own->not_after)},
         {"advice",
          "until then, let this device and one that may invite run at the same time; later, "
          "grapevine invite there, and join with it anew"}});
  return found;
}

Json pin_of(const Core& core, Now now, const dns::Pin& pin) {
  const auto found = core.registry().resolve(std::string(pin.name), now.wall);
  const bool leads = found && found->node != NodeId{};
  return {{"name", std::string(pin.name)},
          {"petname", pin.petname.empty() ? Json() : Json(std::string(pin.petname))},
          {"node", to_string(pin.node)},
          {"since", rfc3339(pin.since)},
          {"pin", found ? dns::name(found->pin()) : "match"},
          {"leads_to", leads ? Json(to_string(found->node)) : Json()},
          {"handed_over", found && found->is_handed_over}};
}

std::string pin_json(const Core& core, Now now, std::string_view name) {
  const dns::Pin* pin = core.registry().pins().find(dns::skeleton_of(name));
  return text_of(pin == nullptr ? Json() : pin_of(core, now, *pin));
}

Json calls_of(const dns::Calls& calls) {
  return {{"asked", calls.asked()},
          {"answered", calls.answered},
          {"failed", calls.failed},
          {"timed_out", calls.timed_out},
          {"refused", calls.refused}};
}

}  // namespace

}  // namespace grapevine::node
