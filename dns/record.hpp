// Signed claims, and how two are compared. An envelope is array(4) [form = 1, type, payload, signature], at
// most 1232 bytes so that it fits a datagram; evidence, which quotes two others, is twice as long. What is
// signed binds mesh, purpose, type and length:
//     "grapevine/names/1" || 0 || mesh_id || type || BE32(size of payload) || payload
// and the record id is its hash: not over the signature, so no second spelling of a signature makes a second
// record. ADDR per node, and NAME and XFER per (node, skeleton), are ordered by (rot, seq), ties by the
// larger record id, everywhere alike.
#pragma once

#include "dns/body.hpp"

namespace grapevine::dns {

inline constexpr std::string_view names_purpose = "grapevine/names/1";
inline constexpr std::size_t record_bytes_max = 2576;  // of evidence; of others `datagram_bytes_max`

/// Why a record was not taken; `none` when it was.
enum class Reason : std::uint8_t {
  none,
  too_big,
  bad_form,       // no envelope, an unknown form or type, a signature of the wrong size
  duplicate,      // held already
  not_canonical,  // the payload is not the one spelling of a legal body
  bad_signature,
  unknown_node,  // waits for the ID, ROT or MEMBER record it refers to
  not_entitled,  // signed by somebody who may not say this
  retired,       // the node it speaks for is no more
  stale,         // an equal or newer one is held, or its lease ended long ago
  bad_name,
  reserved_name,
  over_quota,
  future,  // issued more than two minutes ahead: waits
  no_room,
};
std::string_view name(Reason reason);

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
  Signature signature;         // all zero for CERT, EVID and MEMBER
  Signature countersignature;  // of an XFER, by the receiver; else all zero
};

/// What a signature of this body is over.
Bytes sentence_of(const Body& body, const MeshId& mesh);
/// The envelope of a body. Requires: as many signatures as its type carries.
Bytes envelope_of(const Body& body, const std::vector<Signature>& signatures);
/// The envelope of a body, with one signature by `key`, or with none where its type carries none.
Bytes seal(const Body& body, const MeshId& mesh, const SigningKey& key);
/// The MEMBER record of a certificate, or of a revocation.
Bytes seal_member(const Signed<Certificate>& certificate);
Bytes seal_member(const Signed<Revocation>& revocation);
/// The EVID record of two envelopes, the same whichever is named first.
Bytes seal_evidence(Evidence::Kind kind, View one, View other);

/// What is in an envelope, or too_big or bad_form. Costs one hash; checks no signature.
std::variant<Sealed, Reason> unseal(View envelope, const MeshId& mesh);
/// The body, when it is canonical and every field is in its range.
std::optional<Body> read_body(const Sealed& sealed);
/// The body of an envelope that was taken before; absent when the store has spoilt it.
std::optional<Body> body_of(View envelope);

}  // namespace grapevine::dns
