// Names over HTTP: which there are, where they lead, and what a person does to those of this node. Reading
// needs no token, every change does. Errors name what was given, the rule it broke and what to do.
//     POST /api/mesh/names             {"name"}         claim          as GET /api/mesh/names/NAME answers
//     POST /api/mesh/names/renew       {"name"} or {}   now, not later as GET /api/mesh/names answers
//     POST /api/mesh/names/retire      {"name"}         give it up     {"name","node","free_at"}
//     POST /api/mesh/transfers         {"name","to"}    offer it       {"name","from","to","accept_by",...}
//     POST /api/mesh/transfers/accept  {"name"}         take it        the same
#pragma once

#include "node/api_change.hpp"

#include <nlohmann/json_fwd.hpp>

namespace grapevine::node {

/// {"names":[{"name","state","holder","holder_name","lease_end","transfer",...}],"offers":[...]}: this node's
/// names, or with `all` everybody's; offers are those made to this node.
Result<std::string, ApiError> names_json(const Core& core, Now now, const Parameters& query);
/// {"name","state","node",...} of one name or id; 404 when nothing live answers to it.
Result<std::string, ApiError> name_json(const Core& core, Now now, std::string_view name_or_id);
/// {"found":[...]} for `name=`, `prefix=` or any number of `capability=`, the most trusted first; `limit=` of
/// them at most. 400 for none of these.
Result<std::string, ApiError> lookup_json(const Core& core, Now now, const Parameters& query);

/// What the bodies above ask for; 400 names the field at fault.
Result<Change, ApiError> claim_name(std::string_view body);
Result<Change, ApiError> renew_names(std::string_view body);
Result<Change, ApiError> retire_name(std::string_view body);
Result<Change, ApiError> transfer_name(std::string_view body);
Result<Change, ApiError> accept_name(std::string_view body);

/// 4xx for a name or id that was given: what was given, the rule it broke, what to do.
ApiError about(std::string_view field, std::string_view given, const Error& error);
/// Why a name is no more than provisional, when that is the mesh's fault; else null.
nlohmann::ordered_json limit_of(const Core& core, dns::State state, Now now);
/// A transfer that both have signed: {"to","to_name","takes_effect"}; null when there is none.
nlohmann::ordered_json handover_of(const Core& core, const std::optional<dns::Ledger::Handover>& handover,
                                   Now now);

}  // namespace grapevine::node
