#include "moa/admission.hpp"

namespace grapevine::moa {

Admission::Admission(const Config& config, Random random)
    : admit_(config.admission), headroom_(config.headroom), patience_(config.patience), random_(random) {}

std::optional<Duration> Admission::refuse(std::uint32_t calls, Duration alpha_max, Time now) {
  if (admit_ == Admit::all) return std::nullopt;
  const Duration weight = alpha_max * static_cast<Duration::rep>(calls);
  const Duration most = std::max(patience_.bound(alpha_max), weight);
  const Duration filled = level(now) + weight;
  if (filled > most) return jittered(from_seconds(seconds(filled - most) / headroom_), random_);
  level_ = filled;
  level_at_ = now;
  return std::nullopt;
}

Duration jittered(Duration wait, Random& random) {
  const Duration base = std::clamp(wait, Duration(1s), Duration(60s));
  return base + random.between(Duration(0), base);
}

Duration Admission::level(Time now) const {
  const Duration drained = from_seconds(headroom_ * seconds(now - level_at_));
  return std::max(Duration(0), level_ - drained);
}

}  // namespace grapevine::moa
