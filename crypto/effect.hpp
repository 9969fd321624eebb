// The two effects every floor has: a message for a peer, and a note of what happened. Machines return effects
// by value and never act; the rim performs them in order, after what was stored is on disk.
#pragma once

#include "crypto/identity.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace grapevine {

/// A message of one floor for one peer; it arrives whole, in order with others to the same peer, or not at
/// all.
template <class Message>
struct Send {
  NodeId to;
  Message message;
};

/// Something happened that a person or a counter may want to know. `event` is a literal such as "suspect" or
/// "hostile.bad_signature": it names the line of the log. Details carry ids, numbers, lengths; never a
/// prompt.
struct Note {
  std::string_view event;
  std::optional<NodeId> about = std::nullopt;
  std::string detail = {};
};

/// Appends effects of one floor to a longer list of the same or a wider kind.
template <class To, class From>
void append(std::vector<To>& to, std::vector<From> more) {
  for (auto& effect : more) to.emplace_back(std::move(effect));
}

}  // namespace grapevine
