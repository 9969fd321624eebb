// The device's bounded queue, in two lanes: calls for its own queries and calls for others'. Calls are taken
// from the lanes in turn, so that neither can starve the other: a busy mesh leaves its owner half of the
// device, a busy owner leaves the mesh half; while one lane is empty the other has it all. Within a lane,
// first come first served.
//
// Invariants, checked on arrival and only loosened by calls that leave: a lane holds at most `calls_max`
// calls, and at most max(bound, its only call) seconds of estimated work. So the device never holds more than
// 2 calls_max + slots calls, whatever its peers believe or claim.
#pragma once

#include "crypto/time.hpp"
#include "moa/query.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace grapevine::moa {

enum class Side : std::uint8_t { own, foreign };

class Lanes {
 public:
  explicit Lanes(std::size_t calls_max) : calls_max_(calls_max) {}

  /// Whether a call of this work may wait on that side, where `bound` is the work that may wait there.
  bool fits(Side side, Duration work, Duration bound) const;
  /// Requires: it fits.
  void push(Side side, CallId call, Duration work);
  /// The next call to run.
  std::optional<CallId> pop();
  /// Takes a waiting call out; false when it does not wait here.
  bool remove(CallId call);

  std::size_t queued(Side side) const { return lane(side).calls.size(); }
  Duration work(Side side) const { return lane(side).work; }
  std::size_t calls_max() const { return calls_max_; }

 private:
  struct Waiting {
    CallId call;
    Duration work{};
  };
  struct Lane {
    std::deque<Waiting> calls;
    Duration work{};  // integer microseconds: the sum cannot drift
  };
  const Lane& lane(Side side) const { return side == Side::own ? own_ : foreign_; }
  Lane& lane(Side side) { return side == Side::own ? own_ : foreign_; }

  std::size_t calls_max_;
  Lane own_;
  Lane foreign_;
  Side last_ = Side::foreign;  // whose turn it was
};

}  // namespace grapevine::moa
