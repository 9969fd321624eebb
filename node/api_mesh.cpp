#include "node/api_mesh.hpp"

#include "crypto/ensure.hpp"
#include "node/catalogue.hpp"
#include "node/config_keys.hpp"
#include "node/models/shallow_json.hpp"
#include "node/reason.hpp"

#include <algorithm>

#include <arpa/inet.h>
#include <nlohmann/json.hpp>

namespace grapevine::node {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t found_max = 64;  // devices shown for a capability
constexpr Duration invite_longest = 7 * 24h;

Json peer_of(const Core& core, const Catalogue& catalogue, const gossip::MemberView& member, Now now);
Json load_of(const moa::Load& load);
Json resolution_of(const Core& core, const dns::Resolution& found, Now now);
Json limit_of(const Core& core, dns::State state, Now now);
Json model_of(const std::string& id, const std::string& owner, WallTime created);
std::optional<std::string> model_at(const Catalogue& catalogue, const NodeId& node);

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

const Certificate& own_certificate(const Core& core) {
  const Certificate* held = core.roster().find(core.identity().node);
  ensure(held != nullptr, "a node holds its own certificate");
  return *held;
}

}  // namespace

std::string status_json(const Core& core, Now now) {
  const auto known = catalogue(core, now);
  const auto& certificate = own_certificate(core);
  const auto why_not = unready(core, now);
  const auto queue = core.engine().queue();
  std::map<std::string_view, std::size_t> states{{"alive", 0}, {"suspect", 0}, {"dead", 0}, {"left", 0}};
  for (const auto& member : core.gossip().view()) ++states[gossip::name(member.status)];
  const auto model = model_at(known, known.self);
  return text_of({{"name", known.self_name},
                  {"node", to_string(known.self)},
                  {"mesh",
                   {{"name", std::string(core.identity().mesh.root.mesh_name)},
                    {"id", to_base32(core.identity().mesh.id.value.view())}}},
                  {"role", name(certificate.role)},
                  {"version", GRAPEVINE_VERSION},
                  {"ready", !why_not},
                  {"reason", why_not ? Json(*why_not) : Json()},
                  {"peers", states},
                  {"model", model ? Json(*model) : Json()},
                  {"queue",
                   {{"queries", core.engine().active_queries()},
                    {"running", queue.running},
                    {"waiting", queue.own + queue.foreign},
                    {"waiting_own", queue.own},
                    {"waiting_foreign", queue.foreign},
                    {"bound", queue.bound},
                    {"most", queue.most},
                    {"fullest", queue.fullest}}},
                  {"records", core.registry().size()},
                  {"registry_root", to_hex(core.registry().root().view())},
                  {"hostile_frames", core.hostile_frames()},
                  {"certificate_ends", rfc3339(certificate.not_after)},
                  {"time", rfc3339(now.wall)}});
}

std::optional<std::string> unready(const Core& core, Now now) {
  const auto answers = [](const moa::Load& load) { return load.ability != moa::Ability::none; };
  if (answers(core.engine().load(now.time))) return std::nullopt;
  for (const auto& member : core.gossip().view()) {
    const auto load = core.engine().load_of(member.node);
    if (member.status == gossip::Status::alive && load && answers(*load)) return std::nullopt;
  }
  return "no model answers here or on a peer; start a model server, or name a folder in knowledge.folders";
}

std::string peers_json(const Core& core, Now now) {
  const auto known = catalogue(core, now);
  std::vector<Json> peers;
  for (const auto& member : core.gossip().view()) peers.push_back(peer_of(core, known, member, now));
  std::stable_sort(peers.begin(), peers.end(), [](const Json& a, const Json& b) {
    return std::pair(!a.at("self").get<bool>(), a.at("name").get<std::string>()) <
           std::pair(!b.at("self").get<bool>(), b.at("name").get<std::string>());
  });
  return text_of({{"peers", peers}});
}

