#include "moa/estimate.hpp"

#include <cmath>

namespace grapevine::moa {

void Estimate::add(Stage stage, Duration running) {
  by_stage_[static_cast<std::size_t>(stage)].add(seconds(running));
  all_.add(seconds(running));
}

Duration Estimate::mean(Stage stage) const {
  const Decaying& of_stage = by_stage_[static_cast<std::size_t>(stage)];
  return of_stage.weight > 0 ? from_seconds(of_stage.value()) : mean();
}

void Estimate::Decaying::add(double sample) {
  constexpr double keep = 0.95760328069857364694;  // 2^(-1/16), as a literal: the same bits everywhere
  sum = sum * keep + sample;
  weight = weight * keep + 1;
}

void Rate::add(double amount, Time now, Duration half_life) {
  sum_ = left(now, half_life) + amount;
  at_ = now;
}

double Rate::per_second(Time now, Duration half_life) const {
  constexpr double ln2 = 0.69314718055994530942;
  return left(now, half_life) * ln2 / seconds(half_life);
}

double Rate::left(Time now, Duration half_life) const {
  return sum_ * std::exp2(-seconds(now - at_) / seconds(half_life));
}

}  // namespace grapevine::moa
