// Who this node is to the others: its id, where it listens, the certificate that admits it, the key it signs
// with.
#pragma once

#include "crypto/certificate.hpp"
#include "gossip/message.hpp"

namespace grapevine::gossip {

struct Self {
  NodeId node;
  Contact contact;
  Signed<Certificate> certificate;  // that it begins with
  const SigningKey* key = nullptr;  // outlives the machine
  /// The present one, which may have been renewed since.
  Signed<Certificate> certificate_in(const Roster& roster) const {
    return roster.find_signed(node).value_or(certificate);
  }
};

}  // namespace grapevine::gossip
