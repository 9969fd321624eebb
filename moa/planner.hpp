// The one seam of policy: whichever is configured plans, and nobody else asks which it is.
#pragma once

#include "moa/paper_policy.hpp"
#include "moa/price_policy.hpp"
#include "moa/shortest_policy.hpp"

#include <variant>

namespace grapevine::moa {

class Planner {
 public:
  Planner(const Config& config, Random random);

  /// The plan of a query, or why there is none. Requires: a device in the outlook.
  Decision decide(const Ask& ask, const Outlook& outlook);
  /// Whom to ask in the next layer; nothing: it is not worth it.
  std::optional<Draw> next_layer(const Plan& plan, std::uint8_t layers_done, const Outlook& outlook);
  /// Whom to ask for the merging, of those that may; nobody: it is done without a model.
  Draw mergers(const Outlook& outlook);
  /// Work a second that queries asked here buy; zero where nobody counts it.
  double use(Time now) const;

 private:
  using Any = std::variant<PricePolicy, PaperPolicy, ShortestPolicy>;
  static Any choose(const Config& config, Random random);

  Any policy_;
};

}  // namespace grapevine::moa
