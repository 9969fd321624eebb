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
  CHECK(digest_of(device.rotation(1)) == "9eebdf1f5ddbaf00af100f1709cb5d3b");
  CHECK(digest_of(device.vote("robot", 3'000'000, other.node)) == "8b297aba221d7e1e631db5da1a6e8340");
  CHECK(digest_of(envelope_of(certificate_of(3), {})) == "06aeb8bf83c14c80d2c5c2020f191d03");
  CHECK(digest_of(device.transfer("robot", 9, other, 3'000'002)) == "8d81c42c5e3d4d72f98b0632239bd223");
  CHECK(digest_of(device.suspension()) == "ed3e522d23b016593ba2d55d2f502147");
  CHECK(digest_of(device.retirement()) == "3272aab05c07bda571f1a956b190bbf3");
  CHECK(digest_of(seal_evidence(Evidence::Kind::sequence, device.address(1), device.address(1, {}, "b"))) ==
        "8964b86d73f717bb3bf12431a06227d7");
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
  for (const auto& [rot, legal] : {std::pair(0u, false), {1u, true}, {64u, true}, {65u, false}})
    CHECK(reads(Rotation{}, [rot = rot](Rotation& r) { r.rot = rot; }) == legal);
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
