#include "dns/polls.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

/// Who gave a name up keeps others from it for a day, as who let its certificate lapse.
bool is_released(const Ledger::NameHead& head, WallTime now) {
  return head.given_up && term_of(head.issued) + certificate_grace <= term_of(now);
}

/// When everybody knows of what happened in this term; for the last terms too, whose epochs cannot be counted
/// on.
WallTime known_from(Term term) {
  return begin_of(epoch_of(term) * terms_an_epoch) + probation * terms_an_epoch * term_length;
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
    const auto [bearer, word] = head == nullptr ? Ledger::LiveClaim{held.choice.claim, nullptr}
                                                : ledger_->outcome_of(held.choice.claim, *head, now);
    if (word != nullptr && is_released(*word, now)) continue;
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
    const auto& member = entry.member;
    members.push_back({.node = node,
                       .inviter = ledger_->is_guest(member) ? member.inviter : NodeId{},
                       .since = member.admitted,
                       .until = std::min(ledger_->until(member), barred_from(node)),
                       .admission = member.issuer == NodeId{} ? Elector::Admission::by_root
                                                              : Elector::Admission::by_member});
  }
  return members;
}

/// The expelled leave the juries two days later, when everybody knows of it. Nothing that a member says
/// itself moves its seat: SUSPEND has no date but that of the key in doubt, RETIRE was made at birth, and a
/// date set back would change who judged the past.
WallTime Polls::barred_from(const NodeId& node) const {
  const auto expelled = ledger_->expelled_since(node);
  return expelled ? known_from(term_of(*expelled)) : WallTime::max();
}

}  // namespace grapevine::dns
