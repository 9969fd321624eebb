#include "moa/estimate.hpp"

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

}  // namespace grapevine::moa
