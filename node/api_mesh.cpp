#include "node/api_mesh.hpp"

#include "crypto/ensure.hpp"
#include "node/catalogue.hpp"
#include "node/config_keys.hpp"
#include "node/json.hpp"
#include "node/reason.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace grapevine::node {

namespace {

using Json = nlohmann::ordered_json;

constexpr Duration invite_longest = 7 * 24h;

Json peer_of(const Core& core, const Catalogue& catalogue, const gossip::MemberView& member, Now now);
Json load_of(const moa::Load& load);
Json model_of(const std::string& id, const std::string& owner, WallTime created);
std::optional<std::string> model_at(const Catalogue& catalogue, const NodeId& node);
Result<InviteWish, ApiError> parse_invite_wish(std::string_view body);
std::string invite_json(const Invite& invite);

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

std::string health_json(const Core&, Now) {
  return R"({"status":"alive"})";
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

std::string models_json(const Core& core, Now now) {
  Json models = Json::array();
  for (const auto& [id, owner] : catalogue(core, now).names())
    models.push_back(model_of(id, owner, core.identity().mesh.root.created));
  return text_of({{"object", "list"}, {"data", std::move(models)}});
}

Result<std::string, ApiError> model_json(const Core& core, Now now, std::string_view id) {
  const auto known = catalogue(core, now);
  const auto target = find_target(known, id);
  if (!target) return fail(target.error());
  return text_of(model_of(
      std::string(id), target->only ? core.registry().display_name(*target->only, now.wall) : known.self_name,
      core.identity().mesh.root.created));
}

Result<Change, ApiError> make_invite(std::string_view body, const LookAround& look_around) {
  const auto wish = parse_invite_wish(body);
  if (!wish) return fail(wish.error());
  return [wish = *wish, &look_around](Core& core, Now now, Effects& out) -> Result<std::string, ApiError> {
    if (auto obstacle = look_around(now.time).join_obstacle)
      return fail(api_error({Code::unavailable, *std::move(obstacle)}));
    auto invited = core.invite(wish, now);
    if (!invited) return fail(api_error(invited.error()));
    append(out, std::move(invited->effects));
    return invite_json(invited->invite);
  };
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

Result<InviteWish, ApiError> parse_invite_wish(std::string_view body) {
  const auto json = parse_object(body);
  if (!json) return fail(json.error());
  InviteWish wish;
  const auto role = parse_role(json->contains("role") ? text_at(*json, "/role").value_or("") : "member");
  if (!role) return fail(bad_request("role", role.error().text));
  wish.role = *role;
  wish.owner = text_at(*json, "/owner").value_or("");
  if (!json->contains("for")) return wish;
  const TimePlace place{&wish.valid_for, 1s, invite_longest};
  const auto valid = set(Key{"for", place}, text_at(*json, "/for").value_or(""));
  if (!valid) return fail(bad_request("for", valid.error().text));
  return wish;
}

std::string invite_json(const Invite& invite) {
  return text_of({{"invite", to_text(invite)},
                  {"not_after", rfc3339(invite.not_after)},
                  {"addresses", std::vector<std::string>(invite.addresses.begin(), invite.addresses.end())}});
}

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
