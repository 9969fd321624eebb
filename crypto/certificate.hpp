// Membership: a signed statement that peers verify, with no server to ask. The root statement founds a mesh
// and its hash is the mesh id; a certificate says that a node belongs to it, whose device it is and what it
// may do. Who the node is, under which keys and let in by whom, is not its issuer's word: the id is the hash
// of that (identity.hpp). The root makes admins and inviters, these make members: no chain is longer. An
// inviter certifies the guests who chose it, admins renew anybody. A certificate ends by its date, unless it
// is renewed (issuer.hpp), or before it, when the mesh revokes the node, whoever let it in, or whoever signed
// for it last (revocation.hpp). The roster is the one book of certificates a node has checked, and of what has
// become of their holders since; the floors above share it by reference.
#pragma once

#include "crypto/identity.hpp"
#include "crypto/signed.hpp"

#include <unordered_map>

namespace grapevine {

using Owner = Strong<struct OwnerTag, Fixed<16>>;  // hash of the owner's label: one person, one voice
/// The owner behind a label such as "anna"; folded to lower case by the caller if wanted.
Owner owner_of(std::string_view label);

struct RootStatement {
  static constexpr std::string_view purpose = "grapevine/join/1";
  static constexpr std::uint8_t type = 1;
  static constexpr std::size_t payload_bytes_max = 160;

  std::uint8_t version = 1;
  PublicKey root;
  Text<32> mesh_name;
  WallTime created;
  std::uint16_t member_days = 30;
  std::uint16_t admin_days = 400;  // admins and inviters: their issuer, the root key, is offline
  Fixed<16> nonce;
  static auto fields(auto& self) {
    return std::tie(self.version, self.root, self.mesh_name, self.created, self.member_days, self.admin_days,
                    self.nonce);
  }
};
MeshId mesh_id(const RootStatement& statement);

/// A mesh: its statement, checked against its own root key, and the id that follows.
struct Mesh {
  MeshId id;
  RootStatement root;
  Signed<RootStatement> statement;
};
Mesh found_mesh(std::string_view name, const SigningKey& root, WallTime now);
/// bad_signature unless the statement's own root key signed it. (The statement is signed under an all-zero
/// mesh id, since the real one is its hash.)
Result<Mesh> open_mesh(const Signed<RootStatement>& statement, Verifier& verifier);

enum class Role : std::uint8_t { member, inviter, admin };
constexpr Role wire_last(Role) {
  return Role::admin;
}
std::string_view name(Role role);
Result<Role> parse_role(std::string_view text);

struct Certificate {
  static constexpr std::string_view purpose = "grapevine/join/1";
  static constexpr std::uint8_t type = 2;
  static constexpr std::size_t payload_bytes_max = 350;

  std::uint8_t version = 1;
  Fixed<16> serial;
  NodeId node;          // the hash of the inception, for whoever does not know the mesh
  Inception inception;  // kept at renewal, as all but the dates and the issuer is
  Text<32> label;       // a hint for people; a mesh name is claimed in the registry
  Owner owner;
  Role role = Role::member;
  WallTime admitted;  // first; kept at renewal, so that whoever may vote goes on voting
  WallTime not_before;
  WallTime not_after;
  NodeId issuer;  // whose key signed this; zero: the root key
  static auto fields(auto& self) {
    return std::tie(self.version, self.serial, self.node, self.inception, self.label, self.owner, self.role,
                    self.admitted, self.not_before, self.not_after, self.issuer);
  }
  bool operator==(const Certificate&) const = default;
};
/// What a renewal leaves as it is, as one number: who this is, under which keys, and who let it in when.
Fixed<16> admission_of(const Certificate& certificate);

/// Which of two certificates of one node counts, everywhere alike and in whatever order they come: the
/// greater. A higher role yields to no lower one, for any admin may certify a member; what the root has made
/// is unmade by revoking it. A hash over all of it settles what is left.
struct Precedence {
  Role role = Role::member;
  WallTime not_after;
  Fixed<32> hash;
  auto operator<=>(const Precedence&) const = default;
};
Precedence precedence_of(const Certificate& certificate, const Signature& signature);

/// How far a node may be heard.
enum class Voice : std::uint8_t {
  heard,
  muted,    // its key is suspended: what it signs counts for nothing until it has another
  retired,  // it is a member no more, for ever
  revoked,  // likewise, and so is whom it let in
};

/// What has become of a node since its certificate, as the registry knows. Only the last key speaks: one that
/// was replaced is refused at once, for a thief may have it, and what it signed before has arrived or is said
/// again under the new one.
struct Standing {
  std::optional<PublicKey> key = {};  // absent: still that of its certificate
  Voice voice = Voice::heard;
  std::vector<Fixed<16>> kept = {};  // admissions that outlive the revocation of whoever answers for them
  bool operator==(const Standing&) const = default;
};

/// Certificates this node has checked, by node. At most `members_max`; of two of one node that of the greater
/// precedence stays.
class Roster {
 public:
  static constexpr std::size_t members_max = 20'000;

