// The forms of keys, votes, transfers and evidence: their bytes, their sizes, and what each refuses to be.
#include "dns/body.hpp"

#include "tests/dns/neighbours.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::Device;
using neighbours::mesh;

namespace {

std::string digest_of(View envelope) {
  return to_hex(hash<16>(purpose::text, {envelope}).view());
}

bool is_readable(const Bytes& envelope) {
  const auto unsealed = unseal(envelope, mesh().id);
  const auto* sealed = std::get_if<Sealed>(&unsealed);
  return sealed != nullptr && read_body(*sealed).has_value();
}

/// Whether a body with this change is still canonical.
template <class T, class Change>
bool reads(T body, Change change) {
  change(body);
  return is_readable(envelope_of(body, std::vector<Signature>(signatures_of(type_of(body)))));
}

NameCertificate certificate_of(std::size_t votes) {
  NameCertificate made;
  made.skeleton.assign("robot");
  made.term = made.since = 3'000'000;
  for (std::size_t i = 0; i < votes; ++i) {
    Endorsement vote;
    vote.voter.value.bytes[0] = static_cast<std::uint8_t>(i);
    made.votes.push_back(vote);
  }
  return made;
}

}  // namespace

TEST_CASE("the records of keys, votes, transfers and evidence keep their golden bytes") {
  const Device device(1), other(2);
  CHECK(digest_of(device.rotation(1)) == "a6c3c55d966f19e0431f887b50ea622e");
  CHECK(digest_of(device.vote("robot", 3'000'000, other.node)) == "e2b1ac3c3d10fbaf8a2563ef2186c8c2");
  CHECK(digest_of(envelope_of(certificate_of(3), {})) == "06aeb8bf83c14c80d2c5c2020f191d03");
  CHECK(digest_of(device.transfer("robot", 9, other, 3'000'002)) == "8061e6bcf2ea6810bea7306704fe50c4");
  CHECK(digest_of(device.suspension()) == "3c264a84652ddac2e60333ab7a1336df");
  CHECK(digest_of(device.retirement()) == "fccaa6fca567265d03b77f52e6aca317");
  CHECK(digest_of(seal_evidence(Evidence::Kind::sequence, device.address(1), device.address(1, {}, "b"))) ==
        "9cfb7ad88c37055d8f20760577f0a320");
}

TEST_CASE("every form is read back as what was sealed") {
  const Device device(1), other(2);
  const std::vector<Bytes> records{
      device.origin(),
      device.rotation(1),
      device.name("ab", 1),
      device.address(1),
      device.vote("robot", 9, other.node),
      envelope_of(certificate_of(10), {}),
      device.transfer("robot", 9, other, 3),
      device.suspension(),
      device.retirement(),
      seal_evidence(Evidence::Kind::sequence, device.address(1), device.address(2)),
      device.member()};
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto body = body_of(records[i]);
    REQUIRE(body);
    CHECK(static_cast<std::size_t>(type_of(*body)) == i + 1);
    CHECK(is_readable(records[i]));
  }
}

TEST_CASE("an envelope carries as many signatures as its type asks for") {
  const Device device(1), other(2);
  for (const Bytes& record : {device.vote("robot", 9, other.node), device.transfer("robot", 9, other, 3),
                              device.suspension(), envelope_of(certificate_of(3), {})}) {
    for (const std::uint8_t type : {std::uint8_t{5}, std::uint8_t{6}, std::uint8_t{7}}) {
      Bytes retyped = record;
      if (retyped[2] == type || (record[2] == 8 && type == 5)) continue;
      retyped[2] = type;
      CHECK(std::holds_alternative<Reason>(unseal(retyped, mesh().id)));
    }
  }
}

TEST_CASE("evidence may be twice as long as a datagram, and nothing else") {
  const Bytes half(datagram_bytes_max, 1), other(datagram_bytes_max, 2);
  const Bytes evidence = seal_evidence(Evidence::Kind::vote, other, half);
  CHECK(evidence.size() <= record_bytes_max);
  CHECK(is_readable(evidence));
  CHECK(evidence == seal_evidence(Evidence::Kind::vote, half, other));
  Bytes retyped = evidence;
  retyped[2] = 4;
  CHECK(std::get<Reason>(unseal(retyped, mesh().id)) == Reason::too_big);
  CHECK(envelope_of(certificate_of(10), {}).size() <= datagram_bytes_max);
}

TEST_CASE("a rotation is the first to the sixty-fourth") {
  for (const auto& [rot, legal] : {std::pair(0u, false), {1u, true}, {64u, true}, {65u, false}}) {
    CHECK(reads(Rotation{}, [rot = rot](Rotation& r) { r.rot = rot; }) == legal);
    CHECK(reads(Retirement{}, [rot = rot](Retirement& r) { r.rot = rot; }) == legal);
  }
  CHECK(reads(Suspension{}, [](Suspension& s) { s.rot = 64; }));
  CHECK_FALSE(reads(Suspension{}, [](Suspension& s) { s.rot = 65; }));
  CHECK_FALSE(reads(Suspension{}, [](Suspension& s) { s.cause = static_cast<Cause>(5); }));
}

TEST_CASE("a vote is for a skeleton, and never since a later term") {
  Vote vote;
  vote.skeleton.assign("robot");
  CHECK(reads(vote, [](Vote&) {}));
  for (const char* text : {"", "r0bot", "ro-bot", "Robot", "ro bot", "rnoon"})
    CHECK_FALSE(reads(vote, [text](Vote& v) { v.skeleton.assign(text); }));
  CHECK_FALSE(reads(vote, [](Vote& v) { v.since = 1; }));
}

TEST_CASE("a certificate names each voter once, in order, and at least one") {
  CHECK(reads(certificate_of(10), [](NameCertificate&) {}));
  CHECK_FALSE(reads(certificate_of(0), [](NameCertificate&) {}));
  CHECK_FALSE(reads(certificate_of(3), [](NameCertificate& c) { c.votes[2] = c.votes[1]; }));
  CHECK_FALSE(reads(certificate_of(3), [](NameCertificate& c) { std::swap(c.votes[2], c.votes[1]); }));
  CHECK_FALSE(reads(certificate_of(3), [](NameCertificate& c) { ++c.since; }));
}

TEST_CASE("a transfer has two ends") {
  Transfer transfer;
  transfer.to.value.bytes[0] = 1;
  CHECK(reads(transfer, [](Transfer&) {}));
  CHECK_FALSE(reads(transfer, [](Transfer& t) { t.to = t.from; }));
  CHECK_FALSE(reads(transfer, [](Transfer& t) { t.from_seq = sequence_last + 1; }));
  CHECK_FALSE(reads(transfer, [](Transfer& t) { t.name.assign("\x1b[2J"); }));
}

TEST_CASE("evidence says what kind it is and quotes two different records in order") {
  Evidence evidence{.kind = Evidence::Kind::vote, .one = Bytes{1}, .other = Bytes{2}};
  CHECK(reads(evidence, [](Evidence&) {}));
  CHECK_FALSE(reads(evidence, [](Evidence& e) { e.kind = Evidence::Kind::none; }));
  CHECK_FALSE(reads(evidence, [](Evidence& e) { e.other = e.one; }));
  CHECK_FALSE(reads(evidence, [](Evidence& e) { std::swap(e.one, e.other); }));
}
