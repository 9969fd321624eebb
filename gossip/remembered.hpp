// What a node must know after a restart: its last incarnation, so that it speaks above it, and whom to call.
#pragma once

#include "crypto/invite.hpp"
#include "gossip/message.hpp"

namespace grapevine::gossip {

struct Remembered {
  std::uint8_t version = 1;
  Incarnation incarnation = 0;
  List<Introduction, 64> contacts;
  static auto fields(auto& self) { return std::tie(self.version, self.incarnation, self.contacts); }
};

}  // namespace grapevine::gossip