  Roster(Mesh mesh, Verifier& verifier);

  /// Takes a certificate in after checking its dates, its chain, whose it is and then, being dear, its
  /// signature. Errors: expired; early (begins more than 10 min ahead); unknown (its issuer has not been
  /// met); refused (the issuer may not issue this, or the mesh allows fewer days); bad_signature (also of an
  /// id that is not the hash of the inception); full. Returns the certificate now held for the node, which
  /// may be another. Certificates are signed with the first key of their issuer, also after it has rotated: a
  /// date can be set back, so a stolen key that issues is not mended by another key, only by revoking its
  /// holder.
  Result<Certificate> admit(const Signed<Certificate>& certificate, WallTime now);

  /// The certificate held for a node; nullptr when there is none. Valid until the next admit.
  const Certificate* find(const NodeId& node) const;
  std::optional<Signed<Certificate>> find_signed(const NodeId& node) const;
  /// Without whose certificates others cannot check this one; issuers before those they issued.
  std::vector<Signed<Certificate>> issuers_of(Signed<Certificate> certificate) const;
  /// Whether the node's certificate holds at this time, and that of its issuer, and nobody has retired or
  /// revoked it.
  bool is_member(const NodeId& node, WallTime now) const;

  /// Takes note of what has become of a node, met or not; kept for at most `members_max`.
  void learn(const NodeId& node, const Standing& standing);
  /// How far a node may be heard. A member falls, unless kept, with whoever let it in, though somebody honest
  /// has renewed it since: a thief's friends must not outlive it. It also falls with whoever signed for it
  /// last, who may have made up all the rest. Whom only the root makes falls alone.
  Voice voice_of(const NodeId& node) const;
  /// The key that proves what the node says now; nullptr when it has not been met, or is not to be heard.
  /// Valid until the next admit or learn.
  const PublicKey* key_of(const NodeId& node) const;
  std::size_t size() const { return members_.size(); }

  const Mesh& mesh() const { return mesh_; }
  Verifier& verifier() const { return *verifier_; }

 private:
  struct Entry {
    Certificate certificate;
    Signature signature;
    Signed<Certificate> as_signed() const { return {certificate, signature}; }
    Precedence precedence() const { return precedence_of(certificate, signature); }
  };
  Result<void> check_terms(const Certificate& certificate, WallTime now) const;
  Result<PublicKey> issuer_key(const Certificate& certificate, WallTime now) const;
  bool falls_with(const NodeId& sponsor, const Certificate& held) const;
  void forget_ended(WallTime now);

  Mesh mesh_;
  Verifier* verifier_;
  std::unordered_map<NodeId, Entry, FirstBytes> members_;       // no order is taken from it
  std::unordered_map<NodeId, Standing, FirstBytes> standings_;  // of whom something has become
};

}  // namespace grapevine
