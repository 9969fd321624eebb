// Who is a member no more. Kept by the node it is about, which need not have been heard of yet: its
// certificate may come later, and must not bring it back.
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
  const auto by_root = [](const Expulsion& one) { return one.by == NodeId{}; };
  const auto at = revoked_.find(node);
  if (at == revoked_.end()) return nullptr;
  const Entry* entry = find(node);
  const bool is_admin = entry != nullptr && entry->member.role == Role::admin;
  const auto counts = [&](const Expulsion& one) {
    if (by_root(one)) return true;
    const auto author = revoked_.find(one.by);
    return !is_admin &&
           (author == revoked_.end() || std::none_of(author->second.begin(), author->second.end(), by_root));
  };
  const auto found = std::find_if(at->second.begin(), at->second.end(), counts);
  return found == at->second.end() ? nullptr : &*found;
}

std::optional<Revocation> Ledger::revocation(const RecordId& id) const {
  const auto record = store_->get(Table::record, id.value.view());
  const auto body = record ? body_of(*record) : std::nullopt;
  const auto* member = body ? std::get_if<Membership>(&*body) : nullptr;
  const auto statement =
      member != nullptr ? wire::decode<Signed<Revocation>>(member->statement) : fail(Code::malformed, {});
  const auto said = statement ? statement->claimed() : fail(Code::malformed, {});
  return said ? std::optional(*said) : std::nullopt;
}

std::vector<RecordId> Ledger::revocations_by(const NodeId& admin) const {
  std::vector<RecordId> records;
  for (const auto& [node, words] : revoked_) {
    for (const Expulsion& one : words)
      if (one.by == admin) records.push_back(one.record);
  }
  return records;
}

Reason Ledger::place_revocation(const RecordId& id, View envelope, const Revocation& revocation) {
  if (set_.size() >= records_max) return Reason::no_room;
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

/// A node, whom it let in, and whom it has revoked: all of them may be heard differently now.
void Ledger::mark_dependents(const NodeId& node) {
  ++roll_changes_;
  changed_.insert(node);
  for (const auto& [other, entry] : entries_)
    if (entry.member.issuer == node) changed_.insert(other);
  for (const auto& [other, words] : revoked_) {
    const bool is_author =
        std::any_of(words.begin(), words.end(), [&](const Expulsion& one) { return one.by == node; });
    if (is_author) changed_.insert(other);
  }
}

}  // namespace grapevine::dns
