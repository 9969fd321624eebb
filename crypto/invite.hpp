// One use, one day, handed over by a person. An invite carries the mesh it leads to, who invites, where to
// knock and a seed that makes the invite key; the inviter keeps only the public half, so a copy of its disk
// admits nobody. The joiner makes its own keys and, from them and its inviter, its id; it asks with a
// JoinRequest signed by both the invite key and its new operational key. The reply is its certificate. These
// are the sentences; who may enter, and the book of open invites, is node/invites.
#pragma once

#include "crypto/certificate.hpp"

#include <variant>

namespace grapevine {

using InviteId = Strong<struct InviteIdTag, Fixed<16>>;

struct Invite {
  std::uint8_t version = 1;
  MeshId mesh;
  NodeId inviter;               // whose guest the newcomer says it will be, in its inception
  TransportKey join_key;        // CURVE key of the join port
  List<Text<64>, 4> addresses;  // "host:port" of the join port
  Fixed<32> seed;               // of the invite key
  WallTime not_after;
  static auto fields(auto& self) {
    return std::tie(self.version, self.mesh, self.inviter, self.join_key, self.addresses, self.seed,
                    self.not_after);
  }
};
/// `gv1-` + base32 of the encoding and a 4-byte check, so that a mistyped letter is named as such.
std::string to_text(const Invite& invite);
/// malformed: no `gv1-`, foreign letters, or a check that does not match ("altered or mistyped").
Result<Invite> parse_invite(std::string_view text);
InviteId invite_id(const PublicKey& invite_key);

/// What the joiner says; signed twice over the same bytes.
struct JoinWish {
  static constexpr std::string_view purpose = "grapevine/join/1";
  static constexpr std::uint8_t type = 3;
  static constexpr std::size_t payload_bytes_max = 280;

  std::uint8_t version = 1;
  InviteId invite;
  Inception inception;  // its transport key must be that of the connection that carries the wish
  Text<32> label;
  TransportKey join_key;  // the port it was meant for
  Fixed<24> nonce;
  static auto fields(auto& self) {
    return std::tie(self.version, self.invite, self.inception, self.label, self.join_key, self.nonce);
  }
};

struct JoinRequest {
  static constexpr std::uint8_t number = 1;
  Blob<JoinWish::payload_bytes_max> wish;
  Signature by_invite;
  Signature by_node;
  static auto fields(auto& self) { return std::tie(self.wish, self.by_invite, self.by_node); }
};
JoinRequest make_join_request(const JoinWish& wish, const MeshId& mesh, const SigningKey& invite,
                              const SigningKey& node);
/// The wish, once both signatures hold; bad_signature or malformed otherwise.
Result<JoinWish> open_join_request(const JoinRequest& request, const MeshId& mesh, const PublicKey& invite,
                                   Verifier& verifier);

/// Someone to talk to first: its certificate and where it listens.
struct Introduction {
  Signed<Certificate> certificate;
  Text<128> contact;
  static auto fields(auto& self) { return std::tie(self.certificate, self.contact); }
};

struct JoinGranted {
  static constexpr std::uint8_t number = 2;
  Signed<RootStatement> mesh;
  Signed<Certificate> certificate;
  List<Signed<Certificate>, 8> issuers;  // admins and inviters, issuers before those they issued
  List<Introduction, 32> peers;
  static auto fields(auto& self) { return std::tie(self.mesh, self.certificate, self.issuers, self.peers); }
};

/// Alike for unknown, spent and expired invites: the bearer learns nothing from the difference.
struct JoinRefused {
  static constexpr std::uint8_t number = 3;
  static auto fields(auto&) { return std::tie(); }
};

using JoinMessage = std::variant<JoinRequest, JoinGranted, JoinRefused>;

}  // namespace grapevine
