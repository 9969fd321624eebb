#include "node/transport.hpp"

#include "crypto/match.hpp"
#include "node/door.hpp"
#include "node/guard_test.hpp"
#include "node/line.hpp"
#include "node/zap.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <stdexcept>

namespace grapevine::node {

namespace {

// Two lines cross and one of them goes: what is under way on it may still arrive for so long.
constexpr auto crossing_ends_after = std::chrono::seconds(1);
constexpr int sockets_max = 1'024;

zmq::context_t make_context() {
  zmq::context_t context(1);
  context.set(zmq::ctxopt::max_sockets, sockets_max);
  return context;
}

}  // namespace

struct Transport::Sockets {
  using Clock = std::chrono::steady_clock;
  struct Dialled {
    Line line;
    std::optional<Clock::time_point> ends_at;  // crossed by a connection that stays: only read until then
  };

  Sockets(const Listen& listen, const TransportPair& own_pair, const NodeId& self_id)
      : own(own_pair), self(self_id), door(prepared(), listen.host, listen.port, own, counts) {}

  void admit(const Admit& member);
  void expel(const NodeId& peer);
  void hang_up(const NodeId& peer);
  Sent send(const NodeId& to, View frame);
  void look_at_lines();
  void receive_at_door(std::size_t most);
  void receive_on_lines(std::size_t most);
  void refuse(const NodeId& peer);
  bool is_refused(const NodeId& peer);
  void cross(const NodeId& peer);
  bool stands(const NodeId& peer) const;
  bool has_news() const;
  void settle(const NodeId& peer, gossip::Dialler by, gossip::Evidence why);
  zmq::context_t& prepared();

