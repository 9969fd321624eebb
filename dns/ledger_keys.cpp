// What a node's keys are worth: its chain, and what suspends, ends or convicts it. A change of keys takes
// with it whatever rested on the keys before.
#include "dns/ledger.hpp"

#include <algorithm>

namespace grapevine::dns {

Reason Ledger::place_origin(const RecordId& id, View envelope, const NodeId& node, const Origin& origin) {
  Entry& entry = entries_.at(node);
  if (entry.keys) return Reason::stale;
  if (set_.size() >= records_max) return Reason::no_room;
  entry.keys.emplace(KeyChain::Link{.record = id, .key = origin.key, .next = origin.next});
  keep(RecordType::id, id, envelope);
  return Reason::none;
}

Reason Ledger::place(const RecordId& id, View envelope, const Rotation& rotation) {
  Entry& entry = entries_.at(rotation.node);
  const auto* rival = entry.keys->find(rotation.rot);
  if (rival != nullptr && id <= rival->record) return Reason::stale;
  if (rival == nullptr && set_.size() >= records_max) return Reason::no_room;
  const auto replaced =
      entry.keys->put(rotation.rot, {.record = id, .key = rotation.key, .next = rotation.next});
  keep(RecordType::rotation, id, envelope);
  for (const auto& link : replaced) drop(RecordType::rotation, link.record);
  if (!replaced.empty()) drop_beyond(rotation.node, entry, rotation.rot);
  drop_spoken(rotation.node, entry, [&](std::uint32_t rot) { return rot != rotation.rot; });
  changed_.insert(rotation.node);
  return Reason::none;
}

Reason Ledger::place(const RecordId& id, View envelope, const Suspension& suspension) {
  changed_.insert(suspension.node);
  return place_mark(RecordType::suspension, id, envelope, entries_.at(suspension.node).suspended,
                    suspension.rot);
}

Reason Ledger::place(const RecordId& id, View envelope, const Retirement& retirement) {
  Entry& entry = entries_.at(retirement.node);
  changed_.insert(retirement.node);
  const Reason reason = place_mark(RecordType::retirement, id, envelope, entry.retired, retirement.rot);
  if (reason == Reason::none) drop_spoken(retirement.node, entry, [](std::uint32_t) { return true; });
  return reason;
}

/// One of each kind is enough; of several the one with the largest record id, everywhere alike.
Reason Ledger::place_mark(RecordType type, const RecordId& id, View envelope, std::optional<KeyMark>& mark,
                          std::uint32_t rot) {
  if (mark && id <= mark->record) return Reason::stale;
  if (!mark && set_.size() >= records_max) return Reason::no_room;
  drop_mark(type, mark);
  mark = KeyMark{.rot = rot, .record = id};
  keep(type, id, envelope);
  return Reason::none;
}

Reason Ledger::place_evidence(const RecordId& id, View envelope, const Speaker& accused) {
  auto& held = entries_.at(accused.node).evidence;
  if (set_.size() >= records_max) return Reason::no_room;
  const auto at =
      std::find_if(held.begin(), held.end(), [&](const KeyMark& mark) { return id < mark.record; });
  if (at == held.end() && held.size() >= evidence_held_max) return Reason::over_quota;
  held.insert(at, {.rot = accused.rot, .record = id});
  keep(RecordType::evidence, id, envelope);
  ++roll_changes_;
  changed_.insert(accused.node);
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
  drop_revocations([&](const Expulsion& one) { return one.by == node && falls(one.rot); });
}

/// The chain now ends at `rot` and once went on: what refers to later keys has lost its ground.
void Ledger::drop_beyond(const NodeId& node, Entry& entry, std::uint32_t rot) {
  if (entry.retired && entry.retired->rot > rot) drop_mark(RecordType::retirement, entry.retired);
  for (std::size_t i = entry.evidence.size(); i-- > 0;) {
    if (entry.evidence[i].rot <= rot) continue;
    drop(RecordType::evidence, entry.evidence[i].record);
    entry.evidence.erase(entry.evidence.begin() + static_cast<std::ptrdiff_t>(i));
  }
  for (auto& [giver, other] : entries_) {
    for (std::size_t i = other.names.size(); i-- > 0;) {
      const auto& handover = other.names[i].handover;
      if (handover && handover->to == node && handover->to_rot > rot) drop_name(giver, other, i);
    }
  }
}

void Ledger::drop_keys(Entry& entry) {
  drop_mark(RecordType::retirement, entry.retired);
  for (const KeyMark& mark : entry.evidence) drop(RecordType::evidence, mark.record);
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
