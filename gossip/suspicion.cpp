#include "gossip/suspicion.hpp"

namespace grapevine::gossip {

Duration suspicion_time(const Patience& patience, std::size_t confirmations) {
  if (patience.confirmations == 0) return patience.least;
  const double share = std::log(static_cast<double>(confirmations) + 1) /
                       std::log(static_cast<double>(patience.confirmations) + 1);
  const double spread = seconds(patience.most) - seconds(patience.least);
  return std::max(patience.least, from_seconds(seconds(patience.most) - spread * share));
}

bool Suspicions::accuse(Peer suspect, Accuser accuser, std::size_t n, Time now) {
  if (!would_count(suspect, accuser)) return false;
  auto& suspicion = open_[suspect];
  if (suspicion.accusers.empty())
    suspicion = {.accusers = {}, .begun = now, .end = never, .n = n, .called_again = false};
  suspicion.accusers.push_back(accuser);
  end_at(suspect, suspicion, end(suspicion));
  return true;
}

bool Suspicions::would_count(Peer suspect, Accuser accuser) const {
  const auto found = open_.find(suspect);
  if (found == open_.end()) return open_.size() < config_.suspicions_max;
  const Suspicion& suspicion = found->second;
  const bool has_room =
      suspicion.accusers.size() < config_.accusers_max || accuser.evidence == Evidence::refused;
  return has_room && !suspicion.is_refused() && !evidence(suspect, accuser.peer);
}

std::optional<Evidence> Suspicions::evidence(Peer suspect, Peer accuser) const {
  const auto found = open_.find(suspect);
  if (found == open_.end()) return std::nullopt;
  for (const Accuser& known : found->second.accusers) {
    if (known.peer == accuser) return known.evidence;
  }
  return std::nullopt;
}

std::size_t Suspicions::accusers(Peer suspect) const {
  const auto found = open_.find(suspect);
  return found == open_.end() ? 0 : found->second.accusers.size();
}

bool Suspicions::accused_by_other(Peer suspect, Peer than) const {
  return accusers(suspect) > (evidence(suspect, than) ? 1u : 0u);
}

void Suspicions::drop(Peer suspect) {
  const auto found = open_.find(suspect);
  if (found == open_.end()) return;
  ends_.erase({found->second.end, suspect});
  open_.erase(found);
}

void Suspicions::postpone(Duration by) {
  ends_.clear();
  for (auto& [suspect, suspicion] : open_) {
    suspicion.begun += by;
    suspicion.end += by;
    ends_.insert({suspicion.end, suspect});
  }
}

bool Suspicions::call_again(Peer suspect, Time now) {
  const auto found = open_.find(suspect);
  if (found == open_.end() || found->second.called_again) return false;
  found->second.called_again = true;
  end_at(suspect, found->second, now + config_.patience(found->second.n, false).least);
  return true;
}

std::vector<Peer> Suspicions::ripe(Time now) const {
  std::vector<Peer> ripe;
  for (auto next = ends_.begin(); next != ends_.end() && next->first <= now; ++next)
    ripe.push_back(next->second);
  return ripe;
}

bool Suspicions::Suspicion::is_refused() const {
  const auto refusals = std::count_if(accusers.begin(), accusers.end(), [](const Accuser& accuser) {
    return accuser.evidence == Evidence::refused;
  });
  return static_cast<std::size_t>(refusals) >= Config::refusals_enough(n);
}

void Suspicions::end_at(Peer suspect, Suspicion& suspicion, Time end) {
  ends_.erase({suspicion.end, suspect});
  suspicion.end = end;
  ends_.insert({end, suspect});
}

Time Suspicions::end(const Suspicion& suspicion) const {
  const Patience patience = config_.patience(suspicion.n, suspicion.is_refused());
  return suspicion.begun + suspicion_time(patience, suspicion.accusers.size() - 1);
}

}  // namespace grapevine::gossip
