#include "dns/arrivals.hpp"

#include "crypto/hash.hpp"

#include <algorithm>

namespace grapevine::dns {

ClaimHash hash_of(const NameClaim& claim) {
  return hash<32>(purpose::claim, {claim.salt.view(), claim.node.value.view(), view(claim.name)});
}

Arrivals::Place Arrivals::of(const NameClaim& claim) {
  if (awaited_.empty()) return next();
  const auto hash = hash_of(claim);
  const auto at = std::find_if(awaited_.begin(), awaited_.end(), [&](const Awaited& each) {
    return each.by == claim.node && each.hash == hash;
  });
  if (at == awaited_.end()) return next();
  const Place place = at->place;
  awaited_.erase(at);
  return place;
}

void Arrivals::announce(const NodeId& by, const ClaimHash& hash, Time now) {
  forget(now);
  const auto of_one =
      std::count_if(awaited_.begin(), awaited_.end(), [&](const Awaited& each) { return each.by == by; });
  if (awaited_.size() >= awaited_max || static_cast<std::size_t>(of_one) >= awaited_of_one_max) return;
  awaited_.push_back({.by = by, .hash = hash, .place = next(), .until = now + patience});
}

void Arrivals::forget(Time now) {
  std::erase_if(awaited_, [now](const Awaited& each) { return each.until <= now; });
}

std::optional<Time> Arrivals::awaited_before(Place place, Time now) const {
  std::optional<Time> last;
  for (const Awaited& each : awaited_) {
    if (each.place < place && now < each.until) last = each.until;
  }
  return last;
}

}  // namespace grapevine::dns
