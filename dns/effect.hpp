// What this floor may ask for. `Publish` carries only what this node itself wrote or vouches for: the store
// is committed before it leaves, or a crash would let a sequence number be used twice.
#pragma once

#include "crypto/effect.hpp"
#include "dns/message.hpp"

#include <variant>
#include <vector>

namespace grapevine::dns {

/// A record for everybody, at most `record_bytes_max` bytes; durable here before it is sent.
struct Publish {
  Bytes record;
};
/// A certificate that holds now has been learned: its transport key may connect.
struct Certified {
  Certificate certificate;
};
/// What the registry answers about these nodes may be different now: their names, where they are, what they
/// can do.
struct Changed {
  std::vector<NodeId> nodes;
};

using Effect = std::variant<Send<Message>, Publish, Certified, Changed, Note>;
using Effects = std::vector<Effect>;

}  // namespace grapevine::dns
