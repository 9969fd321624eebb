#include "dns/body.hpp"

#include "crypto/match.hpp"
#include "dns/name.hpp"

#include <algorithm>
#include <array>

namespace grapevine::dns {

namespace {

constexpr wire::Limits limits{.array_max = 16, .bytes_max = datagram_bytes_max, .depth_max = 4};

/// What must hold of every record of a type, whoever says it.
struct Form {
  RecordType type;
  std::string_view name;
  std::size_t payload_bytes_max;
  std::size_t signatures;
  std::optional<Body> (*decode)(View payload);
};

bool is_label(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool is_skeleton(const std::string& text) {
  return is_label(text) && skeleton_of(text).value == text;
}

/// Whether each element is less than the one after it.
template <class Elements, class Less = std::less<>>
bool ascends(const Elements& elements, Less less = {}) {
  return std::adjacent_find(elements.begin(), elements.end(),
                            [&](const auto& a, const auto& b) { return !less(a, b); }) == elements.end();
}

bool in_range(const Origin&) {
  return true;
}

bool in_range(const Rotation& rotation) {
  return rotation.rot >= 1 && rotation.rot <= rotations_max;
}

bool in_range(const NameClaim& claim) {
  return claim.rot <= rotations_max && claim.seq <= sequence_last &&
         std::chrono::seconds(claim.key_lease_s) <= name_lease_max && is_printable(claim.name);
}

bool in_range(const Address& address) {
  const std::chrono::seconds lease(address.lease_s);
  const auto& capabilities = address.capabilities;
  return address.rot <= rotations_max && address.seq <= sequence_last && lease >= address_lease_min &&
         lease <= address_lease_max &&
         std::all_of(address.endpoints.begin(), address.endpoints.end(),
                     [](const Endpoint& at) { return at.ip.size() == 4 || at.ip.size() == 16; }) &&
         std::all_of(
             address.services.begin(), address.services.end(),
             [](const Offering& offer) { return is_label(offer.label) && is_printable(offer.txt); }) &&
         std::all_of(capabilities.begin(), capabilities.end(), is_label) && ascends(capabilities);
}

bool in_range(const Vote& vote) {
  return vote.rot <= rotations_max && is_skeleton(vote.skeleton) && vote.since <= vote.term;
}

bool in_range(const NameCertificate& certificate) {
  return is_skeleton(certificate.skeleton) && certificate.since <= certificate.term &&
         !certificate.votes.empty() &&
         std::all_of(certificate.votes.begin(), certificate.votes.end(),
                     [](const Endorsement& endorsement) { return endorsement.rot <= rotations_max; }) &&
         ascends(certificate.votes,
                 [](const Endorsement& a, const Endorsement& b) { return a.voter < b.voter; });
}

bool in_range(const Transfer& transfer) {
  return is_printable(transfer.name) && transfer.from != transfer.to && transfer.from_rot <= rotations_max &&
         transfer.to_rot <= rotations_max && transfer.from_seq <= sequence_last;
}

bool in_range(const Suspension& suspension) {
  return suspension.rot <= rotations_max;
}

bool in_range(const Retirement&) {
  return true;
}

bool in_range(const Evidence& evidence) {
  return evidence.kind != Evidence::Kind::none && evidence.one < evidence.other;
}

bool in_range(const Membership& member) {
  return member.kind != Membership::Kind::none;
}

template <class T>
std::optional<Body> decode_as(View payload) {
  auto body = wire::decode<T>(payload, limits);
  if (!body || !in_range(*body)) return std::nullopt;
  return *std::move(body);
}

constexpr std::array<Form, record_types> forms{{
    {RecordType::id, "ID", 192, 1, decode_as<Origin>},
    {RecordType::rotation, "ROT", 256, 1, decode_as<Rotation>},
    {RecordType::name, "NAME", 256, 1, decode_as<NameClaim>},
    {RecordType::address, "ADDR", 1024, 1, decode_as<Address>},
    {RecordType::vote, "VOTE", 224, 1, decode_as<Vote>},
    {RecordType::certificate, "CERT", 1216, 0, decode_as<NameCertificate>},
    {RecordType::transfer, "XFER", 384, 2, decode_as<Transfer>},
    {RecordType::suspension, "SUSPEND", 128, 1, decode_as<Suspension>},
    {RecordType::retirement, "RETIRE", 192, 1, decode_as<Retirement>},
    {RecordType::evidence, "EVID", 2560, 0, decode_as<Evidence>},
    {RecordType::member, "MEMBER", 1100, 0, decode_as<Membership>},
}};

const Form& form_of(RecordType type) {
  const Form& form = forms[static_cast<std::size_t>(type) - 1];
  ensure(form.type == type, "forms stand in the order of their numbers");
  return form;
}

}  // namespace

RecordType type_of(const Body& body) {
  return forms[body.index()].type;
}

namespace {

constexpr std::array<std::string_view, 5> cause_names{"unsaid", "lost", "stolen", "broken", "replaced"};
static_assert(cause_names.size() == static_cast<std::size_t>(wire_last(Cause{})) + 1);

}  // namespace

std::string_view name(Cause cause) {
  return cause_names[static_cast<std::size_t>(cause)];
}

std::optional<Cause> cause_named(std::string_view word) {
  const auto found = std::find(cause_names.begin(), cause_names.end(), word);
  if (found == cause_names.end()) return std::nullopt;
  return static_cast<Cause>(found - cause_names.begin());
}

std::string_view name(RecordType type) {
  return form_of(type).name;
}

std::size_t payload_bytes_max(RecordType type) {
  return form_of(type).payload_bytes_max;
}

std::size_t signatures_of(RecordType type) {
  return form_of(type).signatures;
}

std::optional<Body> decode_body(RecordType type, View payload) {
  return form_of(type).decode(payload);
}

Vote vote_of(const NameCertificate& certificate, const Endorsement& endorsement) {
  return {.voter = endorsement.voter,
          .rot = endorsement.rot,
          .skeleton = certificate.skeleton,
          .term = certificate.term,
          .since = certificate.since,
          .claim = certificate.claim};
}

WallTime end_of(const NameClaim& claim) {
  return claim.issued + (claim.key_lease_s == 0 ? name_lease_max : std::chrono::seconds(claim.key_lease_s));
}

WallTime end_of(const Address& address) {
  return address.issued + std::chrono::seconds(address.lease_s);
}

WallTime end_of(const Transfer& transfer) {
  return begin_of(transfer.not_before) + name_lease_max;
}

}  // namespace grapevine::dns