std::string names_json(const Core& core, Now now, Whose whose) {
  Json names = Json::array();
  for (const auto& view : core.registry().names(now.wall)) {
    if (whose == Whose::mine && view.holder != core.identity().node) continue;
    names.push_back({{"name", view.name},
                     {"state", dns::name(view.state)},
                     {"limit", limit_of(core, view.state, now)},
                     {"holder", to_string(view.holder)},
                     {"holder_name", core.registry().display_name(view.holder, now.wall)},
                     {"lease_end", rfc3339(view.lease_end)}});
  }
  return text_of({{"names", std::move(names)}});
}

Or<std::string> name_json(const Core& core, Now now, std::string_view name_or_id) {
  const auto found = core.registry().resolve(name_or_id, now.wall);
  if (!found) return api_error(found.error());
  return text_of(resolution_of(core, *found, now));
}

Or<std::string> lookup_json(const Core& core, Now now, const std::multimap<std::string, std::string>& query) {
  Json found = Json::array();
  if (const auto name = query.find("name"); name != query.end()) {
    const auto resolved = core.registry().resolve(name->second, now.wall);
    if (!resolved) return api_error(resolved.error());
    found.push_back(resolution_of(core, *resolved, now));
    return text_of({{"found", std::move(found)}});
  }
  std::vector<std::string> capabilities;
  const auto [first, last] = query.equal_range("capability");
  for (auto each = first; each != last; ++each) capabilities.push_back(each->second);
  if (capabilities.empty()) return bad_request("name", "give name=... or capability=...");
  for (const auto& resolved : core.registry().find(capabilities, now.wall, found_max))
    found.push_back(resolution_of(core, resolved, now));
  return text_of({{"found", std::move(found)}});
}

std::string models_json(const Core& core, Now now) {
  Json models = Json::array();
  for (const auto& [id, owner] : catalogue(core, now).names())
    models.push_back(model_of(id, owner, core.identity().mesh.root.created));
  return text_of({{"object", "list"}, {"data", std::move(models)}});
}

Or<std::string> model_json(const Core& core, Now now, std::string_view id) {
  const auto known = catalogue(core, now);
  const auto target = find_target(known, id);
  if (const auto* error = std::get_if<ApiError>(&target)) return *error;
  const auto only = std::get<Target>(target).only;
  return text_of(model_of(std::string(id),
                          only ? core.registry().display_name(*only, now.wall) : known.self_name,
                          core.identity().mesh.root.created));
}

Or<InviteWish> parse_invite_wish(std::string_view body) {
  const auto json = parse_json(body.empty() ? "{}" : body);
  if (!json || !json->is_object()) return bad_request("", "the body is no JSON object");
  InviteWish wish;
  const auto role = parse_role(json->contains("role") ? text_at(*json, "/role").value_or("") : "member");
  if (!role) return bad_request("role", role.error().text);
  wish.role = *role;
  wish.owner = text_at(*json, "/owner").value_or("");
  if (!json->contains("for")) return wish;
  const TimePlace place{&wish.valid_for, 1s, invite_longest};
  const auto valid = set(Key{"for", place}, text_at(*json, "/for").value_or(""));
  if (!valid) return bad_request("for", valid.error().text);
  return wish;
}

std::string invite_json(const Invite& invite) {
  return text_of({{"invite", to_text(invite)},
                  {"not_after", rfc3339(invite.not_after)},
                  {"addresses", std::vector<std::string>(invite.addresses.begin(), invite.addresses.end())}});
}

Or<std::string> parse_claim(std::string_view body) {
  const auto json = parse_json(body);
  const auto name = json ? text_at(*json, "/name") : std::nullopt;
  if (!name) return bad_request("name", "send {\"name\": \"...\"}");
  return *name;
}

NodeNames names_of(const Core& core, Now now, const moa::Provenance& provenance) {
  NodeNames names;
  for (const auto& voice : provenance.voices)
    names.emplace(voice.node, core.registry().display_name(voice.node, now.wall));
  for (const auto& bid : provenance.reckoning.bids)
    names.emplace(bid.node, core.registry().display_name(bid.node, now.wall));
  return names;
}

