// What a node's keys are worth: its chain, and what suspends, ends or convicts it. A change of keys takes
// with it whatever rested on the keys before.
#include "dns/ledger.hpp"

#include <algorithm>

namespace grapevine::dns {

Reason Ledger::place_origin(const RecordId& id, View envelope, const NodeId& node, const Origin& origin) {
  Entry& entry = entries_.at(node);
  if (entry.keys) return Reason::stale;
  if (is_full()) return Reason::no_room;
  entry.keys.emplace(id, origin);
  keep(RecordType::id, id, envelope);
  return Reason::none;
}

Reason Ledger::place(const RecordId& id, View envelope, const Rotation& rotation) {
  Entry& entry = entries_.at(rotation.node);
  if (is_full()) return Reason::no_room;
  entry.keys->append({.record = id, .key = rotation.key, .next = rotation.next});
  keep(RecordType::rotation, id, envelope);
  drop_spoken(rotation.node, entry, [&](std::uint32_t rot) { return rot != rotation.rot; });
  changed_.insert(rotation.node);
  return Reason::none;
}

Reason Ledger::place(const RecordId& id, View envelope, const Suspension& suspension) {
  changed_.insert(suspension.node);
  const Reason reason = place_mark(RecordType::suspension, id, envelope,
                                   entries_.at(suspension.node).suspended, suspension.rot);
  if (reason == Reason::none)
    drop_votes(suspension.node, [&](std::uint32_t rot) { return rot == suspension.rot; });
  return reason;
}

Reason Ledger::place(const RecordId& id, View envelope, const Retirement& retirement) {
  Entry& entry = entries_.at(retirement.node);
  changed_.insert(retirement.node);
  const Reason reason = place_mark(RecordType::retirement, id, envelope, entry.retired, 0);
  if (reason == Reason::none) drop_spoken(retirement.node, entry, [](std::uint32_t) { return true; });
  return reason;
}

/// One of each kind is enough; of several the one with the largest record id, everywhere alike.
Reason Ledger::place_mark(RecordType type, const RecordId& id, View envelope, std::optional<KeyMark>& mark,
                          std::uint32_t rot) {
  if (mark && id <= mark->record) return Reason::stale;
  drop_mark(type, mark);
  mark = KeyMark{.rot = rot, .record = id};
  keep(type, id, envelope);
  return Reason::none;
}

/// Of too many, double votes stay before what weighs less, and of these the earliest: else a convict could
/// bury what convicts it under evidence it makes against itself.
Reason Ledger::place_evidence(const RecordId& id, View envelope, const NodeId& accused,
                              std::optional<Term> double_vote) {
  auto& held = entries_.at(accused).evidence;
  if (is_full()) return Reason::no_room;
  const Conviction piece{.term = double_vote.value_or(UINT32_MAX), .record = id};
  const auto at = std::lower_bound(held.begin(), held.end(), piece);
  if (at == held.end() && held.size() >= evidence_held_max) return Reason::over_quota;
  held.insert(at, piece);
  keep(RecordType::evidence, id, envelope);
  changed_.insert(accused);
  if (held.size() > evidence_held_max) {
    drop(RecordType::evidence, held.back().record);
    held.pop_back();
  }
  return Reason::none;
}

/// Drops what keys of these numbers have said, be it of others: a thief who revoked them all is undone too.
void Ledger::drop_spoken(const NodeId& node, Entry& entry, const std::function<bool(std::uint32_t)>& falls) {
  if (entry.address && falls(entry.address->rank.rot)) drop_address(node, entry);
  for (std::size_t i = entry.names.size(); i-- > 0;) {
    if (falls(entry.names[i].rank.rot)) drop_name(node, entry, i);
  }
  if (entry.suspended && falls(entry.suspended->rot)) drop_mark(RecordType::suspension, entry.suspended);
  drop_votes(node, falls);
  drop_revocations([&](const Expulsion& one) { return one.by == node && falls(one.rot); });
}

void Ledger::drop_votes(const NodeId& voter, const std::function<bool(std::uint32_t)>& falls) {
  for (const auto& [name, record] : ballots_.retract(voter, falls)) {
    drop(RecordType::vote, record);
    mark_claimants(name);
  }
}

void Ledger::drop_keys(Entry& entry) {
  drop_mark(RecordType::retirement, entry.retired);
  for (const Conviction& piece : entry.evidence) drop(RecordType::evidence, piece.record);
  entry.evidence.clear();
  for (std::uint32_t rot = 0; entry.keys && rot <= entry.keys->rot(); ++rot)
    drop(rot == 0 ? RecordType::id : RecordType::rotation, entry.keys->find(rot)->record);
  entry.keys.reset();
}

void Ledger::drop_mark(RecordType type, std::optional<KeyMark>& mark) {
  if (mark) drop(type, mark->record);
  mark.reset();
}

}  // namespace grapevine::dns
