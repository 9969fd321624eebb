// The outer frame: one MessagePack array whose first number says which floor understands it (gossip 1-59, dns
// 60-79, moa 80-99). The only place where a node's bytes become messages and back.
#pragma once

#include "dns/message.hpp"
#include "gossip/message.hpp"
#include "moa/message.hpp"

namespace grapevine::node {

using AnyMessage = std::variant<gossip::Message, dns::Message, moa::Message>;

/// The message in a frame: malformed, not_canonical, or unknown when no floor has its number.
Result<AnyMessage> open_frame(View frame);

template <class Message>
Bytes to_frame(const Message& message) {
  return wire::encode_message(message);
}

}  // namespace grapevine::node
