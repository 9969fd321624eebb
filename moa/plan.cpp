#include "moa/plan.hpp"

#include <algorithm>

namespace grapevine::moa {

Plan fitted(Shape wanted, const Config& config, const Outlook& outlook) {
  Plan plan;
  plan.wanted = plan.shape = wanted;
  if (plan.shape.layers == 0 || plan.shape.proposers == 0) plan.shape = {};
  if (plan.shape.layers > config.layers_max) {
    plan.shape.layers = config.layers_max;
    plan.shortfalls.push_back("at most " + std::to_string(config.layers_max) + " layers are allowed here");
  }
  const std::size_t here = config.repeats ? config.proposers_max : outlook.peers.size();
  const std::size_t most = std::min({std::size_t{config.proposers_max}, inputs_max - 1, here});
  if (plan.shape.proposers > most) {
    plan.shortfalls.push_back(most == 0 ? "nobody else is here"
                                        : "only " + std::to_string(most) + " of " +
                                              std::to_string(plan.shape.proposers) + " peers are here");
    plan.shape.proposers = static_cast<std::uint8_t>(most);
  }
  if (plan.shape.layers == 0 || plan.shape.proposers == 0) plan.shape = {};
  if (plan.shape.layers > 0 && !outlook.own) plan.shortfalls.emplace_back("this device has no model");
  return plan;
}

Time call_deadline(Time now, Time until, std::uint32_t stages_left) {
  const Duration left = until - now;
  return stages_left > 1 ? now + left / stages_left : until - left / 20;
}

}  // namespace grapevine::moa
