#include "node/sim/link.hpp"

namespace grapevine::node::sim {

Duration Network::delay(Index a, Index b) const {
  const auto [low, high] = key(a, b);
  Random of_pair((static_cast<std::uint64_t>(low) << 32) | high);
  return of_pair.between(weather_.delay_min, weather_.delay_max + 1us);
}

bool Network::connected(Index side, Index other) const {
  const Connection* connection = find(side, other);
  return connection != nullptr && connection->hung_up != side;
}

std::uint32_t Network::connect(Index a, Index b) {
  const auto [low, high] = key(a, b);
  connections_[low][high] = {.epoch = ++epochs_};
  return epochs_;
}

void Network::disconnect(Index a, Index b) {
  const auto [low, high] = key(a, b);
  connections_[low].erase(high);
  std::erase_if(held_, [&](const Held& held) { return key(held.from, held.to) == key(a, b); });
}

std::optional<Network::Arrival> Network::hang_up(Index side, Index other, Time now) {
  Connection* connection = find(side, other);
  if (connection == nullptr || connection->hung_up) return std::nullopt;
  connection->hung_up = side;
  Time& last = connection->last[side < other ? 0 : 1];
  last = std::max(last, now + delay(side, other));
  return Arrival{last, connection->epoch};
}

bool Network::reaches(Index from, Index to, std::uint32_t epoch) const {
  const Connection* connection = find(from, to);
  return connection != nullptr && connection->epoch == epoch && connection->hung_up != to;
}

std::vector<Index> Network::neighbours(Index node) const {
  std::vector<Index> found;
  for (Index other = 0; other < node; ++other)
    if (connections_[other].contains(node)) found.push_back(other);
  for (const auto& [other, connection] : connections_[node]) found.push_back(other);
  return found;
}

std::optional<Network::Arrival> Network::send(Index from, Index to, Time now, Bytes& frame) {
  if (is_cut(from, to)) {
    held_.push_back({from, to, std::move(frame)});
    return std::nullopt;
  }
  Connection& connection = *find(from, to);
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
  for (Index low = 0; low < connections_.size(); ++low)
    for (const auto& [high, connection] : connections_[low])
      if (is_cut(low, high)) found.emplace_back(low, high);
  return found;
}

const Network::Connection* Network::find(Index a, Index b) const {
  const auto [low, high] = key(a, b);
  const auto found = connections_[low].find(high);
  return found == connections_[low].end() ? nullptr : &found->second;
}

Network::Connection* Network::find(Index a, Index b) {
  return const_cast<Connection*>(std::as_const(*this).find(a, b));
}

}  // namespace grapevine::node::sim
