#include "node/api_keys.hpp"

#include "crypto/match.hpp"
#include "node/models/shallow_json.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node {

namespace {

using Json = nlohmann::ordered_json;

std::optional<dns::Cause> cause_of(std::string_view word) {
  constexpr std::array words{"unsaid", "lost", "stolen", "broken", "replaced"};  // in the order of Cause
  const auto found = std::find(words.begin(), words.end(), word);
  return found == words.end() ? std::nullopt : std::optional(static_cast<dns::Cause>(found - words.begin()));
}

/// By id also when nothing is known of it: a revocation may come before the certificate.
Result<NodeId> node_called(const Core& core, Now now, const std::string& name_or_id) {
  if (auto id = parse_node_id(name_or_id)) return id;
  const auto found = core.registry().resolve(name_or_id, now.wall);
  if (!found) return fail(found.error());
  if (found->node == NodeId{}) return fail(Code::conflict, "several devices claim this name; give the id");
  return found->node;
}

Or<KeyWish> parse_revoke(const nlohmann::json& json) {
  Revoke wish{.node = text_at(json, "/node").value_or(""), .reason = text_at(json, "/reason").value_or("")};
  if (wish.node.empty()) return bad_request("node", "is missing: the name or id of a device");
  if (!json.contains("keep")) return wish;
  const auto& serials = json.at("keep");
  if (!serials.is_array()) return bad_request("keep", "is a list of serials");
  for (const auto& one : serials) {
    const auto bytes = one.is_string() ? from_base32(one.get<std::string>()) : fail(Code::malformed, "");
    const auto serial = bytes ? Fixed<16>::of(*bytes) : fail(Code::malformed, "");
    if (!serial) return bad_request("keep", "is a list of serials");
    wish.kept.push_back(*serial);
  }
  return wish;
}

/// The key is on disk before it is said: a process killed in between says it when it starts again.
Result<Effects> rotate(Core& core, Now now, KeyRing& keys) {
  auto next = keys.prepare();
  if (!next) return fail(next.error());
  const auto chain = core.registry().successor(next->key, next->promise);
  if (!chain) return fail(chain.error());
  if (const auto kept = keys.keep(*chain); !kept) return fail(kept.error());
  return core.rotate(std::move(next->key), next->promise, now);
}

}  // namespace

Or<KeyWish> parse_key_wish(Route what, std::string_view body) {
  const auto json = parse_json(body.empty() ? "{}" : body);
  if (!json || !json->is_object()) return bad_request("", "the body is no JSON object");
  if (what == Route::revoke) return parse_revoke(*json);
  if (what == Route::retire_node) {
    const auto record = from_base32(text_at(*json, "/record").value_or(""));
    if (!record || record->empty()) return bad_request("record", "is not that of a recovery file");
    return Retire{*record};
  }
  if (what != Route::suspend) return Rotate{};
  const auto cause = cause_of(text_at(*json, "/cause").value_or("unsaid"));
  if (!cause) return bad_request("cause", "is unsaid, lost, stolen, broken or replaced");
  return Suspend{*cause};
}

Or<std::string> change_keys(Core& core, Now now, Effects& out, KeyRing& keys, const KeyWish& wish) {
  NodeId about = core.identity().node;
  auto done = match(
      wish, [&](const Rotate&) { return rotate(core, now, keys); },
      [&](const Suspend& one) { return core.suspend(one.cause, now); },
      [&](const Retire& one) {
        const auto body = dns::body_of(one.record);
        if (const auto* retirement = body ? std::get_if<dns::Retirement>(&*body) : nullptr)
          about = retirement->node;
        return core.retire(one.record, now);
      },
      [&](const Revoke& one) -> Result<Effects> {
        const auto node = node_called(core, now, one.node);
        if (!node) return fail(node.error());
        about = *node;
        return core.revoke(*node, one.reason, one.kept, now);
      });
  if (!done) return api_error(done.error());
  append(out, std::move(*done));
  return text_of({{"node", to_string(about)},
                  {"name", core.registry().display_name(about, now.wall)},
                  {"key", to_base32(core.identity().operational.public_key().value.view())}});
}

Or<std::string> expulsion_json(const Core& core, Now now, std::string_view name_or_id) {
  const auto node = node_called(core, now, std::string(name_or_id));
  if (!node) return api_error(node.error());
  const Certificate* held = core.roster().find(*node);
  Json falls = Json::array();
  for (const NodeId& issued : core.registry().issued_by(*node, now.wall))
    falls.push_back({{"node", to_string(issued)},
                     {"name", core.registry().display_name(issued, now.wall)},
                     {"serial", to_base32(core.roster().find(issued)->serial.view())}});
  return text_of({{"node", to_string(*node)},
                  {"name", core.registry().display_name(*node, now.wall)},
                  {"role", held == nullptr ? Json() : Json(name(held->role))},
                  {"falls", std::move(falls)}});
}

}  // namespace grapevine::node
