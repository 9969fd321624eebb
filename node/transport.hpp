// Frames to and from members, over ZeroMQ with CURVE. One ROUTER is bound on the mesh port (door.hpp), one
// DEALER dials each peer gossip::Links wants (line.hpp), and a connection is used both ways, whoever made it.
// No decisions are made here but one: when two dials cross, the connection made by the smaller NodeId stays
// and the other dialler closes its own.
//  1. A peer is linked while either direction stands: Linked is told with the first, Unlinked with the last.
//  2. `from` is proven: the User-Id that ZAP granted at the door, the certified key of whom we dialled
//     on a line.
//  3. One frame a message; whoever sends more is refused for ten minutes.
//  4. Frames to one peer keep their order; over a full queue or without a link they are dropped
//     and counted, never kept.
// Options and their reasons: socket_options.hpp. Who may connect: zap.hpp. Only these files know ZeroMQ.
#pragma once

#include "node/effect.hpp"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace grapevine::node {

/// Where members reach us. Port 0: any free one.
struct Listen {
  std::string host = "0.0.0.0";
  std::uint16_t port = 0;
};

class Transport {
 public:
  static constexpr Duration refused_for = std::chrono::minutes(10);

  /// Proves first that the guard admits whom it should and nobody else. Throws std::runtime_error with one
  /// clear line when it does not, or when the port is taken.
  Transport(const Listen& listen, const TransportPair& own, const NodeId& self);
  ~Transport();

  std::uint16_t port() const;

  /// Lets a member in under this key; a key it had before is nobody's from now on.
  void admit(const Admit& member);
  /// Lets a member in no longer, ends its connections, and drops what still comes on them.
  void expel(const NodeId& peer);
  /// Answered by Linked or Unlinked. A dial to a peer that is being dialled or was is the same dial.
  void dial(const Connect& to);
  /// One more address for a peer that is being dialled now; nothing otherwise.
  void also_try(const NodeId& peer, const gossip::Contact& contact);
  /// Ends every connection to a peer; answered by Unlinked if it was linked. One that the peer made can only
  /// be left alone: what comes on it within a second is dropped, what comes later links the peer again.
  void hang_up(const NodeId& peer);
  /// Sends to a linked peer, or drops and counts.
  void send(const NodeId& to, View frame);

  /// Waits until there is something to receive, or one of `also` can be read, or so long.
  void wait(Duration most, std::span<const int> also);
  /// What has happened since the last call, at most about `most`: Received, Linked, Unlinked.
  std::vector<Input> receive(std::size_t most);

  /// Members whose connection to us stands, and which of our addresses they called.
  std::map<NodeId, std::string> called_at() const;
  /// What was dropped since the start, by kind: `dropped.*` for want of room or link, `hostile.*` for what no
  /// member of good faith sends.
  const std::map<std::string_view, std::uint64_t>& counts() const;

 private:
  struct Sockets;
  std::unique_ptr<Sockets> sockets_;
};

}  // namespace grapevine::node