  const TransportPair own;
  const NodeId self;
  Counts counts;
  zmq::context_t context = make_context();
  Zap zap{context};  // before any socket that listens
  Door door;
  std::map<NodeId, Dialled> lines;         // as many as gossip::Links allows
  std::map<NodeId, TransportKey> members;  // at most Zap::rows_max
  std::set<TransportKey> keys;             // theirs; who names another's as its own comes second
  std::set<NodeId> linked;                 // as the Core was told
  std::map<NodeId, Clock::time_point> refused;
  std::vector<Input> happened;  // to be received next
};

Transport::Transport(const Listen& listen, const TransportPair& own, const NodeId& self)
    : sockets_(std::make_unique<Sockets>(listen, own, self)) {}

Transport::~Transport() = default;

std::uint16_t Transport::port() const {
  return sockets_->door.port();
}
const std::map<std::string_view, std::uint64_t>& Transport::counts() const {
  return sockets_->counts;
}
std::map<NodeId, std::string> Transport::called_at() const {
  return sockets_->door.called_at();
}
void Transport::admit(const Admit& member) {
  sockets_->admit(member);
}
void Transport::expel(const NodeId& peer) {
  sockets_->expel(peer);
}
void Transport::hang_up(const NodeId& peer) {
  sockets_->hang_up(peer);
}

void Transport::dial(const Connect& to) {
  if (to.peer == sockets_->self || sockets_->lines.contains(to.peer)) return;
  sockets_->lines.emplace(to.peer,
                          Sockets::Dialled{Line(sockets_->context, sockets_->own, to), std::nullopt});
}

void Transport::also_try(const NodeId& peer, const gossip::Contact& contact) {
  const auto found = sockets_->lines.find(peer);
  if (found != sockets_->lines.end()) found->second.line.also_try(sockets_->context, sockets_->own, contact);
}

void Transport::send(const NodeId& to, View frame) {
  switch (sockets_->send(to, frame)) {
    case Sent::yes: return;
    case Sent::full: ++sockets_->counts["dropped.full"]; return;
    case Sent::gone: ++sockets_->counts["dropped.not_linked"]; return;
  }
}

void Transport::wait(Duration most, std::span<const int> also) {
  std::vector<zmq_pollitem_t> polled;
  sockets_->door.add_to(polled);
  for (auto& [peer, dialled] : sockets_->lines) dialled.line.add_to(polled);
  for (const int descriptor : also) polled.push_back({nullptr, descriptor, ZMQ_POLLIN, 0});
  if (sockets_->has_news()) most = Duration::zero();
  // Rounded up, so that a deadline has passed when we wake for it.
  const auto wait =
      std::chrono::ceil<std::chrono::milliseconds>(std::clamp(most, Duration::zero(), Duration(1h)));
  zmq_poll(polled.data(), static_cast<int>(polled.size()), wait.count());
}

std::vector<Input> Transport::receive(std::size_t most) {
  sockets_->receive_at_door(most);
  sockets_->receive_on_lines(most);
  for (const NodeId& peer : sockets_->door.ended())
    sockets_->settle(peer, gossip::Dialler::other, gossip::Evidence::closed);
  sockets_->look_at_lines();
  return std::exchange(sockets_->happened, {});
}

zmq::context_t& Transport::Sockets::prepared() {
  test_guard(context, zap, own, self);
  return context;
}

void Transport::Sockets::admit(const Admit& member) {
  if (members.contains(member.peer)) return;  // a node has one transport key
  const bool room = members.size() < Zap::rows_max && !keys.contains(member.key);
  if (!room || !zap.admit(member.key, member.peer)) {
    ++counts["dropped.admission"];
    return;
  }
  members.emplace(member.peer, member.key);
  keys.insert(member.key);
}

void Transport::Sockets::expel(const NodeId& peer) {
  if (const auto known = members.find(peer); known != members.end()) {
    zap.forget(known->second);
    keys.erase(known->second);
    members.erase(known);
  }
  hang_up(peer);
}

void Transport::Sockets::hang_up(const NodeId& peer) {
  lines.erase(peer);
  door.turn_away(peer);
  settle(peer, gossip::Dialler::self, gossip::Evidence::closed);
}

// The line we dialled first: it is the one that stays, unless it is about to end.
Sent Transport::Sockets::send(const NodeId& to, View frame) {
  const auto found = lines.find(to);
  const bool own_line = found != lines.end() && found->second.line.state() == Line::State::up;
  if (own_line && !(found->second.ends_at && door.has_route(to))) return found->second.line.send(frame);
  const Sent sent = door.send(to, frame);
  if (sent == Sent::gone) settle(to, gossip::Dialler::other, gossip::Evidence::closed);
  return sent;
}

void Transport::Sockets::look_at_lines() {
  const auto now = Clock::now();
  for (auto at = lines.begin(); at != lines.end();) {
    const NodeId peer = at->first;
    Line& line = at->second.line;
    line.look();
    const auto why = line.evidence();
    const bool ended = line.state() == Line::State::ended;
    if (!door.has_route(peer)) at->second.ends_at.reset();  // what should have stayed has gone instead
    const bool crossed = at->second.ends_at && *at->second.ends_at <= now;
    at = ended || crossed ? lines.erase(at) : std::next(at);
    const bool came_to_nothing = ended && why != gossip::Evidence::closed && !stands(peer);
    if (came_to_nothing) happened.emplace_back(Unlinked{peer, why});
    settle(peer, gossip::Dialler::self, gossip::Evidence::closed);
  }
}

void Transport::Sockets::receive_at_door(std::size_t most) {
  for (std::size_t i = 0; i < most; ++i) {
    auto next = door.receive();
    if (std::holds_alternative<Door::Nothing>(next)) return;
    auto* arrival = std::get_if<Door::Arrival>(&next);
    if (!arrival) continue;
    const NodeId from = arrival->received.from;
    if (arrival->nonsense) refuse(from);
    if (is_refused(from) || !members.contains(from)) {
      ++counts["hostile.refused"];
      door.turn_away(from);
      continue;
    }
    settle(from, gossip::Dialler::other, gossip::Evidence::closed);
    cross(from);
    happened.emplace_back(std::move(arrival->received));
  }
}

// One frame of each line in turn, so that no peer waits for another's flood.
void Transport::Sockets::receive_on_lines(std::size_t most) {
  for (bool more = true; more && happened.size() < most;) {
    more = false;
    for (auto& [peer, dialled] : lines) {
      match(
          dialled.line.receive(), [](Line::Nothing) {},
          [&, from = peer](Bytes frame) {
            more = true;
            happened.emplace_back(Received{from, std::move(frame)});
          },
          [&, from = peer](Line::Nonsense) { refuse(from); });
    }
  }
}

void Transport::Sockets::refuse(const NodeId& peer) {
  ++counts["hostile.multipart"];
  refused[peer] = Clock::now() + refused_for;
  door.turn_away(peer);
  settle(peer, gossip::Dialler::other, gossip::Evidence::closed);
}

bool Transport::Sockets::is_refused(const NodeId& peer) {
  const auto found = refused.find(peer);
  if (found == refused.end()) return false;
  if (Clock::now() < found->second) return true;
  refused.erase(found);
  return false;
}

// Both dialled, and theirs has just spoken (one that is silent may be left over from before a cut): the line
// of the smaller id stays; ours ends if it is not that one.
void Transport::Sockets::cross(const NodeId& peer) {
  const auto found = lines.find(peer);
  const bool both =
      found != lines.end() && found->second.line.state() == Line::State::up && door.has_route(peer);
  if (both && peer < self && !found->second.ends_at)
    found->second.ends_at = Clock::now() + crossing_ends_after;
}

bool Transport::Sockets::stands(const NodeId& peer) const {
  const auto found = lines.find(peer);
  return door.has_route(peer) || (found != lines.end() && found->second.line.state() == Line::State::up);
}

// Whether receive() has something to tell for which no socket will wake us.
bool Transport::Sockets::has_news() const {
  const auto ended = [](const auto& entry) { return entry.second.line.state() == Line::State::ended; };
  return !happened.empty() || std::any_of(lines.begin(), lines.end(), ended);
}

// Tells the Core what has become true of a peer, once.
void Transport::Sockets::settle(const NodeId& peer, gossip::Dialler by, gossip::Evidence why) {
  if (stands(peer)) {
    if (linked.insert(peer).second) happened.emplace_back(Linked{peer, by});
  } else if (linked.erase(peer) > 0) {
    happened.emplace_back(Unlinked{peer, why});
  }
}

}  // namespace grapevine::node
