// A token bucket: so much at once, so much a second. What is asked for and not there is refused, not owed, so
// over any span of s seconds at most burst + rate * s is spent. Pure: it is told the time.
#pragma once

#include "crypto/time.hpp"

#include <algorithm>

namespace grapevine {

class Budget {
 public:
  /// Full from the beginning; `rate` a second.
  Budget(double rate, double burst) : rate_(rate), burst_(burst), left_(burst) {}

  /// Whether so many are there. Where time goes back, nothing is added until it is where it was.
  bool has(double count, Time now) {
    left_ = std::min(burst_, left_ + rate_ * std::max(0.0, seconds(now - filled_)));
    filled_ = std::max(filled_, now);
    return left_ >= count;
  }
  /// Requires: has(count, now).
  void spend(double count = 1) { left_ -= count; }

 private:
  double rate_;
  double burst_;
  double left_;
  Time filled_{};
};

}  // namespace grapevine
