// Which queries may start here: the paper's Theorem 1 as a leaky bucket, one at every origin.
//
// Theorem 1 (arXiv 2412.21200). n devices, each the origin of queries at rate lambda; a query costs
//     c = (k + 1) M + 1 calls (M = 0: one call)
// of mean time alpha: M layers in which the origin and k uniformly drawn peers propose, and the aggregation.
// Uniform choice spreads the k M foreign calls of all origins evenly, so every device gets lambda c calls a
// second, and its queue has a mean only if  alpha c lambda < 1.  Remark 1: with unequal devices the slowest
// one decides, lambda c < 1/alpha_max, where the maximum runs over the devices that may be asked.
//
// Hence a query weighs c alpha_max seconds, and the bucket drains `headroom` (0.95) seconds a second: an
// origin's rate over any long time keeps the theorem's condition, whatever its users do. Over a short time at
// most `bound` more is let in (or one query, if that alone weighs more), so the work an origin has started
// beyond what the theorem drains never exceeds max(bound, one query); n origins put at most n times that,
// spread over n devices. No device needs to trust in this: its lanes bound what it holds (lanes.hpp). The
// condition is necessary, not proven sufficient: aggregations are longer than proposals, and such networks
// can misbehave below the limit (Bramson 1994).
#pragma once

#include "crypto/random.hpp"
#include "moa/config.hpp"

#include <optional>

namespace grapevine::moa {

/// The calls of a query, the theorem's c.
constexpr std::uint32_t calls_of(Shape shape) {
  return shape.layers == 0 ? 1u : (shape.proposers + 1u) * shape.layers + 1u;
}

/// How long a refused client is told to wait: between 1 s and 120 s, which clients accept, and with chance,
/// so that they do not come back together.
Duration jittered(Duration wait, Random& random);

class Admission {
 public:
  Admission(const Config& config, Random random);

  /// Takes the query in, or says after how long it would fit: jittered.
  std::optional<Duration> refuse(std::uint32_t calls, Duration alpha_max, Time now);
  /// Seconds of admitted work the theorem has not drained yet.
  Duration level(Time now) const;

 private:
  Admit admit_;
  double headroom_;
  Patience patience_;
  Random random_;
  Duration level_{};
  Time level_at_{};
};

}  // namespace grapevine::moa
