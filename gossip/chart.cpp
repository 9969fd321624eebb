#include "gossip/chart.hpp"

#include <algorithm>

namespace grapevine::gossip {

void Chart::miss(Peer from, Peer to, Time now) {
  std::erase_if(gaps_, [&](const Gap& gap) { return gap.last + fresh < now; });
  const auto known = std::find_if(gaps_.begin(), gaps_.end(),
                                  [&](const Gap& gap) { return gap.from == from && gap.to == to; });
  Gap gap = known == gaps_.end() ? Gap{.from = from, .to = to} : *known;
  if (known != gaps_.end()) {
    gaps_.erase(known);
  } else if (gaps_.size() >= kept_max) {
    gaps_.erase(gaps_.begin());
  }
  ++gap.missed;
  gap.last = now;
  gaps_.push_back(gap);
}

void Chart::reach(Peer from, Peer to) {
  std::erase_if(gaps_, [&](const Gap& gap) { return gap.from == from && gap.to == to; });
}

void Chart::read_clock(Peer peer, WallTime theirs, Duration round_trip, Now now) {
  std::erase_if(clocks_, [&](const Clock& clock) { return clock.peer == peer; });
  if (clocks_.size() >= kept_max) clocks_.erase(clocks_.begin());
  // What a peer writes may be any number; a century is far off enough, and leaves room to subtract.
  constexpr auto century = 100 * 365 * std::chrono::hours(24);
  theirs = std::clamp(theirs, now.wall - century, now.wall + century);
  const auto back = std::chrono::duration_cast<SignedClock::duration>(round_trip / 2);
  clocks_.push_back({.peer = peer, .ahead = theirs - (now.wall - back), .read = now.time});
}

std::vector<Chart::Gap> Chart::gaps(Time now) const {
  std::vector<Gap> found;
  std::copy_if(gaps_.begin(), gaps_.end(), std::back_inserter(found),
               [&](const Gap& gap) { return gap.missed >= misses && gap.last + fresh >= now; });
  return found;
}

std::vector<Chart::Clock> Chart::clocks(Time now) const {
  std::vector<Clock> found;
  std::copy_if(clocks_.begin(), clocks_.end(), std::back_inserter(found),
               [&](const Clock& clock) { return clock.read + fresh >= now; });
  return found;
}

}  // namespace grapevine::gossip
