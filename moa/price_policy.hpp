// Plans bought at prices (price.hpp): the richest that is worth what it costs now.
//
// A shape the asker names is kept whole, and prices decide only whom to ask. Each of its calls is then worth
// what one answer is worth, theta; it is refused when its mean call is dearer.
//
// Late binding (Ousterhout, Wendell, Zaharia, Stoica 2013, "Sparrow"): half as many tickets again as calls
// are sent to the cheapest, and the first to start win. While the own device is not busy (a price of at most
// theta / 2) it proposes in any case, so that the answer is never worse than its own: `Floor::own`. So does
// who is better at this question than the best who would stand in: to start first is no merit then.
#pragma once

#include "crypto/random.hpp"
#include "moa/estimate.hpp"
#include "moa/plan.hpp"
#include "moa/price.hpp"

#include <optional>
#include <vector>

namespace grapevine::moa {

class PricePolicy {
 public:
  PricePolicy(const Config& config, Random random) : config_(config), random_(random) {}

  Decision decide(const Ask& ask, const Outlook& outlook);
  /// The next layer, or nothing when it would cost more than it adds.
  std::optional<Draw> next_layer(const Plan& plan, std::uint8_t layers_done, const Outlook& outlook);
  /// Who may merge the proposals, the cheapest first; nobody: the answer is chosen.
  Draw mergers(const Outlook& outlook);
  /// Work a second that queries asked here buy.
  double use(Time now) const { return bought_.per_second(now, half_life_); }

 private:
  /// What may be chosen from.
  std::vector<Row> rows(const Ask& ask, const Plan& fitted, const Outlook& outlook) const;
  Draw draw(std::vector<Offer> ranked, std::size_t calls, const Outlook& outlook, const Purse& purse) const;
  bool may_miss_one(const Plan& plan) const;
  Denial deny(double excess, const Purse& purse, Time now);

  Config config_;
  Random random_;
  Duration half_life_ = 70s;  // of all three: seventy calls of the fastest device
  Rate bought_;
  Rate offered_;
  Rate admitted_;
};

}  // namespace grapevine::moa
