#include "node/sim/link.hpp"

namespace grapevine::node::sim {

Duration Network::delay(Index a, Index b) const {
  const auto [low, high] = key(a, b);
  Random of_pair((static_cast<std::uint64_t>(low) << 32) | high);
  return of_pair.between(weather_.delay_min, weather_.delay_max + 1us);
}

bool Network::connected(Index side, Index other) const {
  const Connection* connection = find(side, other);
  return connection != nullptr && connection->gone != side;
}

std::uint32_t Network::connect(Index a, Index b) {
  const auto [low, high] = key(a, b);
  Connection fresh;
  fresh.epoch = ++epochs_;
  connections_[low][high] = std::move(fresh);
  return epochs_;
}

void Network::disconnect(Index a, Index b) {
  const auto [low, high] = key(a, b);
  connections_[low].erase(high);
}

std::optional<Network::Arrival> Network::hang_up(Index side, Index other, Time now) {
  Connection* connection = find(side, other);
  if (connection == nullptr || connection->gone) return std::nullopt;
  connection->gone = side;
  Time& last = connection->ways[side < other ? 0 : 1].last;
  last = std::max(last, now + delay(side, other));
  return Arrival{last, connection->epoch};
}

std::optional<std::uint32_t> Network::fall_silent(Index side, Index other) {
  Connection* connection = find(side, other);
  if (connection == nullptr || connection->gone) return std::nullopt;
  connection->gone = side;
  connection->manner = Connection::Manner::unsaid;
  return connection->epoch;
}

bool Network::is_silent(Index side, Index other, std::uint32_t epoch) const {
  const Connection* connection = find(side, other);
  return connection != nullptr && connection->epoch == epoch && connection->gone == side &&
         connection->manner == Connection::Manner::unsaid;
}

bool Network::stands(Index other, Index side, std::uint32_t epoch) const {
  const Connection* connection = find(other, side);
  return connection != nullptr && connection->epoch == epoch && connection->gone != side;
}

std::vector<Index> Network::neighbours(Index node) const {
  std::vector<Index> found;
  for (Index other = 0; other < node; ++other)
    if (connections_[other].contains(node)) found.push_back(other);
  for (const auto& [other, connection] : connections_[node]) found.push_back(other);
  return found;
}

std::optional<Network::Arrival> Network::send(Index from, Index to, Time now, Bytes& frame) {
  Connection& connection = *find(from, to);
  Way& way = connection.ways[from < to ? 0 : 1];
  if (way.under_way >= high_water) {
    ++dropped_;
    return std::nullopt;
  }
  ++way.under_way;
  if (!is_blocked(from, to)) return depart(from, to, now, frame.size(), connection);
  if (way.held.empty()) way.held_since = now;
  way.held.push_back(std::move(frame));
  return std::nullopt;
}

Network::Arrival Network::depart(Index from, Index to, Time now, std::size_t bytes, Connection& connection) {
  Duration late = delay(from, to);
  if (weather_.stall > 0)
    for (Duration stall = stall_first; random_.chance(weather_.stall); stall *= 2) late += stall;
  const Duration through(static_cast<Duration::rep>(bytes * 1'000'000 / weather_.bandwidth));
  Time& last = connection.ways[from < to ? 0 : 1].last;
  last = std::max(last, now + late) + through;
  return {last, connection.epoch};
}

bool Network::arrive(Index from, Index to, std::uint32_t epoch) {
  Connection* connection = find(from, to);
  if (connection == nullptr || connection->epoch != epoch || connection->gone == to) return false;
  --connection->ways[from < to ? 0 : 1].under_way;
  return true;
}

Network::BarrierId Network::raise(Barrier barrier) {
  barriers_.emplace(++last_barrier_, std::move(barrier));
  return last_barrier_;
}

std::vector<Network::Released> Network::lift(BarrierId id, Time now) {
  std::vector<Released> released;
  const auto lifted = barriers_.extract(id);
  if (lifted.empty()) return released;
  const Barrier& barrier = lifted.mapped();
  for (Index low = 0; low < connections_.size(); ++low) {
    for (auto& [high, connection] : connections_[low]) {
      if (blocks(barrier, low, high)) release(low, high, connection, barrier.kind, now, released);
      if (blocks(barrier, high, low)) release(high, low, connection, barrier.kind, now, released);
    }
  }
  return released;
}

// Behind a cut the first lost packet was tried again after 200 ms, 600 ms, 1.4 s and so on; the first attempt
// after its end passes.
void Network::release(Index from, Index to, Connection& connection, Barrier::Kind kind, Time now,
                      std::vector<Released>& out) {
  Way& way = connection.ways[from < to ? 0 : 1];
  if (way.held.empty() || is_blocked(from, to)) return;
  Time departs = now;
  if (kind == Barrier::Kind::cut) {
    Duration wait = stall_first;
    for (departs = way.held_since + wait; departs < now; departs += wait) wait *= 2;
  }
  for (Bytes& frame : std::exchange(way.held, {})) {
    const Arrival arrival = depart(from, to, departs, frame.size(), connection);
    out.push_back({from, to, std::move(frame), arrival});
  }
}

std::vector<Network::BarrierId> Network::barriers() const {
  std::vector<BarrierId> standing;
  for (const auto& [id, barrier] : barriers_) standing.push_back(id);
  return standing;
}

bool Network::is_blocked(Index from, Index to) const {
  for (const auto& [id, barrier] : barriers_)
    if (blocks(barrier, from, to)) return true;
  return false;
}

std::vector<std::pair<Index, Index>> Network::across(BarrierId id) const {
  std::vector<std::pair<Index, Index>> found;
  const auto barrier = barriers_.find(id);
  if (barrier == barriers_.end()) return found;
  for (Index low = 0; low < connections_.size(); ++low)
    for (const auto& [high, connection] : connections_[low])
      if (blocks(barrier->second, low, high) || blocks(barrier->second, high, low))
        found.emplace_back(low, high);
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
