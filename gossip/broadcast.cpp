#include "gossip/broadcast.hpp"

#include <algorithm>

namespace grapevine::gossip {

GossipId gossip_id(Topic topic, View payload) {
  const auto kind = static_cast<std::uint8_t>(topic);
  return hash<16>(purpose::gossip_id, {View(&kind, 1), payload});
}

void Broadcast::publish(Topic topic, Bytes payload, Time now, Effects& out) {
  follow_links(now);
  if (roads_.empty()) return;  // there is nobody to tell, and there may be soon
  const GossipId id = gossip_id(topic, payload);
  if (!is_first(id, now, 0, peers_.myself())) return;
  spread(id, Parcel{.round = 0, .topic = topic, .payload = std::move(payload)}, peers_.myself(), now, out);
}

std::optional<GossipId> Broadcast::receive(Peer from, const Parcel& parcel, Time now, Effects& out) {
  const GossipId id = gossip_id(parcel.topic, parcel.payload);
  follow_links(now);
  const auto road = roads_.find(from);
  if (!is_first(id, now, parcel.round, from)) {
    if (road != roads_.end() && ++road->second.duplicates % config_.duplicates_again == config_.duplicates)
      prune(from, out);
    return std::nullopt;
  }
  missing_.erase(id);
  if (road != roads_.end()) raise(road->second);
  if (judged_.size() >= judged_max) judged_.pop_front();
  judged_.push_back({.id = id, .giver = from, .parcel = parcel});
  return id;
}

bool Broadcast::accept(const GossipId& id, Time now, Effects& out) {
  const auto judged =
      std::find_if(judged_.begin(), judged_.end(), [&](const Judged& j) { return j.id == id; });
  if (judged == judged_.end()) return false;
  Parcel parcel = std::move(judged->parcel);
  const Peer giver = judged->giver;
  judged_.erase(judged);
  if (parcel.topic != Topic::event && !may_relay(parcel.topic, giver, now)) return true;
  if (parcel.round < Parcel::round_last) ++parcel.round;
  spread(id, std::move(parcel), giver, now, out);
  return true;
}

bool Broadcast::drop(const GossipId& id) {
  return std::erase_if(judged_, [&](const Judged& judged) { return judged.id == id; }) > 0;
}

bool Broadcast::refuse(const GossipId& id) {
  if (!drop(id)) return false;
  // It came a moment ago: looked for from the end.
  if (seen_.erase(id) > 0) order_.erase(std::prev(std::find(order_.rbegin(), order_.rend(), id).base()));
  return true;
}

void Broadcast::receive(Peer from, const IHave& said, Time now, Effects& out) {
  for (const IHave::Name& name : said.names) {
    if (seen_.contains(name.id)) {
      shorten(from, name, out);
      continue;
    }
    const auto found = missing_.find(name.id);
    if (found == missing_.end()) {
      if (missing_.size() >= config_.missing_max) continue;
      const auto times = static_cast<int>(std::min(1 + missing_.size() / config_.storm, config_.storm_most));
      const int hops = std::min<int>(name.round, config_.graft_hops_max);
      const Time due = now + (config_.graft_after + config_.graft_hop * hops) * times;
      missing_[name.id] = {.due = due, .announcers = {from}};
      next_grafts_ = std::min(next_grafts_, due);
    } else if (found->second.announcers.size() < announcers_max) {
      found->second.announcers.push_back(from);
    }
  }
}

void Broadcast::receive(Peer from, const Graft& graft, Time now, Effects& out) {
  follow_links(now);
  if (const auto road = roads_.find(from); road != roads_.end()) raise(road->second);
  if (!graft.id) return;
  if (const auto kept = kept_.find(*graft.id); kept != kept_.end()) send(peers_, from, kept->second, out);
}

void Broadcast::receive(Peer from, const Prune&, Time now, Effects&) {
  follow_links(now);
  if (const auto road = roads_.find(from); road != roads_.end()) road->second.kind = Road::Kind::lazy;
}

void Broadcast::tick(Time now, Effects& out) {
  if (now >= next_names_) tell_names(now, out);
  if (now >= next_grafts_) fetch_missing(now, out);
}

void Broadcast::tell_names(Time now, Effects& out) {
  next_names_ = never;
  named_ = now;
  for (auto at = names_.begin(); at != names_.end();) {
    auto& [peer, names] = *at;
    if (!links_.linked(peer)) names.clear();
    const auto last = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), IHave::names_max));
    if (!names.empty()) send(peers_, peer, IHave{.names = {names.begin(), last}}, out);
    names.erase(names.begin(), last);
    at = names.empty() ? names_.erase(at) : std::next(at);
  }
  if (!names_.empty()) next_names_ = now + config_.names_every;
}

void Broadcast::fetch_missing(Time now, Effects& out) {
  next_grafts_ = never;
  std::size_t asked = 0;
  for (auto at = missing_.begin(); at != missing_.end() && next_grafts_ > now;) {
    Missing& missing = at->second;
    if (missing.due <= now && missing.announcers.empty()) {  // all were asked: it has to come by comparison
      at = missing_.erase(at);
      continue;
    }
    if (missing.due <= now && asked++ < config_.grafts_max) {
      graft(missing.announcers.front(), at->first, out);
      missing.announcers.erase(missing.announcers.begin());
      missing.due = now + config_.graft_next;
    }
    next_grafts_ = std::min(next_grafts_, missing.due);
    ++at;
  }
}

