#include "dns/registry.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {
constexpr Duration deliberation_pause = 50ms;  // while names wait: a few a time, and the loop does other work
}

/// With each term every undecided name is voted on again, and every certificate in the second half of its
/// life; names that change hands or lose their certificate do it now.
void Registry::turn_term(Now now, Effects& effects) {
  ledger_.turn(std::exchange(term_, term_of(now.wall)), term_of(now.wall));
  tell_changes(now, effects);
  renew_names(now, effects);
  for (const auto& [name, claimants] : ledger_.claims()) undecided_.insert(name);
  decide_some(now, effects);
  term_due_ = now.time + (begin_of(term_of(now.wall) + 1) - now.wall);
}

/// The hash of a new claim goes to its jury, and when that must have arrived, the claim itself to everybody.
/// (Who compares registries with us in between may learn it sooner: then the hash is a hop ahead of it.)
/// Without a jury nobody counts who was first.
void Registry::announce_claim(const Skeleton& name, Bytes record, Now now, Effects& effects) {
  const auto& jurors = polls_.jury_of(name, epoch_of(term_of(now.wall)));
  if (jurors.empty() || config_.announcement_lead == 0s) {
    publish(std::move(record), now, effects);
    return;
  }
  const ClaimAhead ahead{hash_of(std::get<NameClaim>(*body_of(record)))};
  for (const NodeId& juror : jurors) {
    if (juror != self_.node) effects.emplace_back(Send<Message>{juror, ahead});
  }
  untold_.push_back({.due = now.time + config_.announcement_lead, .name = name, .record = record});
  adopt(record, now, effects);
}

void Registry::tell_claims(Now now, Effects& effects) {
  while (!untold_.empty() && untold_.front().due <= now.time) {
    const Untold claim = std::move(untold_.front());
    untold_.erase(untold_.begin());
    effects.emplace_back(Publish{claim.record});
    deliberate(claim.name, now, effects);
  }
}

/// Something about a name has changed, or a term has begun: do what follows for a voter, a witness, a
/// claimant. Names that all come at once, as when one joins ten thousand devices, wait for their turn,
/// because drawing a jury looks at every elector.
void Registry::deliberate(const Skeleton& name, Now now, Effects& effects) {
  undecided_.insert(name);
  decide_some(now, effects);
}

void Registry::decide_some(Now now, Effects& effects) {
  const bool is_member = roster_->is_member(self_.node, now.wall);
  if (!is_member) undecided_.clear();  // also while our clock is not set; the next term asks again
  for (auto at = postponed_.begin(); at != postponed_.end();) {
    const auto here = at++;
    if (here->second <= now.time) undecided_.insert(postponed_.extract(here).key());
  }
  while (!undecided_.empty() && deliberations_.has(1, now.time)) {
    deliberations_.spend();
    auto next = undecided_.upper_bound(last_decided_);
    if (next == undecided_.end()) next = undecided_.begin();
    const Skeleton name = last_decided_ = std::move(undecided_.extract(next).value());
    cast_vote(name, now, effects);
    certify(name, now, effects);
    yield(name, now, effects);
  }
  decide_due_ = undecided_.empty() ? never : now.time + deliberation_pause;
  for (const auto& [name, due] : postponed_) decide_due_ = std::min(decide_due_, due);
}

/// Until when a vote on this name waits: our own claim is not told yet, or somebody announced one before the
/// first we know and has not said of which name. Once there are votes, arrival counts no more.
std::optional<Time> Registry::vote_waits_until(const Skeleton& name, Now now) const {
  const auto own =
      std::find_if(untold_.begin(), untold_.end(), [&](const Untold& claim) { return claim.name == name; });
  if (own != untold_.end()) return own->due;
  const auto* said = ledger_.ballots().find(name);
  if (said != nullptr && !(said->votes.empty() && said->certificates.empty())) return std::nullopt;
  Arrivals::Place first = UINT64_MAX;
  for (const auto& claim : ledger_.live_claims(name, now.wall)) first = std::min(first, claim.head->heard);
  return ledger_.arrivals().awaited_before(first, now.time);
}

void Registry::cast_vote(const Skeleton& name, Now now, Effects& effects) {
  const Term term = term_of(now.wall);
  const Poll poll = polls_.of(name, now.wall);
  const bool is_settled = !vote(poll, std::nullopt, term);  // so nobody need draw its jury
  if (is_settled || !may_speak(now.wall) || !polls_.is_juror(self_.node, name, term)) return;
  if (const auto until = vote_waits_until(name, now)) {
    postponed_[name] = *until;
    return;
  }
  if (const auto choice = voter_.choose(name, poll, term)) publish(author_.vote(name, *choice), now, effects);
}

/// Whoever sees enough votes can certify a name, so a claimant cannot be denied its certificate nor keep it
/// to itself; only the jury and the claimant do, or all the mesh would at once.
void Registry::certify(const Skeleton& name, Now now, Effects& effects) {
  const auto certificate = certificate_of(ledger_, name, polls_.of(name, now.wall), roster_->mesh().id);
  if (!certificate) return;
  if (certificate->claim == self_.node || polls_.is_juror(self_.node, name, certificate->term))
    publish(envelope_of(*certificate, {}), now, effects);
}

/// Who has lost a name, or got into a tie that nobody wins, gives it up and claims it with four characters of
/// its own id behind it.
void Registry::yield(const Skeleton& name, Now now, Effects& effects) {
  const auto* entry = ledger_.find(self_.node);
  const auto* head = entry == nullptr ? nullptr : entry->find(name);
  if (head == nullptr || head->given_up || head->handover || head->ends <= now.wall) return;
  const Poll poll = polls_.of(name, now.wall);
  const Term term = term_of(now.wall);
  const auto title = title_of(poll, term);
  if (title ? title->claim == self_.node || !is_in_force(*title, term) : !is_contested(poll, term)) return;

  const std::string lost = head->label;
  constexpr std::size_t suffix = 5;  // a dash and four characters
  std::string base = lost.substr(0, Name::length_max - suffix);
  while (base.ends_with('-')) base.pop_back();
  const auto other = Name::parse(base + "-" + to_string(self_.node).substr(0, suffix - 1));
  effects.emplace_back(Note{"registry.name_lost", title ? std::optional(title->claim) : std::nullopt,
                            other ? lost + " is now " + other->text() : lost});
  publish(author_.claim(*Name::parse(lost), 0s, now.wall, random_), now, effects);
  if (other) publish(author_.claim(*other, config_.name_lease, now.wall, random_), now, effects);
}

/// Somebody else claims the name, or its certificate still keeps it for somebody.
bool Registry::is_taken(const Skeleton& name, WallTime now) const {
  const Poll poll = polls_.of(name, now);
  const auto title = title_of(poll, term_of(now));
  if (title) return title->claim != self_.node;
  return std::any_of(poll.claimants.begin(), poll.claimants.end(),
                     [this](const Claimant& claimant) { return claimant.node != self_.node; });
}

std::size_t Registry::electors(WallTime now) const {
  return polls_.electors(epoch_of(term_of(now)));
}

}  // namespace grapevine::dns
