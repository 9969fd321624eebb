// Who may connect. ZeroMQ asks about every CURVE handshake at inproc://zeromq.zap.01 (RFC 27, ZAP); without
// an answer there, CURVE alone admits everybody. The answer is one look into a table in memory, transport key
// -> NodeId, kept by its own thread because a slow answer stalls every handshake. What it grants travels with
// each message as "User-Id": that is how `from` is proven and never claimed. Rows come through an inbox and
// are taken in before the next question is answered.
#pragma once

#include "crypto/identity.hpp"
#include "node/inbox.hpp"

#include <functional>
#include <optional>
#include <string_view>
#include <thread>

#include <zmq.hpp>

namespace grapevine::node {

inline constexpr std::string_view mesh_domain = "grapevine";
inline constexpr std::string_view join_domain = "grapevine-join";

/// The User-Id of whoever holds a key, 32 bytes that travel as hex; nullopt: it may not connect.
using Admission = std::function<std::optional<Fixed<32>>(const TransportKey&)>;

/// The socket ZeroMQ asks; to be made before any socket that listens. One a context.
zmq::socket_t make_zap_socket(zmq::context_t& context);
/// Answers one waiting question; false when there is none. Only CURVE, and only `domain`, is ever admitted.
bool answer_zap(zmq::socket_t& socket, std::string_view domain, const Admission& admission);

/// The 32 bytes of the User-Id a frame carries: who sent it, as was granted; nullopt on frames of unproven
/// senders.
std::optional<Fixed<32>> user_of(const zmq::message_t& frame);

/// The guard of the mesh port.
class Zap {
 public:
  static constexpr std::size_t rows_max = 16'384;

  explicit Zap(zmq::context_t& context);
  ~Zap();

  /// From the next handshake on, `key` is `node`. False: too much has not been taken in yet.
  bool admit(const TransportKey& key, const NodeId& node);
  /// From the next handshake on, `key` is nobody.
  bool forget(const TransportKey& key);

 private:
  struct Row {
    TransportKey key;
    std::optional<NodeId> node;
  };
  static constexpr std::size_t queued_max = 2 * rows_max;
  static void guard(zmq::socket_t socket, Inbox<Row>& rows);

  Inbox<Row> rows_{queued_max};
  std::jthread thread_;
};

}  // namespace grapevine::node
