#include "moa/shortest_policy.hpp"

#include <algorithm>

namespace grapevine::moa {

namespace {

Draw draw(std::vector<Candidate> candidates, std::size_t calls, Random& random) {
  random.shuffle(candidates);  // so that equal ones share
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.backlog + a.call < b.backlog + b.call;
  });
  Draw draw;
  for (const auto& candidate : candidates) draw.order.push_back({.node = candidate.node});
  draw.tickets = draw.needed = std::min(calls, draw.order.size());
  return draw;
}

std::vector<Candidate> all(const Outlook& outlook) {
  auto candidates = outlook.peers;
  if (outlook.own) candidates.push_back(*outlook.own);
  return candidates;
}

}  // namespace

Decision ShortestPolicy::decide(const Ask& ask, const Outlook& outlook) {
  Plan plan = fitted(ask.shape.value_or(config_.shape), config_, outlook);
  if (plan.shape.layers > 0 && mergers(outlook).needed > 0) plan.merging = Merging::synthesize;
  plan.is_asked_for = true;
  plan.first = draw(all(outlook), plan.shape.proposers + 1u, random_);
  return plan;
}

std::optional<Draw> ShortestPolicy::next_layer(const Plan& plan, std::uint8_t, const Outlook& outlook) {
  return draw(all(outlook), plan.shape.proposers + 1u, random_);
}

Draw ShortestPolicy::mergers(const Outlook& outlook) {
  auto candidates = all(outlook);
  std::erase_if(candidates, [](const Candidate& candidate) { return !candidate.may_merge; });
  return draw(std::move(candidates), 1, random_);
}

}  // namespace grapevine::moa
