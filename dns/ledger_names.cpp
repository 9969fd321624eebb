// Who claims a name, who has handed it over, and which of too many claims stay.
#include "dns/ledger.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

auto place_of(std::vector<Ledger::NameHead>& names, const Skeleton& skeleton) {
  return std::lower_bound(
      names.begin(), names.end(), skeleton,
      [](const Ledger::NameHead& head, const Skeleton& key) { return head.skeleton < key; });
}

std::size_t index_of(std::vector<Ledger::NameHead>& names, const Skeleton& skeleton) {
  return static_cast<std::size_t>(place_of(names, skeleton) - names.begin());
}

RecordType type_of(const Ledger::NameHead& head) {
  return head.handover ? RecordType::transfer : RecordType::name;
}

enum class Kind : std::uint8_t { claim, handover, given_up };
Kind kind_of(const Ledger::NameHead& head) {
  return head.given_up ? Kind::given_up : head.handover ? Kind::handover : Kind::claim;
}

}  // namespace

Reason Ledger::place(const RecordId& id, View envelope, const NameClaim& claim) {
  return place_head(envelope, claim.node,
                    {.skeleton = skeleton_of(claim.name),
                     .label = claim.name,
                     .rank = {.rot = claim.rot, .seq = claim.seq, .record = id},
                     .issued = claim.issued,
                     .ends = end_of(claim),
                     .given_up = claim.key_lease_s == 0,
                     .heard = arrivals_.of(claim)});
}

Reason Ledger::place(const RecordId& id, View envelope, const Transfer& transfer) {
  return place_head(envelope, transfer.from,
                    {.skeleton = skeleton_of(transfer.name),
                     .label = transfer.name,
                     .rank = {.rot = transfer.from_rot, .seq = transfer.from_seq, .record = id},
                     .issued = begin_of(transfer.not_before),
                     .ends = end_of(transfer),
                     .heard = arrivals_.next(),
                     .handover = Handover{
                         .to = transfer.to, .to_rot = transfer.to_rot, .not_before = transfer.not_before}});
}

Reason Ledger::place_head(View envelope, const NodeId& node, NameHead head) {
  Entry& entry = entries_.at(node);
  auto at = place_of(entry.names, head.skeleton);
  const bool held = at != entry.names.end() && at->skeleton == head.skeleton;
  if (held && head.rank <= at->rank) return Reason::stale;
  if (!held && is_full()) return Reason::no_room;

  const auto type = type_of(head);
  const RecordId id = head.rank.record;
  const auto receiver = head.handover ? std::optional(head.handover->to) : std::nullopt;
  if (held && !at->given_up) head.heard = at->heard;
  if (held) {
    mark_claimants(at->skeleton);  // also to whom it was to be handed over
    forget_gift(node, *at);
    uncount_guest(node, entry, *at);
    drop(type_of(*at), at->rank.record);
    *at = std::move(head);
  } else {
    auto& claimants = claims_[head.skeleton];
    claimants.insert(std::lower_bound(claimants.begin(), claimants.end(), node), node);
    at = entry.names.insert(at, std::move(head));
  }
  keep(type, id, envelope);
  if (at->handover) gifts_.insert({.to = at->handover->to, .name = at->skeleton, .from = node});
  mark_claimants(at->skeleton);
  count_guest(node, entry, *at);
  if (const auto excess = beyond_quota(node, entry)) drop_name(node, entry, *excess);
  prune_guests(entry.member.inviter);
  if (receiver) prune_gifts(*receiver);
  return set_.contains(type, id) ? Reason::none : Reason::over_quota;
}

void Ledger::count_guest(const NodeId& node, const Entry& entry, const NameHead& head) {
  if (!head.given_up && is_guest(entry.member))
    guests_[entry.member.inviter].insert({.record = head.rank.record, .node = node, .name = head.skeleton});
}

void Ledger::uncount_guest(const NodeId& node, const Entry& entry, const NameHead& head) {
  const auto at = guests_.find(entry.member.inviter);
  if (at == guests_.end()) return;
  at->second.erase({.record = head.rank.record, .node = node, .name = head.skeleton});
  if (at->second.empty()) guests_.erase(at);
}

/// Of too many names the greatest in this order goes first: one without a certificate before one with, then
/// the one with the greatest record id, everywhere the same.
std::pair<bool, RecordId> Ledger::dispensability(const NodeId& node, const Skeleton& name,
                                                 const RecordId& record) const {
  return {!ballots_.certifies(name, node), record};
}

void Ledger::prune_guests(const NodeId& inviter) {
  const auto stays_before = [&](const Guest& a, const Guest& b) {
    return dispensability(a.node, a.name, a.record) < dispensability(b.node, b.name, b.record);
  };
  for (auto at = guests_.find(inviter); at != guests_.end() && at->second.size() > names_invited_max;
       at = guests_.find(inviter)) {
    const Guest last = *std::max_element(at->second.begin(), at->second.end(), stays_before);
    Entry& entry = entries_.at(last.node);
    drop_name(last.node, entry, index_of(entry.names, last.name));
  }
}

