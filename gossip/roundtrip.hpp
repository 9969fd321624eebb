// How long an answer takes on this link: the smoothed round trip and its variation (Jacobson 1988; RFC 6298,
// section 2). Eight bytes a peer.
#pragma once

#include "crypto/time.hpp"

#include <cmath>

namespace grapevine::gossip {

class RoundTrip {
 public:
  void learn(Duration sample) {
    const float taken = static_cast<float>(seconds(sample));
    if (!known()) {
      smoothed_ = taken;
      variation_ = taken / 2;
      return;
    }
    variation_ += (std::abs(smoothed_ - taken) - variation_) / 4;
    smoothed_ += (taken - smoothed_) / 8;
  }

  bool known() const { return smoothed_ >= 0; }
  /// The usual round trip; zero while unknown.
  Duration usual() const { return known() ? from_seconds(static_cast<double>(smoothed_)) : Duration::zero(); }
  /// When to stop expecting an answer: 3 usual round trips and 4 variations; zero while unknown.
  Duration patience() const {
    return known()
               ? from_seconds(3.0 * static_cast<double>(smoothed_) + 4.0 * static_cast<double>(variation_))
               : Duration::zero();
  }

 private:
  float smoothed_ = -1;  // seconds; negative while unknown
  float variation_ = 0;
};

}  // namespace grapevine::gossip
