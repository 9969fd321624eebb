// Who is a member no more. Kept by the node it is about, which need not have been heard of yet: its
// certificate may come later, and must not bring it back. What the expelled have said of themselves leaves,
// and is not taken while they are expelled, so that a registry they have filled has room again.
#include "dns/ledger.hpp"

#include <algorithm>

namespace grapevine::dns {

Standing Ledger::standing_of(const NodeId& node) const {
  Standing standing;
  const Entry* entry = find(node);
  if (entry != nullptr && entry->keys && entry->keys->rot() > 0) standing.key = entry->keys->tip().key;
  if (const Expulsion* expulsion = expulsion_of(node)) {
    standing.voice = Voice::revoked;
    standing.kept = expulsion->kept;
  } else if (entry != nullptr && entry->retired) {
    standing.voice = Voice::retired;
  } else if (entry != nullptr && entry->suspended) {
    standing.voice = Voice::muted;
  }
  return standing;
}

const Ledger::Expulsion* Ledger::expulsion_of(const NodeId& node) const {
  const auto words = words_against(node);
  return words.empty() ? nullptr : &words.front();
}

/// Those that count; the root's is the first.
std::span<const Ledger::Expulsion> Ledger::words_against(const NodeId& node) const {
  const auto at = revoked_.find(node);
  if (at == revoked_.end()) return {};
  const std::span words(at->second);
  const Entry* entry = find(node);
  const bool is_admin = entry != nullptr && entry->member.role == Role::admin;
  return is_admin ? words.first(words.front().by == NodeId{} ? 1 : 0) : words;
}

/// Of several words the earliest, so that one more moves no jury of the past.
std::optional<WallTime> Ledger::expelled_since(const NodeId& node) const {
  std::optional<WallTime> since;
  const auto hear = [&](std::span<const Expulsion> words) {
    for (const Expulsion& one : words) since = since ? std::min(*since, one.at) : one.at;
  };
  hear(words_against(node));
  if (const Entry* entry = find(node)) {
    const auto& member = entry->member;
    for (const NodeId& sponsor : {member.inviter, member.issuer}) {
      const Expulsion* word = expulsion_of(sponsor);
      if (word == nullptr || member.role != Role::member) continue;
      const bool is_kept =
          std::find(word->kept.begin(), word->kept.end(), member.admission) != word->kept.end();
      if (!is_kept) hear(words_against(sponsor));
    }
  }
  return since;
}

std::optional<Revocation> Ledger::revocation(const RecordId& id) const {
  const auto member = read<Membership>(id);
  const auto statement =
      member ? wire::decode<Signed<Revocation>>(member->statement) : fail(Code::malformed, {});
  const auto said = statement ? statement->claimed() : fail(Code::malformed, {});
  return said ? std::optional(*said) : std::nullopt;
}

std::vector<Revocation> Ledger::revocations_by(const NodeId& admin) const {
  std::vector<Revocation> said;
  for (const auto& [node, words] : revoked_) {
    for (const Expulsion& one : words) {
      if (one.by != admin) continue;
      if (auto revocation = this->revocation(one.record)) said.push_back(*std::move(revocation));
    }
  }
  return said;
}

Reason Ledger::place_revocation(const RecordId& id, View envelope, const Revocation& revocation) {
  if (!revoked_.contains(revocation.node) && revoked_.size() >= Roster::members_max) return Reason::no_room;
  auto& words = revoked_[revocation.node];
  auto at = std::lower_bound(words.begin(), words.end(), revocation.by,
                             [](const Expulsion& one, const NodeId& by) { return one.by < by; });
  if (at != words.end() && at->by == revocation.by) {
    if (std::tie(revocation.rot, revocation.at, id) <= std::tie(at->rot, at->at, at->record))
      return Reason::stale;
    drop(RecordType::member, at->record);
    at = words.erase(at);
  }
  words.insert(at, {.by = revocation.by,
                    .rot = revocation.rot,
                    .at = revocation.at,
                    .record = id,
                    .kept = {revocation.keep.begin(), revocation.keep.end()}});
  keep(RecordType::member, id, envelope);
  mark_dependents(revocation.node);
  if (revocation.by == NodeId{})
    drop_revocations([&](const Expulsion& one) { return one.by == revocation.node; });
  return Reason::none;
}

void Ledger::drop_revocations(const std::function<bool(const Expulsion&)>& falls) {
  for (auto at = revoked_.begin(); at != revoked_.end();) {
    const auto [node, words] = std::pair(at->first, &at->second);
    const auto gone = std::stable_partition(words->begin(), words->end(),
                                            [&](const Expulsion& one) { return !falls(one); });
    for (auto one = gone; one != words->end(); ++one) drop(RecordType::member, one->record);
    const bool changed = gone != words->end();
    words->erase(gone, words->end());
    at = words->empty() ? revoked_.erase(at) : std::next(at);
    if (changed) mark_dependents(node);
  }
}

/// A node, and for whom it answers: all of them may be heard differently now.
void Ledger::mark_dependents(const NodeId& node) {
  ++roll_changes_;
  changed_.insert(node);
  for (auto& [other, entry] : entries_) {
    if (other != node && !entry.member.rests_on(node)) continue;
    changed_.insert(other);
    if (expelled_since(other)) silence(other, entry);
  }
}

/// Who is a member no more leaves its keys, which others' certificates refer to, and no other word.
void Ledger::silence(const NodeId& node, Entry& entry) {
  if (entry.address) drop_address(node, entry);
  while (!entry.names.empty()) drop_name(node, entry, entry.names.size() - 1);
  drop_mark(RecordType::suspension, entry.suspended);
}

}  // namespace grapevine::dns
