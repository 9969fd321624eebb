// The clocks of one simulated device: one that only runs forward, perhaps a little too fast, and one on the
// wall, perhaps off by minutes. Whole microseconds only, so every compiler reads the same.
#pragma once

#include "crypto/time.hpp"

namespace grapevine::node::sim {

class Clock {
 public:
  /// What it shows at `world`, the true time.
  Time read(Time world) const {
    const auto passed = (world - since_).count();
    return shown_ + Duration(passed + passed * parts_per_million_ / million);
  }
  /// The first true time at which it shows `local` or later.
  Time when(Time local) const {
    if (local == never || parts_per_million_ == 0) return local == never ? never : since_ + (local - shown_);
    const auto rate = million + parts_per_million_;
    Time world = since_ + Duration((local - shown_).count() / rate * million);
    world += Duration((local - read(world)).count() * million / rate);
    while (read(world) < local) world += Duration(1);
    return world;
  }
  /// From now on it gains this much, at most some thousand; negative: it loses.
  void drift(int parts_per_million, Time world) {
    shown_ = read(world);
    since_ = world;
    parts_per_million_ = parts_per_million;
  }

  Duration wall_off{};  // the wall clock shows this much more than it should

 private:
  static constexpr Duration::rep million = 1'000'000;
  Time since_{};
  Time shown_{};
  Duration::rep parts_per_million_ = 0;
};

}  // namespace grapevine::node::sim
