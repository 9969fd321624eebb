// How slow am I myself? Lifeguard's local health: a node that misses answers it should have got first doubts
// itself, and waits longer before it doubts others. 0 is well, Config::health_worst is as slow as we admit to
// be; it multiplies period and timeout. (Lifeguard, arXiv 1707.00788, section IV.A.)
#pragma once

#include "crypto/time.hpp"

#include <algorithm>

namespace grapevine::gossip {

class Health {
 public:
  explicit Health(unsigned worst) : worst_(worst) {}

  /// By how much a patient node multiplies its waiting: 1 to `worst` + 1.
  unsigned factor() const { return score_ + 1; }
  unsigned score() const { return score_; }

  /// A probe failed without the nacks it should have brought, I had to refute, or I woke up late.
  void worsen(unsigned by = 1) { score_ = std::min(worst_, score_ + by); }
  /// A probe was answered.
  void improve() { score_ = score_ > 0 ? score_ - 1 : 0; }

 private:
  unsigned worst_;
  unsigned score_ = 0;
};

}  // namespace grapevine::gossip
