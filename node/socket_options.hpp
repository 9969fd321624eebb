// Every ZeroMQ option we set, its value and its reason, in one place. One ROUTER is bound on the mesh port
// and never dials (a ROUTER that dials black-holes after the peer's restart: libzmq#1575); each peer we dial
// has its own DEALER. The binding side is always the CURVE server (a refusal by ZAP would abort a connecting
// one: libzmq#3059). No PUB, SUB or XPUB faces a peer: random subscriptions grow its memory without bound.
// Only files that know ZeroMQ include this one.
#pragma once

#include "crypto/identity.hpp"

#include <chrono>
#include <cstdlib>
#include <string_view>

#include <zmq.hpp>

namespace grapevine::node {

/// The largest frame a member may send. ZeroMQ allocates what a header claims before it knows who speaks;
/// without a limit that is 1 GiB for a stranger.
inline constexpr std::int64_t frame_bytes_max = 262'144;
/// The same at the join port: one request of a newcomer, and room for ZeroMQ's own commands.
inline constexpr std::int64_t join_frame_bytes_max = 8'192;

// Each way: with the largest frames 16 MiB a peer, the default would be 250.
inline constexpr int frames_queued_max = 64;
// A last word (Left, Bye) may still leave; more would keep a dead peer's socket.
inline constexpr int lingering_ms = 500;
inline constexpr auto connect_time_out = std::chrono::milliseconds(2'000);
inline constexpr auto handshake_time_out = std::chrono::milliseconds(3'000);
inline constexpr auto unacknowledged_time_out = std::chrono::milliseconds(20'000);

/// What both sides need.
inline void set_bounds(zmq::socket_t& socket, std::int64_t message_bytes_max) {
  namespace option = zmq::sockopt;
  socket.set(option::maxmsgsize, message_bytes_max);
  socket.set(option::sndhwm, frames_queued_max);
  socket.set(option::rcvhwm, frames_queued_max);
  // Mute strangers cost a descriptor each; they go after this.
  socket.set(option::handshake_ivl, static_cast<int>(handshake_time_out.count()));
  socket.set(option::linger, lingering_ms);
  // For peers that vanish without a word: the kernel gives up when what was sent is not acknowledged for so
  // long, by default after 15 minutes ...
  socket.set(option::tcp_maxrt, static_cast<int>(unacknowledged_time_out.count()));
  // ... and where nothing is sent, it asks after 30 s, then every 10 s.
  socket.set(option::tcp_keepalive, 1);
  socket.set(option::tcp_keepalive_idle, 30);
  socket.set(option::tcp_keepalive_intvl, 10);
  socket.set(option::tcp_keepalive_cnt, 3);
}

/// A ROUTER that listens. Seeds rand() first: automatic routing ids count up from it, libzmq never seeds it,
/// and a member that guesses the next id and claims it ends our process.
inline zmq::socket_t make_router(zmq::context_t& context, std::int64_t message_bytes_max) {
  std::uint32_t seed = 0;
  fill_random({reinterpret_cast<std::uint8_t*>(&seed), sizeof seed});
  std::srand(seed);
  zmq::socket_t socket(context, zmq::socket_type::router);
  namespace option = zmq::sockopt;
  set_bounds(socket, message_bytes_max);
  // Sending to nobody must be an error, not silence.
  socket.set(option::router_mandatory, true);
  // On, a second member could claim the first one's routing id and receive what is meant for it.
  socket.set(option::router_handover, false);
  // Heartbeats come from the dialler alone: from both sides they cost twice as much and find nothing more.
  socket.set(option::heartbeat_ivl, 0);
  socket.set(option::backlog, 1'024);  // a household restarts all at once
  return socket;
}

/// A DEALER that dials one address once.
inline zmq::socket_t make_dealer(zmq::context_t& context, std::int64_t message_bytes_max) {
  zmq::socket_t socket(context, zmq::socket_type::dealer);
  namespace option = zmq::sockopt;
  set_bounds(socket, message_bytes_max);
  socket.set(option::connect_timeout, static_cast<int>(connect_time_out.count()));
  // Whether to dial again is gossip::Links' decision: it has a budget, and a loss is news.
  socket.set(option::reconnect_ivl, -1);
  // No queue to nobody.
  socket.set(option::immediate, true);
  // What the kernel cannot see: a process that hangs. One costs 280 B with all headers and acknowledgements;
  // every 10 s, on the links of thirty devices, they were more than a quarter of the idle traffic.
  socket.set(option::heartbeat_ivl, 30'000);
  socket.set(option::heartbeat_timeout, 10'000);
  socket.set(option::heartbeat_ttl, 60'000);  // the listening side notices a silent dialler by this
  return socket;
}

/// Makes a ROUTER speak CURVE as `own`, and ask ZAP in `domain` about everybody.
inline void serve_curve(zmq::socket_t& socket, const Fixed<32>& secret, std::string_view domain) {
  namespace option = zmq::sockopt;
  socket.set(option::curve_server, true);
  socket.set(option::curve_secretkey, zmq::buffer(secret.bytes));
  socket.set(option::zap_domain, domain);
}

/// Makes a DEALER speak CURVE as `own` to whoever holds the secret of `server`, and to nobody else.
inline void speak_curve(zmq::socket_t& socket, const TransportPair& own, const TransportKey& server) {
  namespace option = zmq::sockopt;
  socket.set(option::curve_publickey, zmq::buffer(own.key.value.bytes));
  socket.set(option::curve_secretkey, zmq::buffer(own.secret.bytes));
  socket.set(option::curve_serverkey, zmq::buffer(server.value.bytes));
}

/// "host:port" as ZeroMQ wants it; IPv6 is switched on only where an address is one, so that "0.0.0.0" stays
/// IPv4.
inline std::string zmq_address(zmq::socket_t& socket, std::string_view address) {
  if (address.starts_with('[')) socket.set(zmq::sockopt::ipv6, true);
  return "tcp://" + std::string(address);
}

}  // namespace grapevine::node
