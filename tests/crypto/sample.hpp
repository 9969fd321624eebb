// Keys, nodes and certificates that are the same in every run: key n has the seed n n n .. n. A Household is
// a mesh with an admin (2), an inviter (3) and a member (4), all certified by the root (1) except the member,
// whom the inviter let in.
#pragma once

#include "crypto/certificate.hpp"
#include "crypto/invite.hpp"

namespace grapevine::sample {

inline constexpr WallTime noon{1'800'000'000'000ms};
inline constexpr auto day = 24h;

template <std::size_t N>
Fixed<N> filled(std::uint8_t byte) {
  Fixed<N> made;
  made.bytes.fill(byte);
  return made;
}

inline SigningKey key(std::uint8_t n) {
  return SigningKey::from_seed(filled<32>(n));
}

inline TransportKey transport(std::uint8_t n) {
  return TransportPair::from_secret(filled<32>(n)).key;
}

inline Mesh mesh() {
  RootStatement statement;
  statement.root = key(1).public_key();
  statement.mesh_name.assign("home");
  statement.created = noon;
  statement.nonce = filled<16>(7);
  return {mesh_id(statement), statement, Signed<RootStatement>(statement, MeshId{}, key(1))};
}

/// Who lets a device in, unless it is said: the root, but for the member of the household.
constexpr std::uint8_t host_of(std::uint8_t n) {
  return n == 4 ? 3 : 0;
}

inline NodeId node(std::uint8_t n);

inline Inception inception(std::uint8_t n, std::uint8_t host) {
  return {.key = key(n).public_key(),
          .next = key(static_cast<std::uint8_t>(n + 100)).commitment(),
          .transport = transport(n),
          .inviter = host == 0 ? NodeId{} : node(host),
          .ending = filled<16>(n)};
}

inline Inception inception(std::uint8_t n) {
  return inception(n, host_of(n));
}

inline NodeId node(std::uint8_t n, std::uint8_t host) {
  return node_id(mesh().id, inception(n, host));
}

inline NodeId node(std::uint8_t n) {
  return node(n, host_of(n));
}

/// Thirty days from noon for device n, issued by the root.
inline Certificate certificate(std::uint8_t n, Role role) {
  Certificate made;
  made.serial = filled<16>(n);
  made.inception = inception(n);
  made.node = node(n);
  made.label.assign("device " + std::to_string(n));
  made.owner = owner_of("anna");
  made.role = role;
  made.admitted = made.not_before = noon;
  made.not_after = noon + 30 * day;
  return made;
}

/// As the guest of whoever issues it, which makes it another node.
inline Certificate issued_by(std::uint8_t issuer, Certificate certificate) {
  certificate.issuer = certificate.inception.inviter = node(issuer);
  certificate.node = node_id(mesh().id, certificate.inception);
  return certificate;
}

inline Signed<Certificate> sign(const Certificate& certificate, std::uint8_t signer) {
  return {certificate, mesh().id, key(signer)};
}

struct Household {
  SodiumVerifier verifier{};
  Roster roster{mesh(), verifier};

  Household() {
    admit(sign(certificate(2, Role::admin), 1)).value();
    admit(sign(certificate(3, Role::inviter), 1)).value();
    admit(sign(issued_by(3, certificate(4, Role::member)), 3)).value();
  }
  Result<Certificate> admit(const Signed<Certificate>& from, WallTime now = noon) {
    return roster.admit(from, now);
  }
};

inline Invite invite() {
  Invite made;
  made.mesh = mesh().id;
  made.inviter = node(2);
  made.join_key = transport(2);
  made.addresses = std::vector<Text<64>>{std::string("192.0.2.1:4781"), std::string("[2001:db8::1]:4781")};
  made.seed = filled<32>(5);
  made.not_after = noon + day;
  return made;
}

inline JoinWish wish() {
  JoinWish made;
  made.invite = invite_id(key(5).public_key());
  made.inception = inception(3, 2);
  made.label.assign("device 3");
  made.join_key = transport(2);
  made.nonce = filled<24>(6);
  return made;
}

}  // namespace grapevine::sample
