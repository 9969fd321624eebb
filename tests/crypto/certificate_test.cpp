#include "crypto/revocation.hpp"
#include "tests/crypto/sample.hpp"
#include "tests/vectors/crypto.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using sample::day;
using sample::Household;
using sample::issued_by;
using sample::noon;
using sample::sign;

namespace {

Certificate of(std::uint8_t n) {
  return sample::certificate(n, Role::member);
}

// Believes every signature, so that a roster can be filled in a moment.
struct Believer final : Verifier {
  bool verify(const PublicKey&, View, const Signature&) override { return true; }
};

Signed<Certificate> unsigned_certificate(std::size_t n, WallTime not_before) {
  Certificate certificate;
  std::memcpy(certificate.node.value.data(), &n, sizeof n);
  certificate.not_before = not_before;
  certificate.not_after = not_before + 30 * day;
  const auto payload = wire::encode(certificate);
  wire::Writer to;
  to.array(2);
  to.bytes(payload);
  to.bytes(Signature{}.value.view());
  return wire::decode<Signed<Certificate>>(to.take()).value();
}

}  // namespace

TEST_CASE("a mesh id is the hash of the root statement") {
  const Mesh mesh = sample::mesh();
  CHECK(to_hex(mesh.statement.payload()) == vectors::root_statement);
  CHECK(to_hex(mesh.statement.signature().value.view()) == vectors::root_signature);
  CHECK(to_hex(mesh.id.value.view()) == vectors::mesh_id);
}

TEST_CASE("a founded mesh opens, and no two are alike") {
  SodiumVerifier verifier;
  const Mesh mesh = found_mesh("home", sample::key(1), noon);
  const auto opened = open_mesh(mesh.statement, verifier);
  REQUIRE(opened);
  CHECK(opened->id == mesh.id);
  CHECK(opened->root.mesh_name == "home");
  CHECK(found_mesh("home", sample::key(1), noon).id != mesh.id);
}

TEST_CASE("a root statement signed by any other key opens no mesh") {
  SodiumVerifier verifier;
  const Signed<RootStatement> forged(sample::mesh().root, MeshId{}, sample::key(2));
  CHECK(open_mesh(forged, verifier).error().code == Code::bad_signature);
}

TEST_CASE("a root statement of a later version is refused") {
  SodiumVerifier verifier;
  RootStatement later = sample::mesh().root;
  later.version = 2;
  CHECK(open_mesh({later, MeshId{}, sample::key(1)}, verifier).error().code == Code::refused);
}

TEST_CASE("a certificate has its golden bytes") {
  const auto certificate = sign(sample::certificate(2, Role::admin), 1);
  CHECK(to_hex(certificate.payload()) == vectors::certificate);
  CHECK(to_hex(certificate.signature().value.view()) == vectors::certificate_signature);
  CHECK(to_hex(owner_of("anna").value.view()) == vectors::owner_anna);
}

TEST_CASE("root certifies an admin and an inviter, and the inviter lets a member in") {
  Household house;
  CHECK(house.roster.size() == 3);
  CHECK(house.roster.find(sample::node(2))->role == Role::admin);
  CHECK(house.roster.find(sample::node(4))->inviter == sample::node(3));
  CHECK(house.roster.find(sample::node(9)) == nullptr);
  CHECK(house.roster.find_signed(sample::node(9)) == nullptr);
}

TEST_CASE("root and admins certify members") {
  Household house;
  CHECK(house.admit(sign(of(5), 1)));
  CHECK(house.admit(sign(issued_by(2, of(6)), 2)));
}

TEST_CASE("a roster keeps the signed form, to show to others") {
  Household house;
  const auto* held = house.roster.find_signed(sample::node(4));
  REQUIRE(held != nullptr);
  Household other;
  CHECK(other.admit(*held).value() == *house.roster.find(sample::node(4)));
}

TEST_CASE("every single bit flipped in a signed certificate gets it refused") {
  const Bytes whole = wire::encode(sign(of(5), 1));
  Household house;
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes flipped = whole;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1u << bit % 8));
    const auto certificate = wire::decode<Signed<Certificate>>(flipped);
    const bool admitted = certificate && house.admit(*certificate);
    CHECK_MESSAGE(!admitted, "bit " << bit);
  }
  CHECK(house.admit(wire::decode<Signed<Certificate>>(whole).value()));
}

