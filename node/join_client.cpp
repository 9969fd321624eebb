#include "node/join_client.hpp"

#include "crypto/match.hpp"
#include "node/join_server.hpp"
#include "node/socket_options.hpp"

#include <chrono>
#include <list>

namespace grapevine::node {

namespace {

using Clock = std::chrono::steady_clock;

// An invite is handed over while its port is still opening: a refused connection is tried again.
constexpr int reconnect_ms = 200;

std::list<zmq::socket_t> send_to_all(zmq::context_t& context, const Invite& invite, const TransportPair& own,
                                     const Bytes& frame);
Result<JoinGranted> granted(View frame);

tl::unexpected<Error> nobody_answers(const Invite& invite) {
  std::string where;
  for (const auto& address : invite.addresses) where += (where.empty() ? "" : ", ") + address;
  return fail(Code::unavailable,
              "nobody answers at " + where + "; is the inviting node running and reachable?");
}

}  // namespace

Result<JoinGranted> knock(const Invite& invite, const JoinRequest& request, const TransportPair& own,
                          Duration patience) {
  zmq::context_t context(1);
  auto sockets = send_to_all(context, invite, own, wire::encode_message(JoinMessage{request}));
  const auto until = Clock::now() + patience;
  for (auto now = Clock::now(); now < until && !sockets.empty(); now = Clock::now()) {
    std::vector<zmq_pollitem_t> waits;
    for (auto& socket : sockets) waits.push_back({socket.handle(), 0, ZMQ_POLLIN, 0});
    const auto rest = std::chrono::ceil<std::chrono::milliseconds>(until - now);
    zmq_poll(waits.data(), static_cast<int>(waits.size()), rest.count());
    for (auto& socket : sockets) {
      zmq::message_t frame;
      if (socket.recv(frame, zmq::recv_flags::dontwait))
        return granted({frame.data<std::uint8_t>(), frame.size()});
    }
  }
  return nobody_answers(invite);
}

namespace {

std::list<zmq::socket_t> send_to_all(zmq::context_t& context, const Invite& invite, const TransportPair& own,
                                     const Bytes& frame) {
  std::list<zmq::socket_t> sockets;
  for (const auto& address : invite.addresses) {
    try {
      zmq::socket_t socket = make_dealer(context, join_answer_bytes_max);
      socket.set(zmq::sockopt::immediate, false);  // the request waits for the handshake
      socket.set(zmq::sockopt::reconnect_ivl, reconnect_ms);
      socket.set(zmq::sockopt::linger, 0);
      speak_curve(socket, own, invite.join_key);
      socket.connect(zmq_address(socket, address));
      socket.send(zmq::buffer(frame), zmq::send_flags::dontwait);
      sockets.push_back(std::move(socket));
    } catch (const zmq::error_t&) {
      // An address that is none is one road less.
    }
  }
  return sockets;
}

Result<JoinGranted> granted(View frame) {
  auto message = wire::decode_message<JoinMessage>(frame);
  if (!message) return fail(std::move(message.error()));
  return match(
      std::move(*message), [](JoinGranted&& answer) -> Result<JoinGranted> { return std::move(answer); },
      [](JoinRefused&&) -> Result<JoinGranted> {
        return fail(Code::refused, "the inviter refuses: the invite was used, has ended, or is not its own");
      },
      [](JoinRequest&&) -> Result<JoinGranted> {
        return fail(Code::malformed, "what answers at the join port asks instead of answering");
      });
}

}  // namespace

}  // namespace grapevine::node
