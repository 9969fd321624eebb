// Whom this device trusts with what, as JSON: who may do what until when, what names were pinned to, what
// came of those it met; and the two changes a person can make. All of it is this device's own opinion.
//     GET  /api/mesh/trust
//     POST /api/mesh/pins    {"name": "robot"}                     pinned to whom it leads to now
//                            {"name": "robot", "node": "ID"}       to another
//                            {"name": "robot", "petname": "arm"}   and called arm.local-pin here
//                            {"unpin": "robot"}
#pragma once

#include "node/api_change.hpp"

#include <nlohmann/json_fwd.hpp>

namespace grapevine::node {

/// {"members":[{"name","node","role","until","invited_by"}],
///  "pins":[{"name","petname","node","since","pin","leads_to","handed_over"}],
///  "alarms":[{"kind","about","what","advice"}]}.
std::string trust_json(const Core& core, Now now);

/// What the body of POST /api/mesh/pins asks for; 400 names the field at fault.
struct Unpin {
  std::string name;
};
using PinChange = std::variant<dns::Registry::PinWish, Unpin>;
Result<PinChange, ApiError> parse_pin_change(std::string_view body);
/// Does it, and answers with the pin of the name as trust_json has it; null when there is none any more.
Result<Change, ApiError> change_pin(std::string_view body);

/// The pins that mean this node, as in trust_json.
nlohmann::ordered_json pins_of(const Core& core, Now now, const NodeId& node);
/// {"names","first_met","last_met","meetings","introduced_by","asked","served","success","round_trip_s","trust"},
/// where `asked` and `served` count how calls ended; null for a node this one has not met.
nlohmann::ordered_json history_of(const Core& core, const NodeId& node);
/// [{"name","standing"}], first what a node says it can do, `claimed`; then what it has done here,
/// `verified`, with "times" and "last".
nlohmann::ordered_json capabilities_of(const Core& core, const dns::Resolution& found);

}  // namespace grapevine::node