Time Broadcast::deadline() const {
  return std::min(next_names_, next_grafts_);
}

std::size_t Broadcast::eager_count() const {
  return static_cast<std::size_t>(std::count_if(
      roads_.begin(), roads_.end(), [](const auto& road) { return road.second.kind == Road::Kind::eager; }));
}

void Broadcast::raise(Road& road) {
  road.kind = Road::Kind::eager;
  road.duplicates = 0;
}

// Of what comparison brings too; events are not compared, and their authors are bounded. When half of a mesh
// dies, thousands of rumors speak of it for a quarter of a minute; what else there is to tell does not wait.
bool Broadcast::may_relay(Topic topic, Peer giver, Time now) {
  const auto road = roads_.find(giver);
  Budget& all = relays_.of(topic);
  Budget* share = road == roads_.end() ? nullptr : &road->second.relays.of(topic);
  if (!all.has(1, now) || (share && !share->has(1, now))) return false;
  all.spend();
  if (share) share->spend();
  return true;
}

bool Broadcast::is_first(const GossipId& id, Time now, std::uint16_t round, Peer giver) {
  while (!order_.empty() &&
         (seen_.at(order_.front()).at + config_.seen_kept <= now || order_.size() >= config_.seen_max)) {
    seen_.erase(order_.front());
    order_.pop_front();
  }
  if (!seen_.emplace(id, Seen{.at = now, .round = round, .giver = giver}).second) return false;
  order_.push_back(id);
  return true;
}

void Broadcast::spread(const GossipId& id, Parcel parcel, Peer giver, Time now, Effects& out) {
  follow_links(now);
  for (const auto& [peer, road] : roads_) {
    if (peer == giver) continue;
    if (road.kind == Road::Kind::eager) {
      send(peers_, peer, parcel, out);
    } else {
      name_later(peer, {.id = id, .round = parcel.round}, now);
    }
  }
  keep(id, parcel, now);
}

void Broadcast::keep(const GossipId& id, const Parcel& parcel, Time now) {
  while (!kept_order_.empty() &&
         (kept_order_.front().until <= now || kept_bytes_ + parcel.payload.size() > config_.kept_bytes_max)) {
    const auto oldest = kept_.find(kept_order_.front().id);
    kept_bytes_ -= oldest->second.payload.size();
    kept_.erase(oldest);
    kept_order_.pop_front();
  }
  if (!kept_.emplace(id, parcel).second) return;
  kept_bytes_ += parcel.payload.size();
  kept_order_.push_back({.until = now + config_.kept, .id = id});
}

// Newcomers among the neighbours are eager while there are few of those, in random order: else the first
// members of a mesh would be everybody's giver. They hear the names of what was told a moment ago, when they
// were no neighbours yet.
void Broadcast::follow_links(Time now) {
  const std::vector<Peer>& neighbours = links_.neighbours();
  const bool same = roads_.size() == neighbours.size() &&
                    std::equal(roads_.begin(), roads_.end(), neighbours.begin(),
                               [](const auto& road, Peer peer) { return road.first == peer; });
  if (same) return;
  std::erase_if(roads_, [&](const auto& road) {
    return !std::binary_search(neighbours.begin(), neighbours.end(), road.first);
  });
  std::vector<Peer> newcomers;
  for (const Peer peer : neighbours)
    if (!roads_.contains(peer)) newcomers.push_back(peer);
  std::size_t eager = eager_count();
  for (const Peer peer : random_.sample(newcomers, newcomers.size())) {
    Road& road = roads_.try_emplace(peer, config_).first->second;
    if (eager++ >= config_.eager_first) road.kind = Road::Kind::lazy;
    for (auto kept = kept_order_.rbegin(); kept != kept_order_.rend(); ++kept) {
      if (kept->until + config_.recent <= now + config_.kept) break;
      name_later(peer, {.id = kept->id, .round = kept_.at(kept->id).round}, now);
    }
  }
}

void Broadcast::name_later(Peer to, const IHave::Name& name, Time now) {
  auto& names = names_[to];
  if (names.size() >= config_.names_max) return;
  names.push_back(name);
  next_names_ = std::min(next_names_, std::max(now + config_.names_after, named_ + config_.names_every));
}

void Broadcast::graft(Peer peer, std::optional<GossipId> id, Effects& out) {
  if (!links_.linked(peer)) return;
  if (const auto road = roads_.find(peer); road != roads_.end()) raise(road->second);
  send(peers_, peer, Graft{.id = id}, out);
}

void Broadcast::prune(Peer peer, Effects& out) {
  const auto road = roads_.find(peer);
  if (road == roads_.end()) return;
  road->second.kind = Road::Kind::lazy;
  send(peers_, peer, Prune{}, out);
}

// A lazy road that is much shorter than the eager one takes its place (SRDS 2007, section 3.8); else the tree
// would for ever be that of its first source.
void Broadcast::shorten(Peer announcer, const IHave::Name& name, Effects& out) {
  Seen& seen = seen_.at(name.id);
  if (seen.giver == peers_.myself() || seen.giver == announcer ||
      name.round + config_.shorter_by > seen.round)
    return;
  prune(seen.giver, out);
  graft(announcer, std::nullopt, out);
  seen.giver = announcer;
}

}  // namespace grapevine::gossip
