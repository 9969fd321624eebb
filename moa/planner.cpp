#include "moa/planner.hpp"

namespace grapevine::moa {

Planner::Planner(const Config& config, Random random) : policy_(choose(config, random)) {}

Planner::Any Planner::choose(const Config& config, Random random) {
  switch (config.policy) {
    case Policy::price: break;
    case Policy::paper: return PaperPolicy(config, random);
    case Policy::shortest: return ShortestPolicy(config, random);
  }
  return PricePolicy(config, random);
}

Decision Planner::decide(const Ask& ask, const Outlook& outlook) {
  return std::visit([&](auto& policy) { return policy.decide(ask, outlook); }, policy_);
}

std::optional<Draw> Planner::next_layer(const Plan& plan, std::uint8_t layers_done, const Outlook& outlook) {
  return std::visit([&](auto& policy) { return policy.next_layer(plan, layers_done, outlook); }, policy_);
}

Draw Planner::mergers(const Outlook& outlook) {
  return std::visit([&](auto& policy) { return policy.mergers(outlook); }, policy_);
}

double Planner::use(Time now) const {
  const auto* prices = std::get_if<PricePolicy>(&policy_);
  return prices == nullptr ? 0 : prices->use(now);
}

}  // namespace grapevine::moa
