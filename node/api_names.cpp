#include "node/api_names.hpp"

#include "node/api_social.hpp"
#include "node/config.hpp"
#include "node/json.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>
#include <nlohmann/json.hpp>

namespace grapevine::node {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t found_max = 64;     // shown unless fewer are asked for
constexpr std::size_t ranked_max = 4096;  // of so many that can do something the most trusted are shown

/// Which name, and perhaps to whom it shall go.
struct NameWish {
  std::string name;
  std::string to;
};

std::vector<dns::Resolution> capable(const Core& core, Now now, const std::vector<std::string>& capabilities,
                                     std::size_t limit);
Result<std::size_t, ApiError> parse_limit(const Parameters& query);
Result<NameWish, ApiError> parse_name_wish(std::string_view body);
Json offer_of(const Core& core, const dns::Offer& offer, Now now);
Json resolution_of(const Core& core, const dns::Resolution& found, Now now);
Json endpoints_of(const dns::Resolution& found);

}  // namespace

Result<std::string, ApiError> names_json(const Core& core, Now now, const Parameters& query) {
  const bool all = query.contains("all");
  Json names = Json::array(), offers = Json::array();
  for (const auto& view : core.registry().names(now.wall)) {
    if (!all && view.holder != core.identity().node) continue;
    names.push_back({{"name", view.name},
                     {"state", dns::name(view.state)},
                     {"limit", limit_of(core, view.state, now)},
                     {"holder", to_string(view.holder)},
                     {"holder_name", core.registry().display_name(view.holder, now.wall)},
                     {"lease_end", rfc3339(view.lease_end)},
                     {"transfer", handover_of(core, view.handover, now)}});
  }
  for (const auto& offer : core.registry().offers(now.wall)) offers.push_back(offer_of(core, offer, now));
  return text_of({{"names", std::move(names)}, {"offers", std::move(offers)}});
}

Result<std::string, ApiError> name_json(const Core& core, Now now, std::string_view name_or_id) {
  const auto found = core.registry().resolve(name_or_id, now.wall);
  if (!found) return fail(about("name", name_or_id, found.error()));
  return text_of(resolution_of(core, *found, now));
}

Result<std::string, ApiError> lookup_json(const Core& core, Now now, const Parameters& query) {
  const auto limit = parse_limit(query);
  if (!limit) return fail(limit.error());
  std::vector<dns::Resolution> resolved;
  std::vector<std::string> capabilities;
  const auto [first, last] = query.equal_range("capability");
  for (auto each = first; each != last; ++each) capabilities.push_back(each->second);
  if (const auto name = query.find("name"); name != query.end()) {
    auto one = core.registry().resolve(name->second, now.wall);
    if (!one) return fail(about("name", name->second, one.error()));
    resolved.push_back(*std::move(one));
  } else if (const auto prefix = query.find("prefix"); prefix != query.end()) {
    resolved = core.registry().beginning_with(prefix->second, now.wall, *limit);
  } else if (!capabilities.empty()) {
    resolved = capable(core, now, capabilities, *limit);
  } else {
    return fail(bad_request("name", "give name=..., prefix=... or capability=..."));
  }
  Json found = Json::array();
  for (const auto& each : resolved) found.push_back(resolution_of(core, each, now));
  return text_of({{"found", std::move(found)}});
}

Result<Change, ApiError> claim_name(std::string_view body) {
  const auto wish = parse_name_wish(body);
  if (!wish) return fail(wish.error());
  return [name = wish->name](Core& core, Now now, Effects& out) -> Result<std::string, ApiError> {
    auto effects = core.claim(name, now);
    if (!effects) return fail(about("name", name, effects.error()));
    append(out, std::move(*effects));
    return name_json(core, now, name);
  };
}

Result<Change, ApiError> renew_names(std::string_view body) {
  const auto wish = parse_object(body);
  if (!wish) return fail(wish.error());
  const auto name = text_at(*wish, "/name").value_or("");  // empty: all of this node
  return [name](Core& core, Now now, Effects& out) -> Result<std::string, ApiError> {
    auto effects = core.renew(name, now);
    if (!effects) return fail(about("name", name, effects.error()));
    append(out, std::move(*effects));
    return names_json(core, now, {});
  };
}

// A name that a jury has certified is kept from others for a while, so that a mistake can be undone.
Result<Change, ApiError> retire_name(std::string_view body) {
  const auto wish = parse_name_wish(body);
  if (!wish) return fail(wish.error());
  return [name = wish->name](Core& core, Now now, Effects& out) -> Result<std::string, ApiError> {
    const auto held = core.registry().resolve(name, now.wall);
    auto effects = core.give_up(name, now);
    if (!effects) return fail(about("name", name, effects.error()));
    append(out, std::move(*effects));
    const bool is_certified =
        held && (held->state == dns::State::confirmed || held->state == dns::State::lapsed);
    const auto free_at =
        is_certified ? dns::begin_of(dns::term_of(now.wall) + dns::certificate_grace) : now.wall;
    return text_of({{"name", held ? held->name : name},
                    {"node", to_string(core.identity().node)},
                    {"free_at", rfc3339(free_at)}});
  };
}

// Only the receiver can sign the other half, so it must be there to be asked.
Result<Change, ApiError> transfer_name(std::string_view body) {
  const auto wish = parse_name_wish(body);
  if (!wish) return fail(wish.error());
  if (wish->to.empty())
    return fail(bad_request("to", "is missing; send {\"name\": \"...\", \"to\": a name or an id}"));
  return [wish = *wish](Core& core, Now now, Effects& out) -> Result<std::string, ApiError> {
    const auto to = core.registry().node_of(wish.to, now.wall);
    if (!to) return fail(about("to", wish.to, to.error()));
    const auto member = core.gossip().find(*to);
    const bool is_self = *to == core.identity().node;
    if (!is_self && (!member || member->status != gossip::Status::alive))
      return fail(
          about("to", wish.to, {Code::conflict, "is not here to be asked; transfer the name when it is"}));
    auto offered = core.offer(wish.name, *to, now);
    if (!offered) return fail(about("name", wish.name, offered.error()));
    append(out, std::move(offered->effects));
    return text_of(offer_of(core, offered->offer, now));
  };
}

