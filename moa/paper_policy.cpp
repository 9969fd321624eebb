#include "moa/paper_policy.hpp"

#include <algorithm>

namespace grapevine::moa {

Decision PaperPolicy::decide(const Ask& ask, const Outlook& outlook) {
  Plan plan = fitted(ask.shape.value_or(config_.shape), config_, outlook);
  Duration alpha_max = outlook.own ? outlook.own->call : Duration{};
  if (plan.shape.layers > 0 || !outlook.own) {
    for (const auto& peer : outlook.peers) alpha_max = std::max(alpha_max, peer.call);
  }
  if (const auto wait = admission_.refuse(calls_of(plan.shape), alpha_max, outlook.now))
    return Denial{*wait, "more queries than the devices can answer"};
  if (outlook.own && outlook.own->may_merge && plan.shape.layers > 0) plan.merging = Merging::synthesize;
  plan.is_asked_for = true;
  plan.first = draw(plan.shape.proposers, outlook);
  return plan;
}

std::optional<Draw> PaperPolicy::next_layer(const Plan& plan, std::uint8_t, const Outlook& outlook) {
  return draw(plan.shape.proposers, outlook);
}

Draw PaperPolicy::mergers(const Outlook& outlook) const {
  if (!outlook.own || !outlook.own->may_merge) return {};
  return {.order = {{.node = outlook.own->node}}, .tickets = 1, .needed = 1};
}

Draw PaperPolicy::draw(std::size_t proposers, const Outlook& outlook) {
  Draw draw;
  for (const auto& peer : outlook.peers) draw.order.push_back({.node = peer.node});
  random_.shuffle(draw.order);
  if (outlook.own) draw.order.insert(draw.order.begin(), {.node = outlook.own->node});
  const std::size_t wanted = outlook.own ? proposers + 1 : std::max<std::size_t>(1, proposers);
  draw.tickets = draw.needed = std::min(wanted, draw.order.size());
  return draw;
}

}  // namespace grapevine::moa
