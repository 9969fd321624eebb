// What has changed between two looks at the mesh. A look is the list of `/api/mesh/peers`; a change is a
// device whose state, or the reason for it, is another one than before, or that was not there before.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

using Look = nlohmann::ordered_json;

/// The peers of `after` that have changed, as they are now, each with "before": its former state or null.
std::vector<nlohmann::ordered_json> changes(const Look& before, const Look& after);
/// "2026-11-20T22:41:07Z  kitchen-pi  alive > suspect  silent, says laptop, incarnation 4".
std::string line_of(const nlohmann::ordered_json& change, const std::string& time);

}  // namespace grapevine::node::cli
