// What this floor may ask for. `Publish` carries only what this node itself wrote or vouches for; its
// sequence number, or that it voted, is put into Table::meta in the same step, and so is on the disk before
// it leaves: a crash must not let a number be used twice.
#pragma once

#include "crypto/effect.hpp"
#include "dns/message.hpp"

#include <variant>
#include <vector>

namespace grapevine::dns {

/// A record for everybody, at most `record_bytes_max` bytes.
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