/// One at most: it is called for each that is added.
void Ledger::prune_gifts(const NodeId& to) {
  const auto rank = [&](const Gift& gift) {
    return dispensability(gift.from, gift.name, entries_.at(gift.from).find(gift.name)->rank.record);
  };
  const auto first = gifts_.lower_bound({.to = to});
  const auto end = std::find_if(first, gifts_.end(), [&](const Gift& gift) { return gift.to != to; });
  if (static_cast<std::size_t>(std::distance(first, end)) <= names_handed_over_max) return;
  const Gift last =
      *std::max_element(first, end, [&](const Gift& a, const Gift& b) { return rank(a) < rank(b); });
  Entry& giver = entries_.at(last.from);
  drop_name(last.from, giver, index_of(giver.names, last.name));
}

/// The index of a name to drop, when there are too many of its kind.
std::optional<std::size_t> Ledger::beyond_quota(const NodeId& node, const Entry& entry) const {
  const auto rank = [&](const NameHead& head) {
    return dispensability(node, head.skeleton, head.rank.record);
  };
  for (const auto& [kind, most] :
       {std::pair(Kind::claim, names_held_max), std::pair(Kind::handover, names_handed_over_max),
        std::pair(Kind::given_up, names_given_up_max)}) {
    std::size_t count = 0;
    std::optional<std::size_t> greatest;
    for (std::size_t i = 0; i < entry.names.size(); ++i) {
      if (kind_of(entry.names[i]) != kind) continue;
      ++count;
      if (!greatest || rank(entry.names[*greatest]) < rank(entry.names[i])) greatest = i;
    }
    if (count > most) return greatest;
  }
  return std::nullopt;
}

Ledger::LiveClaim Ledger::outcome_of(const NodeId& node, const NameHead& head, WallTime now) const {
  LiveClaim claim{node, &head};
  for (const NameHead* word = &head; word->handover && word->issued <= now && !is_suspended(claim.bearer);) {
    claim = {word->handover->to, word};
    const Entry* receiver = find(claim.bearer);
    const NameHead* since = receiver == nullptr ? nullptr : receiver->find(head.skeleton);
    if (since == nullptr || since->issued <= word->issued) break;  // each word is later, so this ends
    claim.head = word = since;
  }
  return claim;
}

std::vector<Ledger::LiveClaim> Ledger::live_claims(const Skeleton& skeleton, WallTime now) const {
  std::map<NodeId, const NameHead*> live;
  const auto at = claims_.find(skeleton);
  if (at == claims_.end()) return {};
  for (const NodeId& node : at->second) {
    const NameHead& said = *find(node)->find(skeleton);
    const auto [bearer, head] = outcome_of(node, said, now);
    const bool is_given_up = head->given_up && !is_suspended(bearer);
    if (is_given_up || said.ends <= now || head->ends <= now) continue;
    if (bearer == node) {
      live[node] = head;  // one's own claim before one that was handed over
    } else {
      live.try_emplace(bearer, head);
    }
  }
  std::vector<LiveClaim> claims;
  for (const auto& [bearer, head] : live) claims.push_back({bearer, head});
  return claims;
}

bool Ledger::is_suspended(const NodeId& node) const {
  const Entry* entry = find(node);
  return entry != nullptr && entry->suspended;
}

std::vector<Ledger::LiveClaim> Ledger::live_names(const NodeId& node, WallTime now) const {
  std::set<Skeleton> names;
  if (const Entry* entry = find(node)) {
    for (const NameHead& head : entry->names) names.insert(head.skeleton);
  }
  for (auto at = gifts_.lower_bound({.to = node}); at != gifts_.end() && at->to == node; ++at)
    names.insert(at->name);
  std::vector<LiveClaim> live;
  for (const Skeleton& name : names) {
    for (const LiveClaim& claim : live_claims(name, now)) {
      if (claim.bearer == node) live.push_back(claim);
    }
  }
  return live;
}

void Ledger::drop_name(const NodeId& node, Entry& entry, std::size_t index) {
  const auto at = entry.names.begin() + static_cast<std::ptrdiff_t>(index);
  uncount_guest(node, entry, *at);
  drop(type_of(*at), at->rank.record);
  drop_all(ballots_.withdraw(at->skeleton, node));
  mark_claimants(at->skeleton);
  forget_gift(node, *at);
  const auto claim = claims_.find(at->skeleton);
  std::erase(claim->second, node);
  if (claim->second.empty()) claims_.erase(claim);
  entry.names.erase(at);
}

void Ledger::forget_gift(const NodeId& node, const NameHead& head) {
  if (head.handover) gifts_.erase({.to = head.handover->to, .name = head.skeleton, .from = node});
}

/// All whom a name leads to, or may.
void Ledger::mark_claimants(const Skeleton& skeleton) {
  const auto claimants = claims_.find(skeleton);
  if (claimants == claims_.end()) return;
  for (const NodeId& node : claimants->second) {
    changed_.insert(node);
    const NameHead* head = entries_.at(node).find(skeleton);
    if (head != nullptr && head->handover) changed_.insert(head->handover->to);
  }
}

}  // namespace grapevine::dns
