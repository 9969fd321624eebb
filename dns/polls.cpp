#include "dns/polls.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

/// Who gave a name up keeps others from it for a day, as who let its certificate lapse.
bool is_released(const Ledger::NameHead& head, WallTime now) {
  return head.given_up && term_of(head.issued) + certificate_grace <= term_of(now);
}

/// When everybody knows of what happened in this term.
WallTime known_from(Term term) {
  return begin_of((epoch_of(term) + probation) * terms_an_epoch);
}

}  // namespace

Poll Polls::of(const Skeleton& name, WallTime now) const {
  Poll poll;
  std::vector<std::pair<std::uint64_t, NodeId>> heard;
  for (const auto& [bearer, head] : ledger_->live_claims(name, now)) {
    if (roster_->is_member(bearer, now)) heard.emplace_back(head->heard, bearer);
  }
  std::sort(heard.begin(), heard.end());
  for (const auto& [order, node] : heard) {
    poll.claimants.push_back({.node = node, .lot = {}});
    if (heard.size() > 1)  // one alone needs no lot
      poll.claimants.back().lot =
          hash<16>(purpose::lot, {roster_->mesh().id.value.view(), node.value.view(), view(name.value)});
  }

  const auto* box = ledger_->ballots().find(name);
  if (box == nullptr) return poll;
  for (const auto& held : box->certificates) {
    const auto* entry = ledger_->find(held.choice.claim);
    const auto* head = entry == nullptr ? nullptr : entry->find(name);
    if (head != nullptr && is_released(*head, now)) continue;
    const NodeId& bearer =
        head == nullptr ? held.choice.claim : ledger_->bearer_of(held.choice.claim, *head, now);
    if (roster_->voice_of(bearer) > Voice::muted) continue;  // what was its own is free at once
    poll.titles.push_back(held.choice);
    poll.titles.back().claim = bearer;
  }
  std::map<Term, Round> rounds;
  for (const auto& held : box->votes) rounds[held.ballot.choice.term].ballots.push_back(held.ballot);
  for (auto& [term, round] : rounds) {
    round.term = term;
    round.quorum = quorum(epoch_of(term));
    poll.rounds.push_back(std::move(round));
  }
  return poll;
}

const std::vector<NodeId>& Polls::jury_of(const Skeleton& name, Epoch epoch) const {
  Electorate& electorate = electorate_of(epoch);
  const auto kept = electorate.juries.find(name);
  if (kept != electorate.juries.end()) return kept->second;
  if (electorate.juries.size() >= juries_max) electorate.juries.clear();
  return electorate.juries[name] = jury(name, roster_->mesh().id, epoch, electorate.electors);
}

bool Polls::is_juror(const NodeId& node, const Skeleton& name, Term term) const {
  const auto& jurors = jury_of(name, epoch_of(term));
  return std::binary_search(jurors.begin(), jurors.end(), node);
}

Polls::Electorate& Polls::electorate_of(Epoch epoch) const {
  if (electorates_.size() >= epochs_max && !electorates_.contains(epoch))
    electorates_.erase(electorates_.begin());
  Electorate& kept = electorates_[epoch];
  if (kept.as_of == ledger_->roll_changes()) return kept;
  kept.as_of = ledger_->roll_changes();
  auto now = electorate(members(), epoch);
  if (now != kept.electors) {
    kept.electors = std::move(now);
    kept.juries.clear();
  }
  return kept;
}

std::vector<Elector> Polls::members() const {
  std::vector<Elector> members;
  for (const auto& [node, entry] : ledger_->entries()) {
    const Certificate* held = roster_->find(node);
    if (held == nullptr) continue;
    const Certificate* inviter = roster_->find(held->inviter);
    const bool is_limited = inviter != nullptr && inviter->role == Role::inviter;
    members.push_back({.node = node,
                       .inviter = is_limited ? held->inviter : NodeId{},
                       .since = held->admitted,
                       .until = std::min(held->not_after, barred_from(node, entry)),
                       .admission = held->issuer == NodeId{} ? Elector::Admission::by_root
                                                             : Elector::Admission::by_member});
  }
  return members;
}

/// Two votes in one term bar from the juries two days later, when everybody knows of them; so does being
/// expelled. The certificates they are part of stay: else a liar could unseat an incumbent by convicting
/// itself.
WallTime Polls::barred_from(const NodeId& node, const Ledger::Entry& entry) const {
  WallTime from = WallTime::max();
  if (roster_->voice_of(node) == Voice::revoked) {
    const auto* own = ledger_->expulsion_of(node);
    const auto* expulsion = own != nullptr ? own : ledger_->expulsion_of(entry.member.issuer);
    if (expulsion != nullptr) from = known_from(term_of(expulsion->at));
  }
  for (const auto& mark : entry.evidence) {
    const auto envelope = ledger_->store().get(Table::record, mark.record.value.view());
    const auto body = envelope ? body_of(*envelope) : std::nullopt;
    const auto* evidence = body ? std::get_if<Evidence>(&*body) : nullptr;
    const auto quoted = evidence != nullptr ? body_of(evidence->one) : std::nullopt;
    if (const auto* vote = quoted ? std::get_if<Vote>(&*quoted) : nullptr)
      from = std::min(from, known_from(vote->term));
  }
  return from;
}

}  // namespace grapevine::dns
