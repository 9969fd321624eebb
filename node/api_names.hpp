// Names over HTTP: which there are, where they lead, and what a person does to those of this node. Reading
// needs no token, every change does. Errors name what was given, the rule it broke and what to do.
//     POST /api/mesh/names             {"name"}         claim          as GET /api/mesh/names/NAME answers
//     POST /api/mesh/names/renew       {"name"} or {}   now, not later as GET /api/mesh/names answers
//     POST /api/mesh/names/retire      {"name"}         give it up     {"name","node","free_at"}
//     POST /api/mesh/transfers         {"name","to"}    offer it       {"name","from","to","accept_by",...}
//     POST /api/mesh/transfers/accept  {"name"}         take it        the same
#pragma once

#include "node/api.hpp"
#include "node/api_routes.hpp"
#include "node/core.hpp"

#include <nlohmann/json_fwd.hpp>

namespace grapevine::node {

enum class Whose { mine, everybodys };
/// {"names":[{"name","state","holder","holder_name","lease_end","transfer",...}],"offers":[...]}; offers are
/// those made to this node.
std::string names_json(const Core& core, Now now, Whose whose);
/// {"name","state","node",...} of one name or id; 404 when nothing live answers to it.
Or<std::string> name_json(const Core& core, Now now, std::string_view name_or_id);
/// {"found":[...]} for `name=`, `prefix=` or any number of `capability=`, the most trusted first; `limit=` of
/// them at most. 400 for none of these.
Or<std::string> lookup_json(const Core& core, Now now, const std::multimap<std::string, std::string>& query);

/// What is to be done to which name. Absent fields are empty.
struct NameWish {
  Route what = Route::claim;  // claim, renew, retire, transfer or accept
  std::string name;
  std::string to;
};
/// 400 names the field at fault.
Or<NameWish> parse_name_wish(Route what, std::string_view body);
/// Does it, appends the effects, and answers with what holds then.
Or<std::string> change_name(Core& core, Now now, Effects& out, const NameWish& wish);

/// 4xx for a name or id that was given: what was given, the rule it broke, what to do.
ApiError about(std::string_view field, std::string_view given, const Error& error);
/// Why a name is no more than provisional, when that is the mesh's fault; else null.
nlohmann::ordered_json limit_of(const Core& core, dns::State state, Now now);
/// A transfer that both have signed: {"to","to_name","takes_effect"}; null when there is none.
nlohmann::ordered_json handover_of(const Core& core, const std::optional<dns::Ledger::Handover>& handover,
                                   Now now);

}  // namespace grapevine::node
