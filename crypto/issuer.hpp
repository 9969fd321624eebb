// Who makes members, and keeps them. An admin or inviter certifies members, with the key that its own
// certificate names; the root key, on the founding device, makes admins and inviters too, and stands in where
// that device has rotated its own. While its holder is seen, a certificate is renewed unasked: from half of
// its life on by whoever signed it last, else, each in a turn of its own before three quarters are over, by
// whoever let it in or any admin. Of two renewals the same one stays everywhere. One changes when the
// certificate begins and ends and who signs it, nothing else: juries and quotas count the holder as before,
// and it falls as before with whoever let it in, which its id says (Roster::voice_of).
#pragma once

#include "crypto/certificate.hpp"

namespace grapevine {

class Issuer {
 public:
  /// Whose device this is, and what it signs with. Both keys outlive the issuer.
  struct Keys {
    NodeId node;
    const SigningKey* operational;
    const SigningKey* root;  // nullptr but on the founding device
  };
  Issuer(Keys keys, const Roster& roster) : keys_(keys), roster_(&roster) {}

  const Keys& keys() const { return keys_; }
  /// Whether this device makes members of this role; refused, saying who does.
  Result<void> may_issue(Role role) const;
  /// The first certificate of somebody who chose us to let it in; what its own wish and invite do not say, is
  /// filled in. Requires: may_issue(its role).
  Signed<Certificate> admit(Certificate newcomer, WallTime now) const;
  /// What takes the place of a certificate that holds; nothing before its time, or when it is not ours to
  /// renew.
  std::optional<Signed<Certificate>> renewal(const Certificate& held, WallTime now) const;

 private:
  const Certificate* own() const { return roster_->find(keys_.node); }
  bool is_certified() const;
  bool is_ours(const Certificate& held) const;
  NodeId signer(Role role) const;
  WallTime end_of(Role role, WallTime now) const;
  Signed<Certificate> sign(Certificate certificate, WallTime now) const;

  Keys keys_;
  const Roster* roster_;
};

}  // namespace grapevine
