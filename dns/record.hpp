// Signed claims, and how two are compared. An envelope is array(4) [form = 1, type, payload, signature], at
// most 1232 bytes so that it fits a datagram (IPv6 minimum, RFC 8200). What is signed binds mesh, purpose,
// type and length:
//     "grapevine/names/1" || 0 || mesh_id || type || BE32(size of payload) || payload
// and the record id is its hash: not over the signature, so no second spelling of a signature makes a second
// record. ADDR per node and NAME per (node, skeleton) are ordered by (rot, seq), ties by the larger record
// id, everywhere alike; rot is 0 until key rotation exists. A NodeId is the hash of the ID record's fields,
// so no record but ID names a key.
#pragma once

#include "crypto/certificate.hpp"

#include <variant>

namespace grapevine::dns {

inline constexpr std::string_view names_purpose = "grapevine/names/1";
inline constexpr std::size_t record_bytes_max = 1232;
inline constexpr std::uint64_t sequence_last = (1ull << 63) - 1;  // the largest legal `seq`
inline constexpr std::chrono::seconds address_lease_min{60}, address_lease_max{7200};
inline constexpr std::chrono::seconds name_lease_max{28 * 24h};

/// Numbers of the record types; those between are kept for rotation, votes and transfer.
enum class RecordType : std::uint8_t { id = 1, name = 3, address = 4, member = 11 };

using RecordId = Strong<struct RecordIdTag, Fixed<32>>;

/// Why a record was not taken; `none` when it was.
enum class Reason : std::uint8_t {
  none,
  too_big,
  bad_form,       // no envelope, an unknown form or type, a signature of the wrong size
  duplicate,      // held already
  not_canonical,  // the payload is not the one spelling of a legal body
  bad_signature,
  unknown_node,  // waits for the ID or MEMBER record it refers to
  not_entitled,  // signed by somebody who may not say this
  stale,         // an equal or newer one is held, or its lease ended long ago
  bad_name,
  reserved_name,
  over_quota,
  future,  // issued more than two minutes ahead: waits
  no_room,
};
std::string_view name(Reason reason);

/// The ID record is the inception itself: [key, next, nonce], signed by key, never replaced.
using Origin = Inception;

/// NAME: "I claim this name", or with a key lease of 0, "I give it up".
struct NameClaim {
  NodeId node;
  std::uint32_t rot = 0;
  std::uint64_t seq = 0;
  Text<63> name;
  std::uint32_t key_lease_s = 0;  // at most `name_lease_max`; 0: given up
  Fixed<16> salt;
  WallTime issued;
  static auto fields(auto& self) {
    return std::tie(self.node, self.rot, self.seq, self.name, self.key_lease_s, self.salt, self.issued);
  }
};

/// Where a node listens. `proto` 1 is grapevine over tcp; `ip` has 4 or 16 bytes.
struct Endpoint {
  std::uint8_t proto = 1;
  Blob<16> ip;
  std::uint16_t port = 0;
  static auto fields(auto& self) { return std::tie(self.proto, self.ip, self.port); }
  bool operator==(const Endpoint&) const = default;
};

/// A service under the node's name, as DNS-SD will show it (RFC 6763).
struct Offering {
  Text<15> label;
  std::uint8_t proto = 1;
  std::uint16_t port = 0;
  Text<128> txt;
  static auto fields(auto& self) { return std::tie(self.label, self.proto, self.port, self.txt); }
  bool operator==(const Offering&) const = default;
};

/// ADDR: where a node is and what it says it can do, for one lease.
struct Address {
  NodeId node;
  std::uint32_t rot = 0;
  std::uint64_t seq = 0;
  WallTime issued;
  std::uint32_t lease_s = 0;  // within `address_lease_min` and `address_lease_max`
  List<Endpoint, 8> endpoints;
  List<Offering, 8> services;
  List<Text<32>, 16> capabilities;  // [a-z0-9-], sorted, each once
  std::uint16_t ttl_s = 60;
  static auto fields(auto& self) {
    return std::tie(self.node, self.rot, self.seq, self.issued, self.lease_s, self.endpoints, self.services,
                    self.capabilities, self.ttl_s);
  }
};

/// MEMBER of kind 1: a certificate in its own signed form; the envelope's signature is empty.
struct Membership {
  static constexpr std::uint8_t certificate = 1;
  std::uint8_t kind = certificate;
  Blob<1024> statement;
  static auto fields(auto& self) { return std::tie(self.kind, self.statement); }
};

using Body = std::variant<Origin, NameClaim, Address, Membership>;
RecordType type_of(const Body& body);

/// The end of the lease; of a name given up, the moment from which no older claim of it can be alive either.
WallTime end_of(const NameClaim& claim);
WallTime end_of(const Address& address);

/// The rank of a record among those it replaces; greater replaces lesser.
struct Rank {
  std::uint32_t rot = 0;
  std::uint64_t seq = 0;
  RecordId record;
  auto operator<=>(const Rank&) const = default;
};

/// An envelope whose form is right; nothing in it is proven yet.
struct Sealed {
  RecordType type;
  RecordId id;
  Bytes sentence;  // what is signed; the payload is its tail
  View payload() const;
  std::size_t payload_bytes = 0;
  Signature signature;  // all zero for MEMBER
};

/// The envelope of a body, signed by `key`; a MEMBER is not signed again.
Bytes seal(const Body& body, const MeshId& mesh, const SigningKey& key);
/// The MEMBER record of a certificate.
Bytes seal_member(const Signed<Certificate>& certificate);

/// What is in an envelope, or too_big or bad_form. Costs one hash; checks no signature.
std::variant<Sealed, Reason> unseal(View envelope, const MeshId& mesh);
/// The body, when it is canonical and every field is in its range.
std::optional<Body> read_body(const Sealed& sealed);
/// The body of an envelope that was taken before; absent when the store has spoilt it.
std::optional<Body> body_of(View envelope);

}  // namespace grapevine::dns
