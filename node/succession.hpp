// The keys a node will have after its first, all made at birth from one secret, so that its ID can promise
// every one of them (dns/key_chain.hpp). The n-th is a hash of the secret and n; none leads back to the
// secret or to another, so a thief of the key that signs learns nothing of those to come. The secret is
// needed to rotate and for nothing else, and never changes: it may lie on a stick that is put in for that
// moment. Whoever copies it has all later keys as well, and no rotation shakes it off.
#pragma once

#include "dns/body.hpp"

namespace grapevine::node {

class Succession {
 public:
  explicit Succession(SigningKey secret) : secret_(std::move(secret)) {}
  static Succession generate() { return Succession(SigningKey::generate()); }

  /// The key after so many rotations, from 1 on.
  SigningKey key(std::uint32_t rot) const;
  /// What the ID (0) or the n-th ROT promises: all keys after it.
  KeyCommitment promise(std::uint32_t rot) const;
  /// For the key file only.
  Fixed<32> secret() const { return secret_.seed(); }

 private:
  SigningKey secret_;  // signs nothing; kept as one for its locked memory
};

}  // namespace grapevine::node
