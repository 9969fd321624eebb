#include "dns/ledger.hpp"

#include <algorithm>

namespace grapevine::dns {

const Ledger::NameHead* Ledger::Entry::find(const Skeleton& skeleton) const {
  const auto at = std::find_if(names.begin(), names.end(),
                               [&](const NameHead& head) { return head.skeleton == skeleton; });
  return at == names.end() ? nullptr : &*at;
}

const Ledger::Entry* Ledger::find(const NodeId& node) const {
  const auto at = entries_.find(node);
  return at == entries_.end() ? nullptr : &at->second;
}

Reason Ledger::place_member(View envelope, const NodeId& node, const MemberHead& head) {
  const auto held = entries_.lower_bound(node);
  if (held == entries_.end() || held->first != node) {
    if (is_full()) return Reason::no_room;
    entries_.emplace_hint(held, node, Entry{})->second.member = head;
  } else {
    const MemberHead& old = held->second.member;
    if (head.precedence() <= old.precedence()) return Reason::stale;
    drop(RecordType::member, old.record);
    for (const NameHead& name : held->second.names) uncount_guest(held->first, held->second, name);
    const bool is_another = std::tie(head.role, head.issuer) != std::tie(old.role, old.issuer);
    held->second.member = head;
    for (const NameHead& name : held->second.names) count_guest(held->first, held->second, name);
    if (is_another) mark_dependents(node);
    if (head.role != Role::admin) drop_revocations([&](const Expulsion& one) { return one.by == node; });
  }
  keep(RecordType::member, head.record, envelope);
  changed_.insert(node);
  ++roll_changes_;
  return Reason::none;
}

Reason Ledger::place(const RecordId& id, View envelope, const Address& address) {
  Entry& entry = entries_.at(address.node);
  const Rank rank{.rot = address.rot, .seq = address.seq, .record = id};
  if (entry.address && rank <= entry.address->rank) return Reason::stale;
  if (!entry.address && is_full()) return Reason::no_room;
  if (entry.address) drop_address(address.node, entry);
  entry.address = AddressHead{.rank = rank,
                              .ends = end_of(address),
                              .capabilities = {address.capabilities.begin(), address.capabilities.end()}};
  for (const auto& capability : entry.address->capabilities) capable_.emplace(capability, address.node);
  keep(RecordType::address, id, envelope);
  changed_.insert(address.node);
  return Reason::none;
}

Reason Ledger::place_vote(const RecordId& id, View envelope, const Vote& vote) {
  const Choice choice{.claim = vote.claim, .term = vote.term, .since = vote.since};
  const Skeleton name{vote.skeleton};
  return keep_placed(
      RecordType::vote, id, envelope, name,
      ballots_.place(name,
                     {.ballot = {.voter = vote.voter, .choice = choice}, .rot = vote.rot, .record = id}));
}

Reason Ledger::place_certificate(const RecordId& id, View envelope, const NameCertificate& certificate) {
  const Skeleton name{certificate.skeleton};
  if (is_full() && !claims_.contains(name)) return Reason::no_room;
  const Choice choice{.claim = certificate.claim, .term = certificate.term, .since = certificate.since};
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

void Ledger::expire(WallTime horizon) {
  const auto has_lost_ground = [&](const Entry& entry) {
    const bool rootless = entry.member.issuer != NodeId{} && find(entry.member.issuer) == nullptr;
    return rootless || until(entry.member) < horizon - grounds_life(entry.member.role);
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
  drop_revocations([&](const Expulsion& one) { return Revocation::forgotten(one.by, one.at) < horizon; });
  for (auto& [node, entry] : entries_) {
    if (until(entry.member) < horizon) silence(node, entry);
    if (entry.address && entry.address->ends < horizon) drop_address(node, entry);
    for (std::size_t i = entry.names.size(); i-- > 0;) {
      const auto& handover = entry.names[i].handover;
      const bool to_nobody = handover && find(handover->to) == nullptr;
      if (entry.names[i].ends < horizon || to_nobody) drop_name(node, entry, i);
    }
  }
}

Ledger::MemberHead Ledger::head_of(const RecordId& id, const Certificate& certificate,
                                   const Signature& signature) {
  return {.record = id,
          .issuer = certificate.issuer,
          .inviter = certificate.inception.inviter,
          .role = certificate.role,
          .admitted = certificate.admitted,
          .not_after = certificate.not_after,
          .admission = admission_of(certificate),
          .hash = precedence_of(certificate, signature).hash};
}

bool Ledger::is_guest(const MemberHead& member) const {
  const Entry* host = find(member.inviter);
  return member.inviter != NodeId{} && (host == nullptr || host->member.role != Role::admin);
}

WallTime Ledger::until(const MemberHead& member) const {
  const Entry* issuer = find(member.issuer);
  return issuer == nullptr ? member.not_after : std::min(member.not_after, issuer->member.not_after);
}

std::chrono::minutes Ledger::grounds_life(Role role) {
  constexpr Term checked = 2 * (certificate_life + certificate_grace) + terms_an_epoch;
  return role == Role::admin ? Revocation::remembered : checked * term_length;
}

std::optional<Address> Ledger::address_of(const NodeId& node) const {
  const Entry* entry = find(node);
  if (entry == nullptr || !entry->address) return std::nullopt;
  return read<Address>(entry->address->rank.record);
}

std::optional<Told> Ledger::told(const RecordId& id) const {
  const auto kept = store_->get(Table::told, id.value.view());
  auto told = kept ? wire::decode<Told>(*kept) : fail(Code::unknown, {});
  return told ? std::optional(*std::move(told)) : std::nullopt;
}

void Ledger::remember(const RecordId& id, const Told& told) {
  store_->put(Table::told, id.value.view(), wire::encode(told));
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

void Ledger::drop_entry(const NodeId& node) {
  Entry& entry = entries_.at(node);
  drop_spoken(node, entry, [](std::uint32_t) { return true; });
  drop_keys(entry);
  drop(RecordType::member, entry.member.record);
  changed_.insert(node);
  ++roll_changes_;
  entries_.erase(node);  // last: the id may be the entry's own
}

}  // namespace grapevine::dns
