#include "node/sim/world_parts.hpp"

namespace grapevine::node::sim {
namespace {

constexpr std::size_t links_max = 32 + 8;  // standing and cached, and a few that are being replaced

}  // namespace

void World::dial(Index from, const Connect& effect) {
  const Index to = *index_of(effect.peer);
  const Duration round_trip = 2 * network_.delay(from, to);
  const auto tell = [&](Time when, gossip::Evidence failed, bool stands) {
    schedule(when, from, nodes_[from].life, Event::Dialled{to, failed, stands});
  };
  const bool answers =
      nodes_[to].power == Node::Power::on && !network_.is_blocked(from, to) && !network_.is_blocked(to, from);
  if (!answers) return tell(now_ + Network::dial_time_out, gossip::Evidence::silent, false);
  if (!is_up(to)) return tell(now_ + round_trip, gossip::Evidence::refused, false);
  // One thread a device does all its handshakes.
  Time done = now_ + Network::dial_round_trips * round_trip;
  for (const Index side : {from, to}) {
    nodes_[side].shaking_until = std::max(nodes_[side].shaking_until, now_) + Network::handshake_work;
    done = std::max(done, nodes_[side].shaking_until);
  }
  ++handshakes_;
  frame_bytes_ += Network::handshake_bytes;
  tell(done, gossip::Evidence::silent, nodes_[to].admitted[from]);
}

void World::end_dial(Index from, Index to, gossip::Evidence failed, bool stands) {
  if (stands && is_up(to) && network_.connected(from, to)) return;  // crossing dials: the other one stands
  const bool is_blocked = network_.is_blocked(from, to) || network_.is_blocked(to, from);
  if (stands && (is_blocked || is_paused(to) || is_paused(from)))
    return schedule(now_ + Network::handshake_most, from, nodes_[from].life,
                    Event::Dialled{to, gossip::Evidence::silent, false});
  if (stands && !is_up(to)) failed = gossip::Evidence::refused;
  if (!stands || !is_up(to)) return give(from, Unlinked{id(to), failed});
  end_connection(from, to);  // an older one that is being hung up, or is half-open
  network_.connect(from, to);
  give(to, Linked{id(from), gossip::Dialler::other});
  give(from, Linked{id(to), gossip::Dialler::self});
}

void World::fly(Index from, Index to, Bytes frame) {
  const Node& sender = nodes_[from];
  const auto& parted = sender.parted;  // what is said to them in the same moment is lost, and that is all
  if (!sender.linked[to] && std::find(parted.begin(), parted.end(), to) == parted.end())
    claim_broken("node " + std::to_string(from) + " has a frame for a peer without a link");
  if (!network_.connected(from, to)) return;  // its end has not been heard of yet
  ++frames_;
  frame_bytes_ += frame.size() + Network::frame_overhead;
  if (const auto arrival = network_.send(from, to, now_, frame))
    schedule(arrival->at, to, nodes_[to].life, Event::Arrive{from, arrival->epoch, std::move(frame)});
}

void World::land(Index from, Index to, std::uint32_t epoch, Bytes frame) {
  if (network_.arrive(from, to, epoch)) return give(to, Received{id(from), std::move(frame)});
  // A device that was without power knows nothing of the connection, and says so.
  if (network_.is_silent(to, from, epoch))
    schedule(now_ + network_.delay(from, to), from, nodes_[from].life, Event::Ended{to, epoch});
}

void World::hang_up(Index from, Index to) {
  note_link(from, to, false);
  nodes_[from].parted.push_back(to);
  nodes_[from].parted_at = now_;
  if (!network_.connected(from, to)) return;
  if (!network_.connected(to, from)) {
    network_.disconnect(from, to);  // both have gone
  } else if (network_.is_blocked(from, to)) {
    end_silently(from, to);
  } else if (const auto ended = network_.hang_up(from, to, now_)) {
    schedule(ended->at, to, nodes_[to].life, Event::Ended{from, ended->epoch});
  }
  schedule(now_, from, nodes_[from].life, Event::Ended{to, 0});
}

/// Ends a connection at once; both sides learn of it one way later.
void World::end_connection(Index a, Index b) {
  for (const auto& [side, other] : {std::pair{a, b}, std::pair{b, a}})
    if (network_.connected(side, other))
      schedule(now_ + network_.delay(a, b), side, nodes_[side].life, Event::Ended{other, 0});
  network_.disconnect(a, b);
}

/// The process has gone; its kernel says so where it can be heard.
void World::abandon_connections(Index node) {
  for (const Index other : network_.neighbours(node)) {
    if (nodes_[node].power == Node::Power::off || network_.is_blocked(node, other)) {
      end_silently(node, other);
    } else {
      end_connection(node, other);
    }
  }
}

/// One side has gone and is not heard: the other one's kernel tells, in the end.
void World::end_silently(Index side, Index other) {
  if (const auto epoch = network_.fall_silent(side, other)) {
    schedule(now_ + Network::give_up_after, other, nodes_[other].life, Event::Ended{side, *epoch});
  } else {
    network_.disconnect(side, other);  // both have gone
  }
}

void World::note_link(Index node, Index other, bool stands) {
  Node& at = nodes_[node];
  if (at.linked[other] == stands) return;
  at.linked[other] = stands;
  at.links += stands ? 1 : std::size_t(-1);
  if (at.links > links_max)
    claim_broken("node " + std::to_string(node) + " has " + std::to_string(at.links) + " links");
}

}  // namespace grapevine::node::sim
