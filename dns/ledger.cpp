#include "dns/ledger.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

auto place_of(std::vector<Ledger::NameHead>& names, const Skeleton& skeleton) {
  return std::lower_bound(
      names.begin(), names.end(), skeleton,
      [](const Ledger::NameHead& head, const Skeleton& key) { return head.skeleton < key; });
}

RecordType type_of(const Ledger::NameHead& head) {
  return head.handover ? RecordType::transfer : RecordType::name;
}

bool is_claim(const Ledger::NameHead& head) {
  return !head.given_up && !head.handover;
}

}  // namespace

const Ledger::NameHead* Ledger::Entry::find(const Skeleton& skeleton) const {
  const auto at = std::find_if(names.begin(), names.end(),
                               [&](const NameHead& head) { return head.skeleton == skeleton; });
  return at == names.end() ? nullptr : &*at;
}

const Ledger::Entry* Ledger::find(const NodeId& node) const {
  const auto at = entries_.find(node);
  return at == entries_.end() ? nullptr : &at->second;
}

Reason Ledger::place_member(const RecordId& id, View envelope, const Certificate& certificate) {
  const MemberHead head{.record = id,
                        .issuer = certificate.issuer,
                        .inviter = certificate.inviter,
                        .role = certificate.role,
                        .not_after = certificate.not_after,
                        .serial = certificate.serial};
  const auto held = entries_.lower_bound(certificate.node);
  if (held == entries_.end() || held->first != certificate.node) {
    if (set_.size() >= records_max) return Reason::no_room;
    entries_.emplace_hint(held, certificate.node, Entry{})->second.member = head;
  } else {
    const MemberHead& old = held->second.member;
    if (std::tie(head.not_after, head.record) <= std::tie(old.not_after, old.record)) return Reason::stale;
    drop(RecordType::member, old.record);
    for (const NameHead& name : held->second.names) uncount_guest(held->first, held->second, name);
    held->second.member = head;
    for (const NameHead& name : held->second.names) count_guest(held->first, held->second, name);
  }
  keep(RecordType::member, id, envelope);
  changed_.insert(certificate.node);
  ++roll_changes_;
  return Reason::none;
}

Reason Ledger::place(const RecordId& id, View envelope, const Address& address) {
  Entry& entry = entries_.at(address.node);
  const Rank rank{.rot = address.rot, .seq = address.seq, .record = id};
  if (entry.address && rank <= entry.address->rank) return Reason::stale;
  if (!entry.address && set_.size() >= records_max) return Reason::no_room;
  if (entry.address) drop_address(address.node, entry);
  entry.address = AddressHead{.rank = rank,
                              .ends = end_of(address),
                              .capabilities = {address.capabilities.begin(), address.capabilities.end()}};
  for (const auto& capability : entry.address->capabilities) capable_.emplace(capability, address.node);
  keep(RecordType::address, id, envelope);
  changed_.insert(address.node);
  return Reason::none;
}

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
  if (!held && set_.size() >= records_max) return Reason::no_room;

  const auto type = type_of(head);
  const RecordId id = head.rank.record;
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
  return set_.contains(type, id) ? Reason::none : Reason::over_quota;
}

/// A guest's claims count against whoever let it in, unless that is the root or an admin: these could admit
/// whom they like anyway.
void Ledger::count_guest(const NodeId& node, const Entry& entry, const NameHead& head) {
  const NodeId& inviter = entry.member.inviter;
  const Entry* host = find(inviter);
  const bool is_trusted = inviter == NodeId{} || (host != nullptr && host->member.role == Role::admin);
  if (is_claim(head) && !is_trusted)
    guests_[inviter].insert({.record = head.rank.record, .node = node, .name = head.skeleton});
}

void Ledger::uncount_guest(const NodeId& node, const Entry& entry, const NameHead& head) {
  const auto at = guests_.find(entry.member.inviter);
  if (at == guests_.end()) return;
  at->second.erase({.record = head.rank.record, .node = node, .name = head.skeleton});
  if (at->second.empty()) guests_.erase(at);
}

