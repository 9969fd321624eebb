// What a record can say: eleven sentences, each an array of fixed length in the one byte form of
// crypto/wire.hpp. A sentence says who speaks (`node`), with which of its keys (`rot`: 0 is the key of its
// ID, n that of its n-th ROT) and, where a later one replaces an earlier, the how-manieth it is (`seq`). Here
// is only form: fields, maxima, ranges. Whether it is signed by whom it names is record.hpp's and
// intake.hpp's question. A NodeId is the hash of the ID's fields, so no record but ID, ROT and RETIRE shows a
// key, and the last two only one that the ID has promised: who steals the key that signs every day can say
// nothing about the next one (pre-rotation, as in KERI; Smith, arXiv 1907.02143; key_chain.hpp).
#pragma once

#include "crypto/revocation.hpp"
#include "dns/term.hpp"

#include <variant>

namespace grapevine::dns {

inline constexpr std::uint64_t sequence_last = (1ull << 63) - 1;  // the largest legal `seq`
inline constexpr std::uint32_t rotations_max = 64;  // a chain is kept whole, so it must stay bounded
inline constexpr std::chrono::seconds address_lease_min{60}, address_lease_max{7200};
inline constexpr std::chrono::seconds name_lease_max{28 * 24h};
inline constexpr std::size_t datagram_bytes_max = 1232;  // an IPv6 datagram that is never split (RFC 8200)

using RecordId = Strong<struct RecordIdTag, Fixed<32>>;

/// ID: the inception itself, [key, next, transport, inviter, ending], signed by key, never replaced.
using Origin = Inception;

/// ROT: "from now on this is my key", which is the one its predecessor promised, as it did what follows.
struct Rotation {
  NodeId node;
  std::uint32_t rot = 1;  // 1 to `rotations_max`
  RecordId prev;          // the ID, or the ROT before
  PublicKey key;
  KeyCommitment next;
  static auto fields(auto& self) { return std::tie(self.node, self.rot, self.prev, self.key, self.next); }
};

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

/// VOTE: "in this term the name shall be held by `claim`, who holds it since".
struct Vote {
  NodeId voter;
  std::uint32_t rot = 0;
  Text<63> skeleton;
  Term term = 0;
  Term since = 0;  // at most `term`; equal to it in a first vote
  NodeId claim;
  static auto fields(auto& self) {
    return std::tie(self.voter, self.rot, self.skeleton, self.term, self.since, self.claim);
  }
};

/// A vote without what all votes of a certificate share.
struct Endorsement {
  NodeId voter;
  std::uint32_t rot = 0;
  Signature signature;
  static auto fields(auto& self) { return std::tie(self.voter, self.rot, self.signature); }
};

/// CERT: the votes that make a name its holder's. Each stands for the VOTE it was cut from (`vote_of`).
struct NameCertificate {
  Text<63> skeleton;
  NodeId claim;
  Term term = 0;
  Term since = 0;
  List<Endorsement, 10> votes;  // by voter, ascending, each once
  static auto fields(auto& self) {
    return std::tie(self.skeleton, self.claim, self.term, self.since, self.votes);
  }
};
Vote vote_of(const NameCertificate& certificate, const Endorsement& endorsement);

/// XFER: "from term `not_before` on this name of mine is yours", signed by both. Takes the place of the NAME
/// it follows.
struct Transfer {
  Text<63> name;
  NodeId from;
  std::uint32_t from_rot = 0;
  std::uint64_t from_seq = 0;
  NodeId to;
  std::uint32_t to_rot = 0;
  Term not_before = 0;
  Fixed<16> nonce;
  static auto fields(auto& self) {
    return std::tie(self.name, self.from, self.from_rot, self.from_seq, self.to, self.to_rot, self.not_before,
                    self.nonce);
  }
};

/// Why somebody stops.
enum class Cause : std::uint8_t { unsaid, lost, stolen, broken, replaced };
constexpr Cause wire_last(Cause) {
  return Cause::replaced;
}
/// unsaid, lost, ...; and the cause of a word, absent when it is none of them.
std::string_view name(Cause cause);
std::optional<Cause> cause_named(std::string_view word);

/// SUSPEND: "whatever my key `rot` says counts no more", signed by that very key. The names are held.
struct Suspension {
  NodeId node;
  std::uint32_t rot = 0;
  Cause cause = Cause::unsaid;
  static auto fields(auto& self) { return std::tie(self.node, self.rot, self.cause); }
};

/// RETIRE: "this node is no more", signed by a key that does nothing else and is promised by the ID.
/// Terminal.
struct Retirement {
  NodeId node;
  PublicKey key;
  Cause cause = Cause::unsaid;
  static auto fields(auto& self) { return std::tie(self.node, self.key, self.cause); }
};

/// EVID: two records signed by one node that contradict each other; the envelopes ascend.
struct Evidence {
  enum class Kind : std::uint8_t {
    none,      // not used
    sequence,  // one (rot, seq), two contents
    vote,      // two votes in one term, under one key
  };
  friend constexpr Kind wire_last(Kind) { return Kind::vote; }
  Kind kind = Kind::none;
  Blob<datagram_bytes_max> one;
  Blob<datagram_bytes_max> other;
  static auto fields(auto& self) { return std::tie(self.kind, self.one, self.other); }
};

/// MEMBER: a certificate or a revocation, in its own signed form.
struct Membership {
  enum class Kind : std::uint8_t { none, certificate, revocation };
  friend constexpr Kind wire_last(Kind) { return Kind::revocation; }
  Kind kind = Kind::certificate;
  Blob<1024> statement;
  static auto fields(auto& self) { return std::tie(self.kind, self.statement); }
};

/// The alternatives stand in the order of their numbers.
using Body = std::variant<Origin, Rotation, NameClaim, Address, Vote, NameCertificate, Transfer, Suspension,
                          Retirement, Evidence, Membership>;
enum class RecordType : std::uint8_t {
  id = 1,
  rotation,
  name,
  address,
  vote,
  certificate,
  transfer,
  suspension,
  retirement,
  evidence,
  member,
};
inline constexpr std::uint8_t record_types = std::variant_size_v<Body>;
RecordType type_of(const Body& body);
/// ID, ROT, NAME, ...
std::string_view name(RecordType type);

/// The largest payload of a type, in bytes, and how many signatures its envelope carries: CERT, EVID and
/// MEMBER bring those of others, XFER has two.
std::size_t payload_bytes_max(RecordType type);
std::size_t signatures_of(RecordType type);

/// The body of a payload, when it is canonical and every field is in its range.
std::optional<Body> decode_body(RecordType type, View payload);

/// The end of the lease; of a name given up, the moment from which no older claim of it can be alive either.
WallTime end_of(const NameClaim& claim);
WallTime end_of(const Address& address);
/// A name handed over is its receiver's as long as any claim could last, unless the receiver claims it
/// itself.
WallTime end_of(const Transfer& transfer);

}  // namespace grapevine::dns