Result<Change, ApiError> accept_name(std::string_view body) {
  const auto wish = parse_name_wish(body);
  if (!wish) return fail(wish.error());
  return [name = wish->name](Core& core, Now now, Effects& out) -> Result<std::string, ApiError> {
    auto accepted = core.accept(name, now);
    if (!accepted) return fail(about("name", name, accepted.error()));
    append(out, std::move(accepted->effects));
    return text_of(offer_of(core, accepted->offer, now));
  };
}

// What was given is shown only as far as it is harmless.
ApiError about(std::string_view field, std::string_view given, const Error& error) {
  constexpr std::size_t shown_max = 64;
  std::string shown(given.substr(0, shown_max));
  for (char& letter : shown) {
    if (letter < ' ' || letter > '~' || letter == '"') letter = '?';
  }
  ApiError made = api_error(error);
  if (error.code == Code::full)
    made.status = 409, made.type = "invalid_request_error", made.retry_after.reset();
  made.param = field;
  if (!shown.empty()) made.message = "\"" + shown + "\": " + made.message;
  return made;
}

Json limit_of(const Core& core, dns::State state, Now now) {
  const bool is_limited =
      state == dns::State::provisional && core.registry().electors(now.wall) < dns::jurors_min;
  return is_limited ? Json("fewer than 4 voters: names are provisional") : Json();
}

Json handover_of(const Core& core, const std::optional<dns::Ledger::Handover>& handover, Now now) {
  if (!handover) return {};
  return {{"to", to_string(handover->to)},
          {"to_name", core.registry().display_name(handover->to, now.wall)},
          {"takes_effect", rfc3339(dns::begin_of(handover->not_before))}};
}

namespace {

/// Those this node trusts most first; among equals by id.
std::vector<dns::Resolution> capable(const Core& core, Now now, const std::vector<std::string>& capabilities,
                                     std::size_t limit) {
  auto found = core.registry().find(capabilities, now.wall, ranked_max);
  const auto& trust = core.engine().trust();
  std::stable_sort(found.begin(), found.end(), [&](const dns::Resolution& one, const dns::Resolution& other) {
    return trust.of(one.node) > trust.of(other.node);
  });
  if (found.size() > limit) found.resize(limit);
  return found;
}

Result<std::size_t, ApiError> parse_limit(const Parameters& query) {
  const auto given = query.find("limit");
  if (given == query.end()) return found_max;
  std::size_t limit = 0;
  const auto& text = given->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  if (!is_number || limit == 0 || limit > ranked_max)
    return fail(bad_request("limit", "is a number from 1 to " + std::to_string(ranked_max)));
  return limit;
}

Result<NameWish, ApiError> parse_name_wish(std::string_view body) {
  const auto json = parse_object(body);
  if (!json) return fail(json.error());
  NameWish wish{.name = text_at(*json, "/name").value_or(""), .to = text_at(*json, "/to").value_or("")};
  if (wish.name.empty()) return fail(bad_request("name", "is missing; send {\"name\": \"...\"}"));
  return wish;
}

Json offer_of(const Core& core, const dns::Offer& offer, Now now) {
  const auto& transfer = offer.transfer;
  return {{"name", std::string(transfer.name)},
          {"from", to_string(transfer.from)},
          {"from_name", core.registry().display_name(transfer.from, now.wall)},
          {"to", to_string(transfer.to)},
          {"to_name", core.registry().display_name(transfer.to, now.wall)},
          {"accept_by", rfc3339(dns::accept_by(offer))},
          {"takes_effect", rfc3339(dns::takes_effect(offer))}};
}

Json resolution_of(const Core& core, const dns::Resolution& found, Now now) {
  Json services = Json::array(), claimants = Json::array();
  for (const auto& service : found.services)
    services.push_back(
        {{"label", std::string(service.label)}, {"port", service.port}, {"txt", std::string(service.txt)}});
  for (const auto& claimant : found.claimants) claimants.push_back(to_string(claimant));
  const auto peer = core.gossip().find(found.node);  // its name outlives it, until `stale_by`
  return {{"name", found.name},
          {"state", dns::name(found.state)},
          {"limit", limit_of(core, found.state, now)},
          {"node", to_string(found.node)},
          {"peer", peer ? Json(gossip::name(peer->status)) : Json()},
          {"since", rfc3339(found.since)},
          {"stale_by", rfc3339(found.stale_by)},
          {"endpoints", endpoints_of(found)},
          {"pin", dns::name(found.pin())},
          {"pinned", found.pinned ? Json(to_string(*found.pinned)) : Json()},
          {"handed_over", found.is_handed_over},
          {"capabilities", capabilities_of(core, found)},
          {"services", std::move(services)},
          {"claimants", std::move(claimants)}};
}

Json endpoints_of(const dns::Resolution& found) {
  Json endpoints = Json::array();
  for (const auto& endpoint : found.endpoints) {
    const bool six = endpoint.ip.size() == 16;
    char text[INET6_ADDRSTRLEN] = {};
    if (::inet_ntop(six ? AF_INET6 : AF_INET, endpoint.ip.data(), text, sizeof text) == nullptr) continue;
    endpoints.push_back(to_string(Endpoint{text, endpoint.port}));
  }
  return endpoints;
}

}  // namespace

}  // namespace grapevine::node
