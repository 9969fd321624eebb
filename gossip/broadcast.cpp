#include "gossip/broadcast.hpp"

#include <algorithm>

namespace grapevine::gossip {

GossipId gossip_id(View payload) {
  return hash<16>(purpose::gossip_id, {payload});
}

void Broadcast::publish(Topic topic, Bytes payload, Time now, Effects& out) {
  if (!is_first(gossip_id(payload), now)) return;
  spread(Parcel{.topic = topic, .payload = std::move(payload)}, links_.up(), out);
}

std::optional<GossipId> Broadcast::receive(Peer from, const Parcel& parcel, Time now) {
  const GossipId id = gossip_id(parcel.payload);
  if (!is_first(id, now)) return std::nullopt;
  if (judged_.size() >= judged_max) judged_.pop_front();
  judged_.push_back({.id = id, .giver = from, .parcel = parcel});
  return id;
}

bool Broadcast::accept(const GossipId& id, Effects& out) {
  for (const Judged& judged : judged_) {
    if (judged.id != id) continue;
    std::vector<Peer> to = links_.up();
    std::erase(to, judged.giver);
    spread(judged.parcel, random_.sample(std::move(to), config_.fanout), out);
    return drop(id);
  }
  return false;
}

bool Broadcast::drop(const GossipId& id) {
  return std::erase_if(judged_, [&](const Judged& judged) { return judged.id == id; }) > 0;
}

bool Broadcast::is_first(const GossipId& id, Time now) {
  while (!order_.empty() &&
         (seen_.at(order_.front()) + config_.seen_kept <= now || order_.size() >= config_.seen_max)) {
    seen_.erase(order_.front());
    order_.pop_front();
  }
  if (!seen_.emplace(id, now).second) return false;
  order_.push_back(id);
  return true;
}

void Broadcast::spread(const Parcel& parcel, const std::vector<Peer>& to, Effects& out) const {
  for (const Peer peer : to) out.push_back(Send<Message>{.to = peers_.node(peer), .message = parcel});
}

}  // namespace grapevine::gossip
