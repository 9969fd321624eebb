// An OpenAI chat request, read strictly where we act on a field and not at all where we do not: unknown
// fields are never an error. What cannot be honoured and would change the answer (several choices, tools,
// images, forced JSON) is refused by name instead of ignored. `grapevine: {layers, proposers, scope,
// deadline_s}` is ours and optional.
#pragma once

#include "node/catalogue.hpp"
#include "node/config.hpp"

namespace grapevine::node {

enum class Delivery { whole, streamed };

struct ChatRequest {
  std::string model;
  std::vector<moa::Turn> turns;
  moa::Sampling sampling;
  Delivery delivery = Delivery::whole;
  bool include_usage = false;  // a last chunk with counts, when streamed
  std::optional<std::uint8_t> layers;
  std::optional<std::uint8_t> proposers;
  std::optional<moa::Scope> scope;
  Duration deadline{};  // zero: the configured one
};

/// 400 with `param`, or 413 `prompt_too_large` over moa::prompt_bytes_max.
Result<ChatRequest, ApiError> parse_chat(std::string_view body);

/// What this node allows and takes when nothing is said.
struct ChatRules {
  Config::Moa moa;
  moa::Scope scope = moa::Scope::group;
};
/// The question for the engine; 404 for a model that is not there, 400 for a shape above the configured
/// maxima.
Result<moa::Ask, ApiError> plan_chat(const ChatRequest& request, const Catalogue& catalogue,
                                     const ChatRules& rules, const moa::QueryId& id);

}  // namespace grapevine::node
