// All that is known of one node and why it is believed, as JSON: its certificate and who let it in, every key
// it had, its names with the votes behind them, evidence against it, and each record with who told us of it.
//     {"node","name","member":{...},"keys":[...],"suspended","retired","names":[...],"evidence":[...],
//      "pins","history","records":[{"type","record","told_by","told_by_name","told_at"}]}
// `pins` and `history` are what this device alone remembers of the node (api_social.hpp).
#pragma once

#include "node/api.hpp"
#include "node/core.hpp"

namespace grapevine::node {

/// Of a name or an id; 404 when no member bears it, 409 when several claim the name.
Result<std::string, ApiError> whois_json(const Core& core, Now now, std::string_view name_or_id);

}  // namespace grapevine::node
