// How long a call takes here. One decaying mean per stage, because prompts that carry proposals are longer,
// and one over all: the paper's alpha. The weight of a call halves every 16 calls, so a device that heats up
// or changes its model is believed after some twenty; the first call is believed at once (weights are
// normalised by their own sum). Whose calls are all taken back, because a twin was sooner, would pass for as
// fast as others for ever: while no call has ended, the longest of those that were cut off stands for the
// mean. Later they say nothing new, and would only make hedges wait longer.
#pragma once

#include "crypto/time.hpp"
#include "moa/query.hpp"

#include <algorithm>
#include <array>

namespace grapevine::moa {

class Estimate {
 public:
  /// A call of this stage took so long on the model.
  void add(Stage stage, Duration running);
  /// A call was taken back after so long.
  void add_cut(Duration running) { longest_cut_ = std::max(longest_cut_, running); }
  /// The mean call of a stage; while that stage was not seen, of any; zero before the first call.
  Duration mean(Stage stage) const;
  /// The mean call; zero before the first.
  Duration mean() const { return all_.weight > 0 ? from_seconds(all_.value()) : longest_cut_; }

 private:
  struct Decaying {
    double sum = 0;
    double weight = 0;
    void add(double sample);
    double value() const { return weight > 0 ? sum / weight : 0; }
  };
  std::array<Decaying, 3> by_stage_;
  Decaying all_;
  Duration longest_cut_{};
};

/// How much of something there is a second, lately: a sum whose parts lose half their weight in each
/// half-life.
class Rate {
 public:
  void add(double amount, Time now, Duration half_life);
  double per_second(Time now, Duration half_life) const;

 private:
  double left(Time now, Duration half_life) const;
  double sum_ = 0;
  Time at_{};
};

}  // namespace grapevine::moa