/// Of too many, those without a certificate go first, then those with the greatest record ids: everywhere the
/// same.
void Ledger::prune_guests(const NodeId& inviter) {
  const auto stays_before = [&](const Guest& a, const Guest& b) {
    return std::pair(!ballots_.certifies(a.name, a.node), a.record) <
           std::pair(!ballots_.certifies(b.name, b.node), b.record);
  };
  for (auto at = guests_.find(inviter); at != guests_.end() && at->second.size() > names_invited_max;
       at = guests_.find(inviter)) {
    const Guest last = *std::max_element(at->second.begin(), at->second.end(), stays_before);
    Entry& entry = entries_.at(last.node);
    drop_name(last.node, entry,
              static_cast<std::size_t>(place_of(entry.names, last.name) - entry.names.begin()));
  }
}

Reason Ledger::place_vote(const RecordId& id, View envelope, const Vote& vote) {
  if (set_.size() >= records_max) return Reason::no_room;
  const Choice choice{.claim = vote.claim, .term = vote.term, .since = vote.since};
  const Skeleton name{vote.skeleton};
  return keep_placed(RecordType::vote, id, envelope, name,
                     ballots_.place(name, {.ballot = {.voter = vote.voter, .choice = choice}, .record = id}));
}

Reason Ledger::place_certificate(const RecordId& id, View envelope, const NameCertificate& certificate) {
  if (set_.size() >= records_max) return Reason::no_room;
  const Choice choice{.claim = certificate.claim, .term = certificate.term, .since = certificate.since};
  const Skeleton name{certificate.skeleton};
  return keep_placed(RecordType::certificate, id, envelope, name,
                     ballots_.place(name, {.choice = choice, .record = id}));
}

Reason Ledger::keep_placed(RecordType type, const RecordId& id, View envelope, const Skeleton& name,
                           const BallotBox::Placed& placed) {
  if (placed.reason != Reason::none) return placed.reason;
  drop_all(placed.dropped);
  keep(type, id, envelope);
  mark_claimants(name);
  return Reason::none;
}

/// The index of a name to drop: of too many of a kind, one without a certificate before one with, then the
/// one with the greatest record id, everywhere the same.
std::optional<std::size_t> Ledger::beyond_quota(const NodeId& node, const Entry& entry) const {
  const auto rank = [&](const NameHead& head) {
    return std::pair(!ballots_.certifies(head.skeleton, node), head.rank.record);
  };
  for (const auto& [given_up, most] :
       {std::pair(false, names_held_max), std::pair(true, names_given_up_max)}) {
    std::size_t count = 0;
    std::optional<std::size_t> greatest;
    for (std::size_t i = 0; i < entry.names.size(); ++i) {
      if (is_claim(entry.names[i]) == given_up) continue;
      ++count;
      if (!greatest || rank(entry.names[*greatest]) < rank(entry.names[i])) greatest = i;
    }
    if (count > most) return greatest;
  }
  return std::nullopt;
}

void Ledger::expire(WallTime horizon) {
  const auto has_lost_ground = [&](const Entry& entry) {
    const bool rootless = entry.member.issuer != NodeId{} && find(entry.member.issuer) == nullptr;
    return entry.member.not_after < horizon || rootless;
  };
  for (bool changed = true; changed;) {  // at most as often as a chain is long
    changed = false;
    for (auto at = entries_.begin(); at != entries_.end();) {
      const auto here = at++;
      if (!has_lost_ground(here->second)) continue;
      drop_entry(here->first);
      changed = true;
    }
  }
  drop_all(ballots_.expire(horizon));
  drop_revocations([&](const Expulsion& one) { return one.at + Revocation::remembered < horizon; });
  for (auto& [node, entry] : entries_) {
    if (entry.address && entry.address->ends < horizon) drop_address(node, entry);
    for (std::size_t i = entry.names.size(); i-- > 0;) {
      const auto& handover = entry.names[i].handover;
      const bool to_nobody = handover && find(handover->to) == nullptr;
      if (entry.names[i].ends < horizon || to_nobody) drop_name(node, entry, i);
    }
  }
}