TEST_CASE("a certificate of another mesh is refused") {
  Household house;
  const Signed<Certificate> foreign(of(5), MeshId{sample::filled<32>(9)}, sample::key(1));
  CHECK(house.admit(foreign).error().code == Code::bad_signature);
}

TEST_CASE("a certificate that names the root but is signed by another is refused") {
  Household house;
  CHECK(house.admit(sign(of(5), 2)).error().code == Code::bad_signature);
}

TEST_CASE("a certificate is over from its last moment on") {
  Household house;
  const auto certificate = sign(of(5), 1);
  CHECK(house.admit(certificate, noon + 30 * day - 1ms));
  CHECK(house.admit(certificate, noon + 30 * day).error().code == Code::expired);
}

TEST_CASE("a certificate may begin ten minutes ahead, for clocks differ, and no more") {
  Household house;
  CHECK(house.admit(sign(of(5), 1), noon - 10min));
  CHECK(house.admit(sign(of(6), 1), noon - 10min - 1ms).error().code == Code::early);
}

TEST_CASE("a member is one only while its certificate holds") {
  Household house;
  CHECK(house.roster.is_member(sample::node(4), noon));
  CHECK(house.roster.is_member(sample::node(4), noon + 30 * day - 1ms));
  CHECK_FALSE(house.roster.is_member(sample::node(4), noon + 30 * day));
  CHECK_FALSE(house.roster.is_member(sample::node(4), noon - 11min));
  CHECK_FALSE(house.roster.is_member(sample::node(9), noon));
}

TEST_CASE("a certificate lasts no longer than its mesh allows") {
  Household house;
  auto member = of(5);
  member.not_after += 1ms;
  CHECK(house.admit(sign(member, 1)).error().code == Code::refused);
  auto admin = sample::certificate(6, Role::admin);
  admin.not_after = noon + 400 * day;
  CHECK(house.admit(sign(admin, 1)));
  admin.not_after += 1ms;
  CHECK(house.admit(sign(admin, 1)).error().code == Code::refused);
}

TEST_CASE("a certificate whose issuer has not been met waits outside") {
  Household house;
  CHECK(house.admit(sign(issued_by(9, of(5)), 9)).error().code == Code::unknown);
}

TEST_CASE("an issuer whose own certificate has ended issues no more") {
  Household house;
  auto late = issued_by(3, of(5));
  late.not_before = noon + 29 * day;
  late.not_after = noon + 40 * day;
  CHECK(house.admit(sign(late, 3), noon + 31 * day).error().code == Code::expired);
  CHECK(house.admit(sign(late, 3), noon + 29 * day));
}

TEST_CASE("a certificate tells since when its node is a member, which is not after it begins") {
  Household house;
  auto renewed = of(5);
  renewed.admitted = noon + 1ms;
  CHECK(house.admit(sign(renewed, 1)).error().code == Code::refused);
  renewed.admitted = noon - 300 * day;
  CHECK(house.admit(sign(renewed, 1))->admitted == noon - 300 * day);
}

TEST_CASE("a member may not issue") {
  Household house;
  CHECK(house.admit(sign(issued_by(4, of(5)), 4)).error().code == Code::refused);
}

TEST_CASE("neither inviter nor admin makes an inviter or an admin") {
  Household house;
  for (const std::uint8_t issuer : {std::uint8_t{2}, std::uint8_t{3}}) {
    for (const Role role : {Role::inviter, Role::admin}) {
      const auto risen = issued_by(issuer, sample::certificate(5, role));
      CHECK(house.admit(sign(risen, issuer)).error().code == Code::refused);
    }
  }
}

TEST_CASE("the later of two certificates of a node stays, whatever the order") {
  auto early = of(5);
  early.not_after -= day;
  const auto first = sign(early, 1);
  const auto later = sign(of(5), 1);
  Household forwards;
  CHECK(forwards.admit(first)->not_after == noon + 29 * day);
  CHECK(forwards.admit(later)->not_after == noon + 30 * day);
  Household backwards;
  CHECK(backwards.admit(later)->not_after == noon + 30 * day);
  CHECK(backwards.admit(first)->not_after == noon + 30 * day);
}

