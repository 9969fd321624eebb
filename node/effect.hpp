// Everything that can enter and leave a node. Inputs come from sockets, models, people and clocks; effects go
// back to them. Whoever drives a Core (loop.hpp with real sockets, sim/world.hpp with a heap of events)
// speaks only this.
#pragma once

#include "crypto/effect.hpp"
#include "crypto/invite.hpp"
#include "dns/effect.hpp"
#include "gossip/effect.hpp"
#include "gossip/links.hpp"
#include "moa/effect.hpp"
#include "moa/engine.hpp"

#include <variant>
#include <vector>

namespace grapevine::node {

// --- what enters ---

/// A frame from a peer; `from` is proven by the transport, never read from the frame.
struct Received {
  NodeId from;
  Bytes frame;
};
/// A connection stands, made by us or by the other side.
struct Linked {
  NodeId peer;
  gossip::Dialler dialler = gossip::Dialler::self;
};
/// The last connection to a peer is gone, or a dial came to nothing.
struct Unlinked {
  NodeId peer;
  gossip::Evidence evidence = gossip::Evidence::closed;
};
/// A node of this mesh was heard on the own network, and can perhaps be dialled there. Anybody may have said
/// so.
struct Sighted {
  NodeId peer;
  gossip::Contact contact;
};
/// A model on this device said something, finished or failed.
struct Generated {
  moa::CallId call;
  std::variant<moa::Piece, moa::Finished, Error> said;
};
/// The model on this device was found, changed or went away.
struct ModelFound {
  std::optional<moa::Profile> profile;
};
/// The client of a query has gone.
struct Abandoned {
  moa::QueryId query;
};
/// Somebody knocks at the join port. `key` is the CURVE key of that connection.
struct Knocked {
  std::uint64_t knock = 0;  // names the connection for Admitted
  TransportKey key;
  Bytes frame;
};
/// Stop taking work and say goodbye; `Core::has_left` tells when that is done.
struct Leaving {};
/// Nothing but the time.
struct Tick {};

using Input = std::variant<Received, Linked, Unlinked, Sighted, Generated, ModelFound, moa::Ask, Abandoned,
                           Knocked, Leaving, Tick>;

// --- what leaves ---

/// Connect to a peer; its CURVE key comes from its certificate.
struct Connect {
  NodeId peer;
  TransportKey key;
  gossip::Contact contact;
};
/// A member whose connections are to be let in, under this key only.
struct Admit {
  NodeId peer;
  TransportKey key;
};
/// A member no more: it is let in no longer, and its connections end.
struct Expel {
  NodeId peer;
};
/// Our certificate was renewed: it is the one to begin with at the next start. Issuers before those they
/// issued.
struct KeepCertificate {
  Signed<Certificate> certificate;
  std::vector<Signed<Certificate>> issuers;
};
/// Keep the join port open under this key until the time given (replaces what was said before).
struct OpenJoinPort {
  Fixed<32> secret;
  WallTime until;
};
/// The answer to a knock.
struct AnswerKnock {
  std::uint64_t knock = 0;
  Bytes frame;
};

using Effect =
    std::variant<gossip::Transmit, Connect, gossip::HangUp, gossip::Changed, dns::Changed, Admit, Expel,
                 moa::Generate, moa::Abort, moa::Reply, KeepCertificate, OpenJoinPort, AnswerKnock, Note>;
using Effects = std::vector<Effect>;

}  // namespace grapevine::node
