#include "node/guard_test.hpp"

#include "node/monitor.hpp"
#include "node/socket_options.hpp"

#include <array>
#include <chrono>
#include <stdexcept>

namespace grapevine::node {

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto patience = std::chrono::seconds(3);
constexpr int endings = ZMQ_EVENT_DISCONNECTED | failed_handshake;
constexpr std::string_view word = "let me in";

/// Someone at the door, with a word already in hand.
struct Visitor {
  explicit Visitor(zmq::context_t& context)
      : socket(make_dealer(context, frame_bytes_max)), monitor(context, socket) {
    socket.set(zmq::sockopt::immediate, false);  // its word waits for the handshake
    socket.set(zmq::sockopt::linger, 0);
  }
  void visit(const std::string& address) {
    socket.connect(address);
    socket.send(zmq::buffer(word), zmq::send_flags::dontwait);
  }
  bool was_turned_away() {
    while (const auto event = monitor.next()) turned_away = turned_away || (event->kind & endings) != 0;
    return turned_away;
  }
  zmq::socket_t socket;
  Monitor monitor;
  bool turned_away = false;
};

}  // namespace

void test_guard(zmq::context_t& context, Zap& zap, const TransportPair& own, const NodeId& self) {
  zmq::socket_t door = make_router(context, frame_bytes_max);
  serve_curve(door, own.secret, mesh_domain);
  door.bind("tcp://127.0.0.1:*");
  const std::string address = door.get(zmq::sockopt::last_endpoint);

  zap.admit(own.key, self);
  Visitor member(context);
  Visitor stranger(context);
  Visitor in_clear(context);
  speak_curve(member.socket, own, own.key);
  speak_curve(stranger.socket, TransportPair::generate(), own.key);
  for (Visitor* visitor : {&member, &stranger, &in_clear}) visitor->visit(address);

  bool admitted = false;
  bool others_admitted = false;
  const auto until = Clock::now() + patience;
  while (Clock::now() < until && !(admitted && stranger.was_turned_away() && in_clear.was_turned_away())) {
    std::array<zmq_pollitem_t, 3> waits{{{door.handle(), 0, ZMQ_POLLIN, 0},
                                         {stranger.monitor.handle(), 0, ZMQ_POLLIN, 0},
                                         {in_clear.monitor.handle(), 0, ZMQ_POLLIN, 0}}};
    zmq_poll(waits.data(), static_cast<int>(waits.size()), 100);
    zmq::message_t frame;
    while (door.recv(frame, zmq::recv_flags::dontwait)) {
      if (frame.more()) continue;
      (user_of(frame) == self.value ? admitted : others_admitted) = true;
    }
  }
  zap.forget(own.key);
  if (!admitted || others_admitted || !stranger.turned_away || !in_clear.turned_away)
    throw std::runtime_error("the guard of the mesh port failed its own test; nobody can be let in safely");
}

}  // namespace grapevine::node
