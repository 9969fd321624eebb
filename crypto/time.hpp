// Time that is given, never asked for. A machine learns the time with each input, so its clock types have no
// now(): asking is a compile error, and a simulated hour passes in a minute. `Time` only ever moves forward
// and is compared with nobody else's; `WallTime` is what signed statements carry. They are different types
// and cannot be mixed.
#pragma once

#include <chrono>
#include <cstdint>

namespace grapevine {

using namespace std::chrono_literals;

using Duration = std::chrono::microseconds;

struct GivenClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<GivenClock>;
  static constexpr bool is_steady = true;
};

/// Microseconds since this node's own beginning.
using Time = GivenClock::time_point;

/// What deadline() answers when there is nothing to wait for.
inline constexpr Time never = Time::max();

struct SignedClock {
  using duration = std::chrono::milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SignedClock>;
  static constexpr bool is_steady = false;
};

/// Milliseconds since 1970-01-01 UTC, as written into signed statements.
using WallTime = SignedClock::time_point;

/// The moment an input arrives, on both clocks.
struct Now {
  Time time;
  WallTime wall;
};

/// Seconds as a number, for formulas and for people.
inline constexpr double seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}
/// The nearest microsecond; saturates instead of overflowing.
inline constexpr Duration from_seconds(double s) {
  constexpr double most = 1e12;  // 11 days in microseconds times 1e6: above every bound in this program
  const double us = s * 1e6;
  return Duration(static_cast<Duration::rep>(us > most ? most : us < -most ? -most : us));
}

}  // namespace grapevine
