#include "dns/record.hpp"

#include "crypto/match.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

constexpr std::uint8_t form = 1;
constexpr wire::Limits limits{.array_max = 16, .bytes_max = record_bytes_max, .depth_max = 4};

struct Envelope {
  std::uint8_t form = dns::form;
  std::uint8_t type = 0;
  Blob<record_bytes_max> payload;
  Blob<2 * Fixed<64>::size()> signature;
  static auto fields(auto& self) { return std::tie(self.form, self.type, self.payload, self.signature); }
};

std::optional<RecordType> known_type(std::uint8_t number) {
  if (number < 1 || number > record_types) return std::nullopt;
  return static_cast<RecordType>(number);
}

/// How long an envelope may be, before anything of it is parsed: its type has a fixed place.
std::size_t bytes_max(View envelope) {
  constexpr std::size_t type_at = 2;
  const bool is_evidence =
      envelope.size() > type_at && envelope[type_at] == static_cast<std::uint8_t>(RecordType::evidence);
  return is_evidence ? record_bytes_max : datagram_bytes_max;
}

Bytes payload_of(const Body& body) {
  Bytes payload = match(body, [](const auto& fields) { return wire::encode(fields); });
  ensure(payload.size() <= payload_bytes_max(type_of(body)), "what we write keeps its own maximum");
  return payload;
}

}  // namespace

Bytes sentence_of(const Body& body, const MeshId& mesh) {
  return signed_bytes(names_purpose, mesh, static_cast<std::uint8_t>(type_of(body)), payload_of(body));
}

Bytes envelope_of(const Body& body, const std::vector<Signature>& signatures) {
  ensure(signatures.size() == signatures_of(type_of(body)), "each type has its number of signatures");
  Envelope envelope;
  envelope.type = static_cast<std::uint8_t>(type_of(body));
  envelope.payload = payload_of(body);
  for (const auto& signature : signatures) append(envelope.signature, signature.value.view());
  return wire::encode(envelope);
}

Bytes seal(const Body& body, const MeshId& mesh, const SigningKey& key) {
  if (signatures_of(type_of(body)) == 0) return envelope_of(body, {});
  return envelope_of(body, {key.sign(sentence_of(body, mesh))});
}

Bytes seal_member(const Signed<Certificate>& certificate) {
  return envelope_of(
      Membership{.kind = Membership::Kind::certificate, .statement = wire::encode(certificate)}, {});
}

Bytes seal_member(const Signed<Revocation>& revocation) {
  return envelope_of(Membership{.kind = Membership::Kind::revocation, .statement = wire::encode(revocation)},
                     {});
}

Bytes seal_evidence(Evidence::Kind kind, View one, View other) {
  Evidence evidence{.kind = kind, .one = to_bytes(one), .other = to_bytes(other)};
  if (evidence.other < evidence.one) std::swap(evidence.one, evidence.other);
  return envelope_of(evidence, {});
}

std::variant<Sealed, Reason> unseal(View bytes, const MeshId& mesh) {
  if (bytes.size() > bytes_max(bytes)) return Reason::too_big;
  const auto envelope = wire::decode<Envelope>(bytes, limits);
  if (!envelope || envelope->form != form) return Reason::bad_form;
  const auto type = known_type(envelope->type);
  if (!type) return Reason::bad_form;
  if (envelope->payload.size() > payload_bytes_max(*type)) return Reason::too_big;
  if (envelope->signature.size() != signatures_of(*type) * Signature{}.value.size()) return Reason::bad_form;

  Sealed sealed{.type = *type,
                .id = {},
                .sentence = signed_bytes(names_purpose, mesh, envelope->type, envelope->payload),
                .payload_bytes = envelope->payload.size(),
                .signature = {},
                .countersignature = {}};
  sealed.id.value = hash<32>(purpose::record_id, {sealed.sentence});
  auto from = envelope->signature.begin();
  for (auto* to : {&sealed.signature, &sealed.countersignature}) {
    if (from == envelope->signature.end()) break;
    std::copy_n(from, to->value.size(), to->value.data());
    from += static_cast<std::ptrdiff_t>(to->value.size());
  }
  return sealed;
}

std::optional<Body> read_body(const Sealed& sealed) {
  return decode_body(sealed.type, sealed.payload());
}

std::optional<Body> body_of(View envelope) {
  const auto opened = wire::decode<Envelope>(envelope, limits);
  const auto type = opened ? known_type(opened->type) : std::nullopt;
  return type ? decode_body(*type, opened->payload) : std::nullopt;
}

View Sealed::payload() const {
  return View(sentence).last(payload_bytes);
}

std::string_view name(Reason reason) {
  switch (reason) {
    case Reason::none: return "none";
    case Reason::too_big: return "too_big";
    case Reason::bad_form: return "bad_form";
    case Reason::duplicate: return "duplicate";
    case Reason::not_canonical: return "not_canonical";
    case Reason::bad_signature: return "bad_signature";
    case Reason::unknown_node: return "unknown_node";
    case Reason::not_entitled: return "not_entitled";
    case Reason::retired: return "retired";
    case Reason::stale: return "stale";
    case Reason::bad_name: return "bad_name";
    case Reason::reserved_name: return "reserved_name";
    case Reason::over_quota: return "over_quota";
    case Reason::future: return "future";
    case Reason::no_room: return "no_room";
  }
  return "?";
}

}  // namespace grapevine::dns
