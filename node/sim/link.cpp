#include "node/sim/link.hpp"

namespace grapevine::node::sim {

Duration Network::delay(Index a, Index b) const {
  const auto [low, high] = key(a, b);
  Random of_pair((static_cast<std::uint64_t>(low) << 32) | high);
  return of_pair.between(weather_.delay_min, weather_.delay_max + 1us);
}

bool Network::connected(Index side, Index other) const {
  const auto found = connections_.find(key(side, other));
  return found != connections_.end() && found->second.hung_up != side;
}

std::uint32_t Network::connect(Index a, Index b) {
  auto& connection = connections_[key(a, b)];
  connection = {.epoch = ++epochs_};
  return connection.epoch;
}

void Network::disconnect(Index a, Index b) {
  connections_.erase(key(a, b));
  std::erase_if(held_, [&](const Held& held) { return key(held.from, held.to) == key(a, b); });
}

std::optional<Network::Arrival> Network::hang_up(Index side, Index other, Time now) {
  const auto found = connections_.find(key(side, other));
  if (found == connections_.end() || found->second.hung_up) return std::nullopt;
  Connection& connection = found->second;
  connection.hung_up = side;
  Time& last = connection.last[side < other ? 0 : 1];
  last = std::max(last, now + delay(side, other));
  return Arrival{last, connection.epoch};
}

bool Network::reaches(Index from, Index to, std::uint32_t epoch) const {
  const auto found = connections_.find(key(from, to));
  return found != connections_.end() && found->second.epoch == epoch && found->second.hung_up != to;
}

std::vector<Index> Network::neighbours(Index node) const {
  std::vector<Index> found;
  for (const auto& [pair, connection] : connections_) {
    if (pair.first == node) found.push_back(pair.second);
    if (pair.second == node) found.push_back(pair.first);
  }
  return found;
}

std::optional<Network::Arrival> Network::send(Index from, Index to, Time now, Bytes& frame) {
  if (is_cut(from, to)) {
    held_.push_back({from, to, std::move(frame)});
    return std::nullopt;
  }
  auto& connection = connections_.at(key(from, to));
  Duration late = delay(from, to);
  for (Duration stall = stall_first; random_.chance(weather_.stall); stall *= 2) late += stall;
  Time& last = connection.last[from < to ? 0 : 1];
  last = std::max(last, now + late);
  return Arrival{last, connection.epoch};
}

void Network::cut(std::vector<bool> island) {
  island_ = std::move(island);
}

std::vector<Network::Held> Network::heal() {
  island_.clear();
  return std::exchange(held_, {});
}

bool Network::is_cut(Index a, Index b) const {
  return !island_.empty() && island_[a] != island_[b];
}

std::vector<std::pair<Index, Index>> Network::across() const {
  std::vector<std::pair<Index, Index>> found;
  for (const auto& [pair, connection] : connections_)
    if (is_cut(pair.first, pair.second)) found.push_back(pair);
  return found;
}

}  // namespace grapevine::node::sim