std::optional<Address> Ledger::address_of(const NodeId& node) const {
  const Entry* entry = find(node);
  if (entry == nullptr || !entry->address) return std::nullopt;
  const auto envelope = store_->get(Table::record, entry->address->rank.record.value.view());
  const auto body = envelope ? body_of(*envelope) : std::nullopt;
  const auto* address = body ? std::get_if<Address>(&*body) : nullptr;
  return address == nullptr ? std::nullopt : std::optional(*address);
}

std::optional<Told> Ledger::told(const RecordId& id) const {
  const auto kept = store_->get(Table::told, id.value.view());
  auto told = kept ? wire::decode<Told>(*kept) : fail(Code::unknown, {});
  return told ? std::optional(*std::move(told)) : std::nullopt;
}

void Ledger::remember(const RecordId& id, const Told& told) {
  store_->put(Table::told, id.value.view(), wire::encode(told));
}

const NodeId& Ledger::bearer_of(const NodeId& node, const NameHead& head, WallTime now) const {
  const bool is_over =
      head.handover && begin_of(head.handover->not_before) <= now && !entries_.at(node).suspended;
  return is_over ? head.handover->to : node;
}

std::vector<Ledger::LiveClaim> Ledger::live_claims(const Skeleton& skeleton, WallTime now) const {
  std::map<NodeId, const NameHead*> live;
  const auto at = claims_.find(skeleton);
  if (at == claims_.end()) return {};
  for (const NodeId& node : at->second) {
    const Entry& entry = *find(node);
    const NameHead& head = *entry.find(skeleton);
    if ((head.given_up && !entry.suspended) || head.ends <= now) continue;
    const NodeId& bearer = bearer_of(node, head, now);
    if (bearer == node) {
      live[node] = &head;  // one's own claim before one that was handed over
    } else {
      live.try_emplace(bearer, &head);
    }
  }
  std::vector<LiveClaim> claims;
  for (const auto& [bearer, head] : live) claims.push_back({bearer, head});
  return claims;
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

void Ledger::turn(Term before, Term now) {
  const auto comes = [&](Term term) { return before < term && term <= now; };
  for (const Gift& gift : gifts_) {
    if (comes(entries_.at(gift.from).find(gift.name)->handover->not_before)) mark_claimants(gift.name);
  }
  for (const auto& [name, said] : ballots_.entries()) {
    for (const auto& held : said.certificates) {
      const Term end = held.choice.term + certificate_life;
      if (comes(end) || comes(end + certificate_grace)) mark_claimants(name);
    }
  }
}

std::optional<NodeId> Ledger::capable_after(const std::string& capability, const NodeId& after) const {
  const auto at = capable_.upper_bound({capability, after});
  return at == capable_.end() || at->first != capability ? std::nullopt : std::optional(at->second);
}

bool Ledger::is_capable(const std::string& capability, const NodeId& node) const {
  return capable_.contains({capability, node});
}

void Ledger::keep(RecordType type, const RecordId& id, View envelope) {
  set_.insert(type, id);
  store_->put(Table::record, id.value.view(), envelope);
}

void Ledger::drop(RecordType type, const RecordId& id) {
  set_.erase(type, id);
  store_->erase(Table::record, id.value.view());
  store_->erase(Table::told, id.value.view());
}

void Ledger::drop_all(const BallotBox::Dropped& records) {
  for (const auto& [type, id] : records) drop(type, id);
}

void Ledger::drop_address(const NodeId& node, Entry& entry) {
  for (const auto& capability : entry.address->capabilities) capable_.erase({capability, node});
  drop(RecordType::address, entry.address->rank.record);
  entry.address.reset();
  changed_.insert(node);
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

void Ledger::drop_entry(const NodeId& node) {
  Entry& entry = entries_.at(node);
  drop_spoken(node, entry, [](std::uint32_t) { return true; });
  drop_keys(entry);
  drop(RecordType::member, entry.member.record);
  entries_.erase(node);
  changed_.insert(node);
  ++roll_changes_;
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
