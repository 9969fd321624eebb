#include "node/monitor.hpp"

#include <atomic>
#include <cstring>
#include <string>

namespace grapevine::node {

namespace {

constexpr int watched = ZMQ_EVENT_CONNECT_DELAYED | ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CLOSED |
                        ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | failed_handshake;

std::string fresh_address() {
  static std::atomic<std::uint64_t> made = 0;
  return "inproc://monitor-" + std::to_string(made++);
}

}  // namespace

Monitor::Monitor(zmq::context_t& context, zmq::socket_t& socket)
    : watched_(socket.handle()), events_(context, zmq::socket_type::pair) {
  const std::string address = fresh_address();
  if (zmq_socket_monitor(socket.handle(), address.c_str(), watched) != 0) throw zmq::error_t();
  events_.set(zmq::sockopt::linger, 0);
  events_.set(zmq::sockopt::rcvhwm, 0);  // ZeroMQ's own thread would wait where we are slow to read
  events_.connect(address);
}

Monitor::~Monitor() {
  zmq_socket_monitor(watched_, nullptr, 0);
}

// Two frames: kind (u16) and value (u32) in our own byte order, then the address.
std::optional<Monitor::Event> Monitor::next() {
  zmq::message_t what;
  zmq::message_t where;
  if (!events_.recv(what, zmq::recv_flags::dontwait) || !events_.recv(where)) return std::nullopt;
  std::uint16_t kind = 0;
  std::int32_t value = 0;
  if (what.size() != sizeof kind + sizeof value) return std::nullopt;
  std::memcpy(&kind, what.data(), sizeof kind);
  std::memcpy(&value, what.data<char>() + sizeof kind, sizeof value);
  return Event{kind, value};
}

}  // namespace grapevine::node
