#include "node/door.hpp"

#include "node/socket_options.hpp"
#include "node/zap.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <netdb.h>
#include <sys/socket.h>

namespace grapevine::node {

namespace {

// An automatic routing id is a zero and a number in network byte order (libzmq, router.cpp).
constexpr std::size_t routing_id_size = 5;

// Frames that were under way when we hung up have arrived by then.
constexpr auto turned_away_for = std::chrono::seconds(1);

std::optional<std::uint32_t> automatic_number(const zmq::message_t& id) {
  const auto* bytes = id.data<std::uint8_t>();
  if (id.size() != routing_id_size || bytes[0] != 0) return std::nullopt;
  std::uint32_t number = 0;
  for (std::size_t i = 1; i < routing_id_size; ++i) number = (number << 8) | bytes[i];
  return number;
}

std::array<std::uint8_t, routing_id_size> routing_id(std::uint32_t number) {
  return {0, static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
          static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

// Numbers wrap: newer is less than half the circle ahead.
bool is_newer(std::uint32_t number, std::uint32_t than) {
  return static_cast<std::int32_t>(number - than) > 0;
}

// The near end of a connection. ZeroMQ's own thread may have closed it and opened another under the same
// number; one that does not end at our port is none of ours.
std::string own_address(int descriptor, std::uint16_t port) {
  sockaddr_storage near{};
  socklen_t size = sizeof near;
  char host[NI_MAXHOST] = {};
  char service[NI_MAXSERV] = {};
  auto* const address = reinterpret_cast<sockaddr*>(&near);
  if (::getsockname(descriptor, address, &size) != 0 ||
      ::getnameinfo(address, size, host, sizeof host, service, sizeof service,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0 ||
      std::to_string(port) != service)
    return {};
  return near.ss_family == AF_INET6 ? "[" + std::string(host) + "]:" + service
                                    : std::string(host) + ":" + service;
}

}  // namespace

Door::Door(zmq::context_t& context, std::string_view host, std::uint16_t port, const TransportPair& own,
           Counts& counts)
    : socket_(make_router(context, frame_bytes_max)), monitor_(context, socket_), counts_(counts) {
  serve_curve(socket_, own.secret, mesh_domain);
  const std::string address = std::string(host) + ":" + (port == 0 ? "*" : std::to_string(port));
  try {
    socket_.bind(zmq_address(socket_, address));
  } catch (const zmq::error_t& error) {
    throw std::runtime_error("cannot listen for peers on " + address + ": " + error.what());
  }
  const std::string bound = socket_.get(zmq::sockopt::last_endpoint);
  port_ = static_cast<std::uint16_t>(std::stoul(bound.substr(bound.rfind(':') + 1)));
}

bool Door::has_route(const NodeId& peer) const {
  const auto found = routes_.find(peer);
  return found != routes_.end() && found->second.state == Route::State::open;
}

std::map<NodeId, std::string> Door::called_at() const {
  std::map<NodeId, std::string> called;
  for (const auto& [peer, route] : routes_)
    if (route.state == Route::State::open) called.emplace(peer, route.called);
  return called;
}

Sent Door::send(const NodeId& peer, View frame) {
  if (!has_route(peer)) return Sent::gone;
  const auto id = routing_id(routes_.at(peer).number);
  try {
    if (!socket_.send(zmq::buffer(id), zmq::send_flags::sndmore | zmq::send_flags::dontwait))
      return Sent::full;
    // The route was just found free: the frame itself is always taken.
    socket_.send(zmq::buffer(frame.data(), frame.size()), zmq::send_flags::dontwait);
    return Sent::yes;
  } catch (const zmq::error_t& error) {
    if (error.num() != EHOSTUNREACH) throw;
    routes_.at(peer).state = Route::State::over;
    return Sent::gone;
  }
}

void Door::turn_away(const NodeId& peer) {
  if (!has_route(peer)) return;
  Route& route = routes_.at(peer);
  route.state = Route::State::turned_away;
  route.turned_away = Clock::now();
}

std::variant<Door::Nothing, Door::Dropped, Door::Arrival> Door::receive() {
  zmq::message_t id;
  zmq::message_t frame;
  if (!socket_.recv(id, zmq::recv_flags::dontwait)) return Nothing{};
  if (!id.more() || !socket_.recv(frame)) return drop("hostile.no_frame");
  const auto number = automatic_number(id);
  const auto from = user_of(frame);
  const bool single = !frame.more();
  const int descriptor = zmq_msg_get(frame.handle(), ZMQ_SRCFD);
  if (!single) drain_message(socket_, frame);
  if (!number) return drop("hostile.routing_id");
  if (!from) return drop("hostile.no_user");
  const NodeId member{*from};
  if (!take_route(member, *number, descriptor)) return drop("dropped.turned_away");
  const auto* bytes = frame.data<std::uint8_t>();
  return Arrival{{member, Bytes(bytes, bytes + frame.size())}, !single};
}

Door::Dropped Door::drop(std::string_view kind) {
  ++counts_[kind];
  return {};
}

// Whether a frame that came on this connection is to be heard. A newer connection becomes the route; an older
// one is still heard while it lasts.
bool Door::take_route(const NodeId& from, RoutingNumber number, int descriptor) {
  const auto found = routes_.find(from);
  if (found != routes_.end() && !is_newer(number, found->second.number)) {
    Route& route = found->second;
    if (route.state != Route::State::turned_away) return true;
    if (number != route.number || Clock::now() - route.turned_away < turned_away_for) return false;
    route.state = Route::State::open;
    return true;
  }
  look();  // descriptors are used again: ends of older connections come first
  routes_[from] = {.number = number, .descriptor = descriptor, .called = own_address(descriptor, port_)};
  return true;
}

std::vector<NodeId> Door::ended() {
  look();
  return std::exchange(ended_, {});
}

void Door::look() {
  while (const auto event = monitor_.next()) {
    if (event->kind == ZMQ_EVENT_DISCONNECTED) {
      end_route(event->value);
    } else if ((event->kind & failed_handshake) != 0) {
      ++counts_["hostile.handshake"];
    }
  }
}

void Door::end_route(int descriptor) {
  const auto is_it = [&](const auto& entry) {
    return entry.second.state != Route::State::over && entry.second.descriptor == descriptor;
  };
  const auto found = std::find_if(routes_.begin(), routes_.end(), is_it);
  if (found == routes_.end()) {
    ++counts_["dropped.connection"];  // it never was a member's route, or a newer one had taken its place
    return;
  }
  found->second.state = Route::State::over;
  ended_.push_back(found->first);
}

void Door::add_to(std::vector<zmq_pollitem_t>& polled) {
  polled.push_back({socket_.handle(), 0, ZMQ_POLLIN, 0});
  polled.push_back({monitor_.handle(), 0, ZMQ_POLLIN, 0});
}

}  // namespace grapevine::node