TEST_CASE("another key for a known node needs a later certificate too") {
  Household house;
  house.admit(sign(of(5), 1)).value();
  auto other = of(5);
  other.key = sample::key(6).public_key();
  CHECK(house.admit(sign(other, 1))->key == sample::key(5).public_key());
  other.not_before += day;
  other.not_after += day;
  CHECK(house.admit(sign(other, 1), noon + day)->key == sample::key(6).public_key());
}

TEST_CASE("an inviter cannot take over the id of an admin") {
  Household house;
  auto stolen = issued_by(3, of(2));
  stolen.key = sample::key(3).public_key();
  stolen.not_before += 1min;
  stolen.not_after += 1min;
  CHECK(house.admit(sign(stolen, 3)).error().code == Code::refused);
  CHECK(house.roster.find(sample::node(2))->key == sample::key(2).public_key());
}

TEST_CASE("no certificate carries the id that stands for the root") {
  Household house;
  auto zero = of(5);
  zero.node = NodeId{};
  CHECK(house.admit(sign(zero, 1)).error().code == Code::refused);
}

TEST_CASE("a certificate of a later version is refused") {
  Household house;
  auto later = of(5);
  later.version = 2;
  CHECK(house.admit(sign(later, 1)).error().code == Code::refused);
}

TEST_CASE("a full roster takes nobody until certificates have ended") {
  Believer believer;
  Roster roster(sample::mesh(), believer);
  for (std::size_t n = 1; n <= Roster::members_max; ++n)
    REQUIRE(roster.admit(unsigned_certificate(n, noon), noon).has_value());
  const auto one_more = unsigned_certificate(Roster::members_max + 1, noon + day);
  CHECK(roster.admit(one_more, noon + day).error().code == Code::full);
  CHECK(roster.admit(one_more, noon + 30 * day));
  CHECK(roster.size() == 1);
}

TEST_CASE("roles are read as they are written") {
  for (const Role role : {Role::member, Role::inviter, Role::admin}) CHECK(parse_role(name(role)) == role);
  CHECK(parse_role("root").error().code == Code::malformed);
}

TEST_CASE("the last key of a node proves what it says, and none while it is muted") {
  Household home;
  const NodeId node = sample::node(4);
  CHECK(*home.roster.key_of(node) == sample::key(4).public_key());
  home.roster.learn(node, {.key = sample::key(104).public_key()});
  CHECK(*home.roster.key_of(node) == sample::key(104).public_key());
  home.roster.learn(node, {.voice = Voice::muted});
  CHECK(home.roster.key_of(node) == nullptr);
  CHECK(home.roster.is_member(node, noon));
  home.roster.learn(node, {});
  CHECK(*home.roster.key_of(node) == sample::key(4).public_key());
}

TEST_CASE(
    "with an issuer that is revoked falls whom it let in, unless kept, and with one that retires nobody") {
  Household home;
  const NodeId inviter = sample::node(3), guest = sample::node(4);
  home.roster.learn(inviter, {.voice = Voice::retired});
  CHECK_FALSE(home.roster.is_member(inviter, noon));
  CHECK(home.roster.is_member(guest, noon));
  home.roster.learn(inviter, {.voice = Voice::revoked});
  CHECK_FALSE(home.roster.is_member(guest, noon));
  CHECK(home.roster.key_of(guest) == nullptr);
  home.roster.learn(inviter, {.voice = Voice::revoked, .kept = {sample::filled<16>(4)}});
  CHECK(home.roster.is_member(guest, noon));
}

TEST_CASE("a revocation has these bytes") {
  Revocation said{.by = sample::node(2), .rot = 1, .node = sample::node(4), .at = noon};
  said.reason.assign("stolen");
  said.keep = std::vector<Fixed<16>>{sample::filled<16>(5)};
  const Signed<Revocation> revocation(said, sample::mesh().id, sample::key(2));
  CHECK(to_hex(revocation.payload()) == vectors::revocation);
  CHECK(to_hex(revocation.signature().value.view()) == vectors::revocation_signature);
}

TEST_CASE("a revocation heard before the certificate keeps its node out") {
  SodiumVerifier verifier;
  Roster roster(sample::mesh(), verifier);
  roster.learn(sample::node(2), {.voice = Voice::revoked});
  CHECK(roster.admit(sign(sample::certificate(2, Role::admin), 1), noon).has_value());
  CHECK_FALSE(roster.is_member(sample::node(2), noon));
}
