#include "node/api_keys.hpp"

#include "node/json.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node {

namespace {

using Json = nlohmann::ordered_json;

/// By id also when nothing is known of it: a revocation may come before the certificate.
Result<NodeId> node_called(const Core& core, Now now, const std::string& name_or_id) {
  if (auto id = parse_node_id(name_or_id)) return id;
  return core.registry().node_of(name_or_id, now.wall);
}

/// Admissions that stay when a device is expelled.
Result<std::vector<Fixed<16>>, ApiError> parse_kept(const nlohmann::json& wish) {
  std::vector<Fixed<16>> kept;
  if (!wish.contains("keep")) return kept;
  const auto& admissions = wish.at("keep");
  const auto wrong = bad_request("keep", "keep is a list of admissions, as `grapevine revoke` shows them");
  if (!admissions.is_array()) return fail(wrong);
  for (const auto& one : admissions) {
    const auto bytes = one.is_string() ? from_base32(one.get<std::string>()) : fail(Code::malformed, "");
    const auto admission = bytes ? Fixed<16>::of(*bytes) : fail(Code::malformed, "");
    if (!admission) return fail(wrong);
    kept.push_back(*admission);
  }
  return kept;
}

/// The key is on disk before it is said: a process killed in between says it when it starts again.
Result<Effects> rotate(Core& core, Now now, KeyRing& keys) {
  auto next = keys.successor(core.registry().rotations() + 1);
  if (!next) return fail(next.error());
  const auto chain = core.registry().successor(next->key, next->promise);
  if (!chain) return fail(chain.error());
  if (const auto kept = keys.keep(*chain); !kept) return fail(kept.error());
  return core.rotate(std::move(next->key), next->promise, now);
}

/// Passes on what a change of keys has brought, and says whom it was about.
Result<std::string, ApiError> changed(const Core& core, Now now, Effects& out, const NodeId& node,
                                      Result<Effects> effects) {
  if (!effects) return fail(api_error(effects.error()));
  append(out, std::move(*effects));
  return text_of({{"node", to_string(node)},
                  {"name", core.registry().display_name(node, now.wall)},
                  {"key", to_base32(core.identity().operational.public_key().value.view())}});
}

}  // namespace

Result<Change, ApiError> rotate_key(std::string_view body, KeyRing& keys) {
  const auto wish = parse_object(body);
  if (!wish) return fail(wish.error());
  return [&keys](Core& core, Now now, Effects& out) {
    return changed(core, now, out, core.identity().node, rotate(core, now, keys));
  };
}

Result<Change, ApiError> suspend_key(std::string_view body) {
  const auto wish = parse_object(body);
  if (!wish) return fail(wish.error());
  const auto cause = dns::cause_named(text_at(*wish, "/cause").value_or("unsaid"));
  if (!cause) return fail(bad_request("cause", "cause is unsaid, lost, stolen, broken or replaced"));
  return [cause = *cause](Core& core, Now now, Effects& out) {
    return changed(core, now, out, core.identity().node, core.suspend(cause, now));
  };
}

Result<Change, ApiError> retire_node(std::string_view body) {
  const auto wish = parse_object(body);
  if (!wish) return fail(wish.error());
  const auto record = from_base32(text_at(*wish, "/record").value_or(""));
  if (!record || record->empty()) return fail(bad_request("record", "record is not that of a recovery file"));
  return [record = *record](Core& core, Now now, Effects& out) {
    const auto read = dns::body_of(record);
    const auto* retirement = read ? std::get_if<dns::Retirement>(&*read) : nullptr;
    const NodeId node = retirement != nullptr ? retirement->node : core.identity().node;
    return changed(core, now, out, node, core.retire(record, now));
  };
}

Result<Change, ApiError> revoke_node(std::string_view body) {
  const auto wish = parse_object(body);
  if (!wish) return fail(wish.error());
  const auto subject = text_at(*wish, "/node").value_or("");
  if (subject.empty()) return fail(bad_request("node", "node is missing: the name or id of a device"));
  const auto kept = parse_kept(*wish);
  if (!kept) return fail(kept.error());
  const auto reason = text_at(*wish, "/reason").value_or("");
  return [=, kept = *kept](Core& core, Now now, Effects& out) -> Result<std::string, ApiError> {
    const auto node = node_called(core, now, subject);
    if (!node) return fail(api_error(node.error()));
    return changed(core, now, out, *node, core.revoke(*node, reason, kept, now));
  };
}

Result<std::string, ApiError> expulsion_json(const Core& core, Now now, std::string_view name_or_id) {
  const auto node = node_called(core, now, std::string(name_or_id));
  if (!node) return fail(api_error(node.error()));
  const Certificate* held = core.roster().find(*node);
  Json falls = Json::array();
  for (const NodeId& one : core.registry().falls_with(*node, now.wall))
    falls.push_back({{"node", to_string(one)},
                     {"name", core.registry().display_name(one, now.wall)},
                     {"admission", to_base32(admission_of(*core.roster().find(one)).view())}});
  return text_of({{"node", to_string(*node)},
                  {"name", core.registry().display_name(*node, now.wall)},
                  {"role", held == nullptr ? Json() : Json(name(held->role))},
                  {"falls", std::move(falls)}});
}

}  // namespace grapevine::node
