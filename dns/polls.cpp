#include "dns/polls.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

/// Who gave a name up keeps others from it for a day, as who let its certificate lapse.
bool is_released(const Ledger::NameHead& head, WallTime now) {
  return head.given_up && term_of(head.issued) + certificate_grace <= term_of(now);
}

}  // namespace

Poll Polls::of(const Skeleton& name, WallTime now) const {
  Poll poll;
  std::vector<std::pair<std::uint64_t, NodeId>> heard;
  if (const auto claims = ledger_->claims().find(name); claims != ledger_->claims().end()) {
    for (const NodeId& node : claims->second) {
      const auto& head = *ledger_->find(node)->find(name);
      if (!head.given_up && head.ends > now && roster_->is_member(node, now))
        heard.emplace_back(head.heard, node);
    }
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
    if (head == nullptr || !is_released(*head, now)) poll.titles.push_back(held.choice);
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
  if (kept.members_seen == ledger_->member_changes()) return kept;
  kept.members_seen = ledger_->member_changes();
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
                       .since = held->not_before,
                       .until = held->not_after,
                       .admission = held->issuer == NodeId{} ? Elector::Admission::by_root
                                                             : Elector::Admission::by_member});
  }
  return members;
}

}  // namespace grapevine::dns
