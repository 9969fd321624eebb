#include "dns/social.hpp"

#include "crypto/wire.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

constexpr int average_over = 8;  // as TCP smooths its round trips (RFC 6298)

std::uint64_t& count_of(Calls& calls, CallEnd::How how) {
  switch (how) {
    case CallEnd::How::answered: return calls.answered;
    case CallEnd::How::failed: return calls.failed;
    case CallEnd::How::timed_out: return calls.timed_out;
    case CallEnd::How::refused: return calls.refused;
  }
  return calls.failed;
}

void count(Acquaintance& known, std::string_view capability, WallTime now) {
  auto& deeds = known.verified;
  const auto at = std::lower_bound(
      deeds.begin(), deeds.end(), capability,
      [](const Deed& deed, std::string_view word) { return std::string_view(deed.capability) < word; });
  if (at != deeds.end() && at->capability == capability) {
    ++at->times;
    at->last = now;
  } else if (deeds.size() < deeds.max) {
    deeds.insert(at, {.capability = std::string(capability), .times = 1, .last = now});
  }
}

}  // namespace

Social::Social(Store& store) : store_(&store) {
  store.each(Table::met, {}, [&](View key, View value) {
    const auto node = Fixed<32>::of(key);
    auto known = wire::decode<Acquaintance>(value);
    if (node && known && met_.size() < met_max) met_.emplace(NodeId{*node}, *std::move(known));
    return Walk::on;
  });
}

void Social::met(const NodeId& node, std::optional<NodeId> introducer, Now now) {
  if (!met_.contains(node)) {
    if (met_.size() >= met_max) make_room();
    Acquaintance& stranger = met_[node];
    stranger.first_met = now.wall;
    stranger.introducer = introducer;
  }
  Acquaintance& known = *change(node, now.time);
  ++known.meetings;
  known.last_met = now.wall;
}

void Social::seen_as(const NodeId& node, std::string_view name, Time now) {
  const Acquaintance* before = find(node);
  const auto is_it = [name](const std::string& shown) { return shown == name; };
  if (before == nullptr || (!before->names.empty() && is_it(before->names.front()))) return;
  auto& names = change(node, now)->names;
  std::erase_if(names, is_it);
  if (names.size() == names.max) names.pop_back();
  names.insert(names.begin(), std::string(name));
}

void Social::called(const NodeId& node, const CallEnd& end, Now now) {
  Acquaintance* known = change(node, now.time);
  if (known == nullptr) return;
  const bool is_ours = end.asker == CallEnd::Asker::self;
  ++count_of(is_ours ? known->ours : known->theirs, end.how);
  if (!is_ours || end.how != CallEnd::How::answered) return;
  count(*known, end.capability, now.wall);
  known->round_trip = known->round_trip == Duration{}
                          ? end.took
                          : known->round_trip + (end.took - known->round_trip) / average_over;
}

const Acquaintance* Social::find(const NodeId& node) const {
  const auto at = met_.find(node);
  return at == met_.end() ? nullptr : &at->second;
}

void Social::save() {
  for (const NodeId& node : std::exchange(unsaved_, {})) {
    store_->put(Table::met, node.value.view(), wire::encode(met_.at(node)));
  }
  save_at_ = never;
}

/// What is known of a node, to be changed and saved soon; nullptr when we have not met it.
Acquaintance* Social::change(const NodeId& node, Time now) {
  const auto at = met_.find(node);
  if (at == met_.end()) return nullptr;
  unsaved_.insert(node);
  save_at_ = std::min(save_at_, now + save_after);
  return &at->second;
}

void Social::make_room() {
  const auto oldest = std::min_element(met_.begin(), met_.end(), [](const auto& a, const auto& b) {
    return a.second.last_met < b.second.last_met;
  });
  store_->erase(Table::met, oldest->first.value.view());
  unsaved_.erase(oldest->first);
  met_.erase(oldest);
}

}  // namespace grapevine::dns
