// What a ledger keeps when somebody has too many names.
#include "dns/ledger.hpp"
#include "tests/crypto/sample.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;

namespace {

/// A ledger that believes what it is given, with one inviter in it.
struct Kept {
  MemoryStore store;
  Ledger ledger{store};
  NodeId host = admit(200, Role::inviter, {});

  static RecordId record(std::uint8_t number, RecordType type) {
    RecordId made;
    made.value.bytes[0] = number;
    made.value.bytes[1] = static_cast<std::uint8_t>(type);
    return made;
  }
  NodeId admit(std::uint8_t number, Role role, const NodeId& inviter) {
    Certificate made;
    made.node.value.bytes[0] = number;
    made.role = role;
    made.inception.inviter = inviter;
    place(record(number, RecordType::member), made);
    return made.node;
  }
  Reason place(const RecordId& id, const Certificate& member) {
    return ledger.place_member({}, member.node, Ledger::head_of(id, member, {}));
  }
  Reason claim(const NodeId& node, std::uint8_t number) {
    NameClaim made;
    made.node = node;
    made.name.assign(label(number));
    made.key_lease_s = 86'400;
    return ledger.place(record(number, RecordType::name), {}, made);
  }
  void certify(const NodeId& node, std::uint8_t number) {
    NameCertificate made;
    made.skeleton.assign(skeleton_of(label(number)).value);
    made.claim = node;
    ledger.place_certificate(record(number, RecordType::certificate), {}, made);
  }
  Reason give(const NodeId& from, const NodeId& to, std::uint8_t number) {
    Transfer made{.from = from, .to = to, .not_before = 1};
    made.name.assign(label(number));
    return ledger.place(record(number, RecordType::transfer), {}, made);
  }
  bool holds(std::uint8_t number, RecordType type = RecordType::name) const {
    return ledger.set().contains(type, record(number, type));
  }
  static std::string label(std::uint8_t number) {
    constexpr std::string_view letters = "acdefghjkmpqtuxy";  // none looks like another
    return std::string("arm-") + letters[number / 16u] + letters[number % 16u];
  }
};

}  // namespace

TEST_CASE(
    "of one inviter's guests those with a certificate keep their names, then those with the least ids") {
  for (const bool certified : {true, false}) {
    Kept kept;
    for (std::uint8_t n = 1; n <= 64; ++n)
      CHECK(kept.claim(kept.admit(n, Role::member, kept.host), n) == Reason::none);
    if (certified) kept.certify(kept.ledger.claims().at(skeleton_of(Kept::label(64))).front(), 64);
    CHECK(kept.claim(kept.admit(70, Role::member, kept.host), 0) == Reason::none);
    CHECK(kept.holds(64) == certified);
    CHECK(kept.holds(63) != certified);
  }
}

TEST_CASE("of five names a node keeps those with a certificate, then those with the least ids") {
  for (const bool certified : {true, false}) {
    Kept kept;
    const NodeId node = kept.admit(1, Role::member, {});
    for (std::uint8_t n = 1; n <= 4; ++n) kept.claim(node, n);
    if (certified) kept.certify(node, 4);
    CHECK(kept.claim(node, 0) == Reason::none);
    CHECK(kept.holds(4) == certified);
    CHECK(kept.holds(3) != certified);
    CHECK(kept.claim(node, 5) == Reason::over_quota);
  }
}

TEST_CASE("what a guest hands over counts among the names of its inviter's guests") {
  Kept kept;
  for (std::uint8_t n = 1; n <= 64; ++n) kept.claim(kept.admit(n, Role::member, kept.host), n);
  const NodeId guest = kept.admit(70, Role::member, kept.host);
  CHECK(kept.give(guest, kept.host, 0) == Reason::none);
  CHECK_FALSE(kept.holds(64));
  CHECK(kept.holds(63));
  CHECK(kept.give(guest, kept.host, 71) == Reason::over_quota);
}

TEST_CASE("four names are handed over by one node, and to one node, those with the least ids") {
  Kept by_one, to_one;
  const NodeId giver = by_one.admit(100, Role::member, {}), receiver = to_one.admit(101, Role::member, {});
  for (std::uint8_t n = 1; n <= 5; ++n) {
    const Reason wanted = n <= 4 ? Reason::none : Reason::over_quota;
    CHECK(by_one.give(giver, by_one.admit(n, Role::member, {}), n) == wanted);
    CHECK(to_one.give(to_one.admit(n, Role::member, {}), receiver, n) == wanted);
  }
  for (std::uint8_t n = 20; n < 24; ++n) CHECK(by_one.claim(giver, n) == Reason::none);  // besides
  CHECK(by_one.give(giver, receiver, 0) == Reason::none);
  CHECK(to_one.give(to_one.admit(6, Role::member, {}), receiver, 0) == Reason::none);
  for (const Kept* kept : {&by_one, &to_one}) {
    CHECK(kept->holds(3, RecordType::transfer));
    CHECK_FALSE(kept->holds(4, RecordType::transfer));
  }
}

TEST_CASE(
    "a full registry still takes who is stopped, what it holds renewed, and votes and certificates of it") {
  Kept kept;
  const NodeId thief = kept.admit(1, Role::member, {});
  CHECK(kept.claim(thief, 2) == Reason::none);
  std::uint32_t filled = 0;
  const auto next = [&] {
    RecordId id;
    id.value = hash<32>(purpose::text, {wire::encode(++filled)});
    return id;
  };
  Certificate guest;
  do guest.node.value = next().value;
  while (kept.place({guest.node.value}, guest) == Reason::none);
  CHECK(kept.ledger.set().size() == records_max);

  CHECK(kept.claim(thief, 3) == Reason::no_room);
  CHECK(kept.ledger.place_evidence(next(), {}, thief, std::nullopt) == Reason::no_room);
  Revocation word{.node = thief};
  Suspension suspended{.node = thief};
  Retirement retired{.node = thief};
  NameClaim renewed{.node = thief, .seq = 9, .key_lease_s = 86'400};
  renewed.name.assign(Kept::label(2));
  Vote vote{.voter = kept.host, .claim = thief};
  NameCertificate certificate{.claim = thief};
  vote.skeleton.assign(skeleton_of(Kept::label(2)).value);
  certificate.skeleton.assign(skeleton_of(Kept::label(3)).value);
  CHECK(kept.ledger.place_certificate(next(), {}, certificate) == Reason::no_room);  // nobody claims it
  certificate.skeleton = vote.skeleton;
  CHECK(kept.ledger.place(next(), {}, renewed) == Reason::none);
  CHECK(kept.ledger.place_vote(next(), {}, vote) == Reason::none);
  CHECK(kept.ledger.place_certificate(next(), {}, certificate) == Reason::none);
  CHECK(kept.ledger.place(next(), {}, suspended) == Reason::none);
  CHECK(kept.ledger.place(next(), {}, retired) == Reason::none);
  CHECK(kept.ledger.place_revocation(next(), {}, word) == Reason::none);
}
