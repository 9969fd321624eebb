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
  Blob<64> signature;
  static auto fields(auto& self) { return std::tie(self.form, self.type, self.payload, self.signature); }
};

std::optional<RecordType> known_type(std::uint8_t number) {
  for (const auto type : {RecordType::id, RecordType::name, RecordType::address, RecordType::member}) {
    if (static_cast<std::uint8_t>(type) == number) return type;
  }
  return std::nullopt;
}

std::size_t payload_bytes_max(RecordType type) {
  switch (type) {
    case RecordType::id: return 192;
    case RecordType::name: return 256;
    case RecordType::address: return 1024;
    case RecordType::member: return 1100;
  }
  return 0;
}

bool is_label(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool in_range(const Origin&) {
  return true;
}

bool in_range(const NameClaim& claim) {
  return claim.seq <= sequence_last && std::chrono::seconds(claim.key_lease_s) <= name_lease_max &&
         is_printable(claim.name);
}

bool in_range(const Address& address) {
  const std::chrono::seconds lease(address.lease_s);
  const auto& capabilities = address.capabilities;
  return address.seq <= sequence_last && lease >= address_lease_min && lease <= address_lease_max &&
         std::all_of(address.endpoints.begin(), address.endpoints.end(),
                     [](const Endpoint& at) { return at.ip.size() == 4 || at.ip.size() == 16; }) &&
         std::all_of(
             address.services.begin(), address.services.end(),
             [](const Offering& offer) { return is_label(offer.label) && is_printable(offer.txt); }) &&
         std::all_of(capabilities.begin(), capabilities.end(), is_label) &&
         std::adjacent_find(capabilities.begin(), capabilities.end(), std::greater_equal<>()) ==
             capabilities.end();
}

bool in_range(const Membership& member) {
  return member.kind == Membership::certificate;
}

template <class T>
std::optional<Body> decode_body(View payload) {
  auto body = wire::decode<T>(payload, limits);
  if (!body || !in_range(*body)) return std::nullopt;
  return *std::move(body);
}

std::optional<Body> decode_body(RecordType type, View payload) {
  switch (type) {
    case RecordType::id: return decode_body<Origin>(payload);
    case RecordType::name: return decode_body<NameClaim>(payload);
    case RecordType::address: return decode_body<Address>(payload);
    case RecordType::member: return decode_body<Membership>(payload);
  }
  return std::nullopt;
}

Bytes envelope_of(RecordType type, Bytes payload, View signature) {
  Envelope envelope;
  envelope.type = static_cast<std::uint8_t>(type);
  envelope.payload = std::move(payload);
  envelope.signature = to_bytes(signature);
  return wire::encode(envelope);
}

}  // namespace

Bytes seal(const Body& body, const MeshId& mesh, const SigningKey& key) {
  const RecordType type = type_of(body);
  Bytes payload = match(body, [](const auto& fields) { return wire::encode(fields); });
  ensure(payload.size() <= payload_bytes_max(type), "what we write keeps its own maximum");
  if (type == RecordType::member) return envelope_of(type, std::move(payload), {});
  const Signature signature =
      key.sign(signed_bytes(names_purpose, mesh, static_cast<std::uint8_t>(type), payload));
  return envelope_of(type, std::move(payload), signature.value.view());
}

Bytes seal_member(const Signed<Certificate>& certificate) {
  Membership member;
  member.statement = wire::encode(certificate);
  return envelope_of(RecordType::member, wire::encode(member), {});
}

std::variant<Sealed, Reason> unseal(View bytes, const MeshId& mesh) {
  if (bytes.size() > record_bytes_max) return Reason::too_big;
  const auto envelope = wire::decode<Envelope>(bytes, limits);
  if (!envelope || envelope->form != form) return Reason::bad_form;
  const auto type = known_type(envelope->type);
  if (!type) return Reason::bad_form;
  if (envelope->payload.size() > payload_bytes_max(*type)) return Reason::too_big;
  if (envelope->signature.size() != (*type == RecordType::member ? 0 : Signature{}.value.size()))
    return Reason::bad_form;

  Sealed sealed{.type = *type,
                .id = {},
                .sentence = signed_bytes(names_purpose, mesh, envelope->type, envelope->payload),
                .payload_bytes = envelope->payload.size(),
                .signature = {}};
  sealed.id.value = hash<32>(purpose::record_id, {sealed.sentence});
  std::copy(envelope->signature.begin(), envelope->signature.end(), sealed.signature.value.data());
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

RecordType type_of(const Body& body) {
  return match(
      body, [](const Origin&) { return RecordType::id; }, [](const NameClaim&) { return RecordType::name; },
      [](const Address&) { return RecordType::address; },
      [](const Membership&) { return RecordType::member; });
}

WallTime end_of(const NameClaim& claim) {
  return claim.issued + (claim.key_lease_s == 0 ? name_lease_max : std::chrono::seconds(claim.key_lease_s));
}

WallTime end_of(const Address& address) {
  return address.issued + std::chrono::seconds(address.lease_s);
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
