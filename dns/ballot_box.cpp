#include "dns/ballot_box.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

/// Removes what `goes` picks and adds the records to `dropped`.
template <class Held, class Predicate>
void take_out(std::vector<Held>& held, RecordType type, BallotBox::Dropped& dropped, Predicate goes) {
  std::erase_if(held, [&](const Held& each) {
    if (!goes(each)) return false;
    dropped.emplace_back(type, each.record);
    return true;
  });
}

bool covers(const BallotBox::Entry& entry, Term term) {
  return std::any_of(entry.certificates.begin(), entry.certificates.end(),
                     [term](const auto& held) { return epoch_of(term) <= epoch_of(held.choice.term); });
}

/// Keeps at most so many of those `counts` picks: the greatest by `rank` leaves, everywhere the same.
template <class Held, class Predicate, class Rank>
void keep_least(std::vector<Held>& held, std::size_t most, RecordType type, BallotBox::Dropped& dropped,
                Predicate counts, Rank rank) {
  while (static_cast<std::size_t>(std::count_if(held.begin(), held.end(), counts)) > most) {
    const Held* greatest = nullptr;
    for (const Held& each : held) {
      if (counts(each) && (greatest == nullptr || rank(*greatest) < rank(each))) greatest = &each;
    }
    dropped.emplace_back(type, greatest->record);
    held.erase(held.begin() + (greatest - held.data()));
  }
}

/// The verdict upon a record that was put in before the pruning.
BallotBox::Placed placed(BallotBox::Dropped dropped, const RecordId& record, Reason otherwise) {
  const auto self =
      std::find_if(dropped.begin(), dropped.end(), [&](const auto& each) { return each.second == record; });
  const bool stays = self == dropped.end();
  if (!stays) dropped.erase(self);
  return {.reason = stays ? Reason::none : otherwise, .dropped = std::move(dropped)};
}

}  // namespace

BallotBox::Placed BallotBox::place(const Skeleton& name, const HeldVote& vote) {
  Entry& entry = entries_[name];
  if (covers(entry, vote.ballot.choice.term)) return {.reason = Reason::stale};
  entry.votes.push_back(vote);
  Dropped dropped;
  keep_least(
      entry.votes, votes_a_term_max, RecordType::vote, dropped,
      [&](const HeldVote& held) {
        return held.ballot.voter == vote.ballot.voter && held.ballot.choice.term == vote.ballot.choice.term;
      },
      [](const HeldVote& held) { return held.record; });
  return placed(std::move(dropped), vote.record, Reason::over_quota);
}

BallotBox::Placed BallotBox::place(const Skeleton& name, const HeldCertificate& certificate) {
  Entry& entry = entries_[name];
  entry.certificates.push_back(certificate);
  const Choice& choice = certificate.choice;
  const auto of_claim = [&](const HeldCertificate& held) { return held.choice.claim == choice.claim; };
  Dropped dropped;
  keep_least(
      entry.certificates, 1, RecordType::certificate, dropped,
      [&](const HeldCertificate& held) {
        return of_claim(held) && epoch_of(held.choice.term) == epoch_of(choice.term);
      },
      [](const HeldCertificate& held) { return std::pair(held.choice.term, held.record); });
  keep_least(entry.certificates, certificates_max, RecordType::certificate, dropped, of_claim,
             [](const HeldCertificate& held) { return ~held.choice.term; });
  keep_least(
      entry.certificates, claims_certified_max * certificates_max, RecordType::certificate, dropped,
      [](const HeldCertificate&) { return true; },
      [](const HeldCertificate& held) { return std::pair(held.choice.since, held.record); });
  Placed result = placed(std::move(dropped), certificate.record, Reason::stale);
  if (result.reason == Reason::none)
    take_out(entry.votes, RecordType::vote, result.dropped, [&](const HeldVote& vote) {
      return epoch_of(vote.ballot.choice.term) <= epoch_of(choice.term);
    });
  return result;
}

BallotBox::Dropped BallotBox::expire(WallTime horizon) {
  Dropped dropped;
  for (auto at = entries_.begin(); at != entries_.end();) {
    Entry& entry = at->second;
    take_out(entry.votes, RecordType::vote, dropped,
             [horizon](const HeldVote& held) { return end_of_vote(held.ballot.choice.term) < horizon; });
    take_out(entry.certificates, RecordType::certificate, dropped, [horizon](const HeldCertificate& held) {
      return end_of_certificate(held.choice.term) < horizon;
    });
    at = entry.votes.empty() && entry.certificates.empty() ? entries_.erase(at) : std::next(at);
  }
  return dropped;
}

std::vector<std::pair<Skeleton, RecordId>> BallotBox::retract(
    const NodeId& voter, const std::function<bool(std::uint32_t)>& falls) {
  std::vector<std::pair<Skeleton, RecordId>> retracted;
  for (auto& [name, entry] : entries_) {
    std::erase_if(entry.votes, [&, &name = name](const HeldVote& held) {
      const bool goes = held.ballot.voter == voter && falls(held.rot);
      if (goes) retracted.emplace_back(name, held.record);
      return goes;
    });
  }
  return retracted;
}

BallotBox::Dropped BallotBox::withdraw(const Skeleton& name, const NodeId& claim) {
  Dropped dropped;
  const auto at = entries_.find(name);
  if (at != entries_.end())
    take_out(at->second.votes, RecordType::vote, dropped,
             [&](const HeldVote& held) { return held.ballot.choice.claim == claim; });
  return dropped;
}

const BallotBox::Entry* BallotBox::find(const Skeleton& name) const {
  const auto at = entries_.find(name);
  return at == entries_.end() ? nullptr : &at->second;
}

bool BallotBox::certifies(const Skeleton& name, const NodeId& claim) const {
  const Entry* entry = find(name);
  return entry != nullptr &&
         std::any_of(entry->certificates.begin(), entry->certificates.end(),
                     [&](const HeldCertificate& held) { return held.choice.claim == claim; });
}

WallTime end_of_vote(Term term) {
  return begin_of(term + (ends_epoch(term) ? certificate_life : vote_life));
}

WallTime end_of_certificate(Term term) {
  return begin_of(term + 2 * (certificate_life + certificate_grace));
}

}  // namespace grapevine::dns
