// What this floor may ask for. `Core` turns typed messages into frames; frames of every floor leave through
// Links, the only machine that may dial, and so come back out of here as Transmit.
#pragma once

#include "crypto/effect.hpp"
#include "gossip/book.hpp"

#include <variant>
#include <vector>

namespace grapevine::gossip {

/// A frame for a peer that is linked right now.
struct Transmit {
  NodeId to;
  Bytes frame;
};
/// Make a connection; answered by linked() or by unlinked(refused).
struct Dial {
  NodeId to;
  Contact contact;
};
/// End every connection to this peer.
struct HangUp {
  NodeId to;
};
/// To be on disk before the effects after it: own incarnation, and whom to call after a restart.
struct Persist {
  Bytes state;
};
/// A broadcast has come; answer with verdict(id, ...) in the same step. Only accepted ones are passed on.
struct Arrived {
  GossipId id;
  NodeId from;
  Topic topic;
  Bytes payload;
};
/// The freshest bulletin of a peer (its load, opaque here).
struct Heard {
  NodeId peer;
  Bytes bulletin;
};
/// A member's standing has changed.
struct Changed {
  NodeId peer;
  Status status;
};
/// This peer holds another registry root than ours.
struct Meet {
  NodeId peer;
};

using Effect =
    std::variant<Send<Message>, Transmit, Dial, HangUp, Persist, Arrived, Heard, Changed, Meet, Note>;
using Effects = std::vector<Effect>;

/// Asks that a peer is told this.
inline void send(const Peers& peers, Peer to, Message message, Effects& out) {
  out.push_back(Send<Message>{.to = peers.node(to), .message = std::move(message)});
}

}  // namespace grapevine::gossip