namespace {

Json peer_of(const Core& core, const Catalogue& catalogue, const gossip::MemberView& member, Now now) {
  const bool self = member.node == catalogue.self;
  const auto load = self ? std::optional(core.engine().load(now.time)) : core.engine().load_of(member.node);
  const auto model = model_at(catalogue, member.node);
  const auto accuser = member.accuser ? core.registry().display_name(*member.accuser, now.wall) : "";
  return {{"name", core.registry().display_name(member.node, now.wall)},
          {"node", to_string(member.node)},
          {"self", self},
          {"state", gossip::name(member.status)},
          {"since_s", seconds(now.time - member.since)},
          {"round_trip_s", member.round_trip > Duration{} ? Json(seconds(member.round_trip)) : Json()},
          {"linked", member.linked},
          {"incarnation", member.incarnation},
          {"contact", std::string(member.contact)},
          {"evidence", member.evidence ? Json(gossip::name(*member.evidence)) : Json()},
          {"reason", reason(member, accuser)},
          {"model", model ? Json(*model) : Json()},
          {"trust", self ? Json() : Json(core.engine().trust().of(member.node))},
          {"reliability", self ? Json() : Json(core.engine().trust().reliability(member.node))},
          {"load", load ? load_of(*load) : Json()}};
}

Json load_of(const moa::Load& load) {
  return {{"waiting_s", seconds(load.own + load.foreign)},
          {"call_s", load.call > Duration{} ? Json(seconds(load.call)) : Json()},
          {"slots", load.slots},
          {"takes_calls", load.takes_calls()}};
}

/// Why a name is no more than provisional, when that is the mesh's fault; else null.
Json limit_of(const Core& core, dns::State state, Now now) {
  const bool is_limited =
      state == dns::State::provisional && core.registry().electors(now.wall) < dns::jurors_min;
  return is_limited ? Json("fewer than 4 voters: names are provisional") : Json();
}

Json resolution_of(const Core& core, const dns::Resolution& found, Now now) {
  Json endpoints = Json::array();
  for (const auto& endpoint : found.endpoints) {
    const bool six = endpoint.ip.size() == 16;
    char text[INET6_ADDRSTRLEN] = {};
    if (::inet_ntop(six ? AF_INET6 : AF_INET, endpoint.ip.data(), text, sizeof text) == nullptr) continue;
    endpoints.push_back(to_string(Endpoint{text, endpoint.port}));
  }
  Json services = Json::array();
  for (const auto& service : found.services)
    services.push_back(
        {{"label", std::string(service.label)}, {"port", service.port}, {"txt", std::string(service.txt)}});
  Json claimants = Json::array();
  for (const auto& claimant : found.claimants) claimants.push_back(to_string(claimant));
  const auto peer = core.gossip().find(found.node);  // its name outlives it, until `stale_by`
  return {{"name", found.name},
          {"state", dns::name(found.state)},
          {"limit", limit_of(core, found.state, now)},
          {"node", to_string(found.node)},
          {"peer", peer ? Json(gossip::name(peer->status)) : Json()},
          {"since", rfc3339(found.since)},
          {"stale_by", rfc3339(found.stale_by)},
          {"endpoints", std::move(endpoints)},
          {"capabilities", found.capabilities},
          {"services", std::move(services)},
          {"claimants", std::move(claimants)}};
}

Json model_of(const std::string& id, const std::string& owner, WallTime created) {
  return {{"id", id},
          {"object", "model"},
          {"created", created.time_since_epoch() / std::chrono::seconds(1)},
          {"owned_by", owner}};
}

std::optional<std::string> model_at(const Catalogue& catalogue, const NodeId& node) {
  for (const auto& offer : catalogue.offers) {
    if (offer.node == node) return offer.model;
  }
  return std::nullopt;
}

}  // namespace

}  // namespace grapevine::node
