// What becomes of a socket's connections, as ZeroMQ tells it: a socket monitor (zmq_socket_monitor(3)) read
// without waiting. Events of one socket come in the order in which they happened; `value` is the connection's
// descriptor, or for failed handshakes a reason.
#pragma once

#include <cstdint>
#include <optional>

#include <zmq.hpp>

namespace grapevine::node {

/// Any of the ways in which a handshake ends without a connection.
inline constexpr int failed_handshake = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                                        ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

class Monitor {
 public:
  struct Event {
    int kind = 0;  // ZMQ_EVENT_...
    int value = 0;
  };

  /// Watches `socket` from now on; `socket` outlives this.
  Monitor(zmq::context_t& context, zmq::socket_t& socket);
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;
  /// Stops watching first: ZeroMQ's own thread would wait for a reader that is gone.
  ~Monitor();

  /// The next event; nullopt when there is none yet.
  std::optional<Event> next();
  /// For zmq_poll.
  void* handle() { return events_.handle(); }

 private:
  void* watched_;
  zmq::socket_t events_;
};

}  // namespace grapevine::node
