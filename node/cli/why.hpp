// What `grapevine ask --why` tells: how an answer came to be, for somebody who reads it for the first time.
// First each call, who was late and what was refused; then the plan and how the proposals were merged; last
// the prices and plans there were to choose from. It is made from the provenance that the API gives with
// every answer, so a program can read the same.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace grapevine::node::cli {

/// Several lines. Requires: a provenance as `provenance_json` (node/api_answer.hpp) writes it.
std::string why(const nlohmann::ordered_json& provenance);

}  // namespace grapevine::node::cli
