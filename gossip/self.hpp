// Who this node is to the others: its id, where it listens, the certificate that admits it, the key it signs
// with.
#pragma once

#include "gossip/message.hpp"

namespace grapevine::gossip {

struct Self {
  NodeId node;
  Contact contact;
  Signed<Certificate> certificate;
  const SigningKey* key = nullptr;  // outlives the machine
};

}  // namespace grapevine::gossip
