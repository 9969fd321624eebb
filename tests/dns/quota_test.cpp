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
    made.inviter = inviter;
    ledger.place_member(record(number, RecordType::member), {}, made);
    return made.node;
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
  bool holds(std::uint8_t number) const {
    return ledger.set().contains(RecordType::name, record(number, RecordType::name));
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
