#include "moa/plan.hpp"

#include <algorithm>

namespace grapevine::moa {

std::optional<Plan> plan(const Ask& ask, const Config& config, const Circumstances& there) {
  if (ask.only) return there.has_only ? std::optional<Plan>(Plan{}) : std::nullopt;

  Plan made{.shape = ask.shape.value_or(config.shape), .shortfalls = {}};
  if (ask.scope == Scope::local || made.shape.layers == 0 || made.shape.proposers == 0) made.shape = Shape{};
  if (made.shape.layers > config.layers_max) {
    made.shape.layers = config.layers_max;
    made.shortfalls.push_back("at most " + std::to_string(config.layers_max) + " layers are allowed here");
  }
  const std::size_t most = std::min({std::size_t{config.proposers_max}, inputs_max - 1, there.candidates});
  if (made.shape.proposers > most) {
    made.shortfalls.push_back(most == 0 ? "nobody else is here"
                                        : "only " + std::to_string(most) + " of " +
                                              std::to_string(made.shape.proposers) + " peers are here");
    made.shape.proposers = static_cast<std::uint8_t>(most);
  }
  if (made.shape.layers == 0 || made.shape.proposers == 0) {
    made.shape = Shape{};
    return there.has_own_model ? std::optional(made) : std::nullopt;
  }
  if (!there.has_own_model) made.shortfalls.emplace_back("this device has no model");
  return made;
}

std::vector<NodeId> draw_proposers(std::vector<NodeId> candidates, std::size_t k, Random& random) {
  return random.sample(std::move(candidates), k);
}

Time call_deadline(Time now, Time until, std::uint32_t stages_left) {
  const Duration left = until - now;
  return stages_left > 1 ? now + left / stages_left : until - left / 20;
}

}  // namespace grapevine::moa
