// The bound side: one ROUTER on which members call us. Who speaks is the User-Id that ZAP gave the
// connection, never the routing id. A member's newest connection is its route, and replies go there; routing
// ids count up, so newer is a comparison. What is not an admitted member's single frame under an automatic
// routing id is dropped and counted.
#pragma once

#include "node/line.hpp"

#include <map>
#include <string_view>
#include <variant>

namespace grapevine::node {

/// How often something was dropped, by kind: "dropped.full", "hostile.multipart".
using Counts = std::map<std::string_view, std::uint64_t>;

class Door {
 public:
  /// Binds; port 0 lets the system choose. Throws std::runtime_error with one line when it cannot.
  Door(zmq::context_t& context, std::string_view host, std::uint16_t port, const TransportPair& own,
       Counts& counts);

  std::uint16_t port() const { return port_; }
  bool has_route(const NodeId& peer) const;
  /// Members whose route is open, and which of our addresses they called.
  std::map<NodeId, std::string> called_at() const;
  Sent send(const NodeId& peer, View frame);
  /// Drops what the member's present connection still brings and sends nothing on it; libzmq cannot close one
  /// peer of a ROUTER. A member that still speaks there after a second has not hung up, and is heard again.
  void turn_away(const NodeId& peer);

  /// The next frame of a member. `nonsense`: what it sent was no single frame. Dropped: one that is not to be
  /// heard was read and counted; more may wait.
  struct Nothing {};
  struct Dropped {};
  struct Arrival {
    Received received;
    bool nonsense = false;
  };
  std::variant<Nothing, Dropped, Arrival> receive();
  /// Members whose route has ended since the last call.
  std::vector<NodeId> ended();

  void add_to(std::vector<zmq_pollitem_t>& polled);

 private:
  using Clock = std::chrono::steady_clock;
  using RoutingNumber = std::uint32_t;
  /// A member's newest connection; remembered when it is over, so that what is still read from it opens
  /// nothing.
  struct Route {
    enum class State { open, turned_away, over };
    RoutingNumber number = 0;
    int descriptor = -1;
    State state = State::open;
    std::string called;  // the address of ours; empty when the connection was over before we looked
    Clock::time_point turned_away{};
  };
  Dropped drop(std::string_view kind);
  bool take_route(const NodeId& from, RoutingNumber number, int descriptor);
  void look();
  void end_route(int descriptor);

  zmq::socket_t socket_;
  Monitor monitor_;
  std::uint16_t port_ = 0;
  Counts& counts_;
  std::map<NodeId, Route> routes_;  // at most as many as ZAP admits
  std::vector<NodeId> ended_;
};

}  // namespace grapevine::node
