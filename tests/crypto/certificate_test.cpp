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

/// That of a guest of the inviter, a day later, by somebody else.
Signed<Certificate> renewed(std::uint8_t n, std::uint8_t issuer) {
  Certificate certificate = issued_by(3, of(n));
  certificate.not_before += day;
  certificate.not_after += day;
  certificate.issuer = sample::node(issuer);
  return sign(certificate, issuer);
}

// Believes every signature, so that a roster can be filled in a moment.
struct Believer final : Verifier {
  bool verify(const PublicKey&, View, const Signature&) override { return true; }
};

Signed<Certificate> unsigned_certificate(std::size_t n, WallTime not_before) {
  Certificate certificate;
  std::memcpy(certificate.inception.ending.data(), &n, sizeof n);
  certificate.node = node_id(sample::mesh().id, certificate.inception);
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
  CHECK(house.roster.find(sample::node(4))->inception.inviter == sample::node(3));
  CHECK(house.roster.find(sample::node(9)) == nullptr);
  CHECK(!house.roster.find_signed(sample::node(9)));
}

TEST_CASE("root and admins certify members") {
  Household house;
  CHECK(house.admit(sign(of(5), 1)));
  CHECK(house.admit(sign(issued_by(2, of(6)), 2)));
}

TEST_CASE("a roster keeps the signed form, to show to others") {
  Household house;
  const auto held = house.roster.find_signed(sample::node(4));
  REQUIRE(held);
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

TEST_CASE("of two certificates of a node that end at once the same one stays, whatever the order") {
  auto other = of(5);
  other.serial = sample::filled<16>(6);
  const auto first = sign(of(5), 1), second = sign(other, 1);
  Household forwards, backwards;
  forwards.admit(first).value();
  backwards.admit(second).value();
  CHECK(forwards.admit(second).value() == backwards.admit(first).value());
}

TEST_CASE("not even the root certifies a node under other keys, or as the guest of another") {
  Household house;
  const Inception own = sample::inception(5), other = sample::inception(6, 3);
  std::array<Inception, 5> altered{own, own, own, own, own};
  altered[0].key = other.key;
  altered[1].next = other.next;
  altered[2].transport = other.transport;
  altered[3].inviter = other.inviter;
  altered[4].ending = other.ending;
  for (const Inception& inception : altered) {
    auto false_one = of(5);
    false_one.inception = inception;
    CHECK(house.admit(sign(false_one, 1)).error().code == Code::bad_signature);
  }
  CHECK(house.admit(sign(of(5), 1)));
}

TEST_CASE("who has joined one mesh is in no other by that") {
  Household house;
  auto elsewhere = of(5);
  elsewhere.node = node_id(MeshId{sample::filled<32>(9)}, elsewhere.inception);
  CHECK(house.admit(sign(elsewhere, 1)).error().code == Code::bad_signature);
}

TEST_CASE("an inviter certifies nobody else's guest, and an admin renews anybody") {
  Household house;
  for (auto wanted : {of(5), sample::certificate(2, Role::member), issued_by(2, of(6))}) {
    wanted.issuer = sample::node(3);
    CHECK(house.admit(sign(wanted, 3)).error().code == Code::refused);
  }
  auto renewed = *house.roster.find(sample::node(4));
  renewed.issuer = sample::node(2);
  renewed.not_before += day;
  renewed.not_after += day;
  CHECK(house.admit(sign(renewed, 2), noon + day).value() == renewed);
}

TEST_CASE("a guest is not older than its inviter") {
  Household house;
  auto guest = issued_by(3, of(5));
  guest.admitted -= 1ms;
  CHECK(house.admit(sign(guest, 3)).error().code == Code::refused);
  guest.issuer = NodeId{};
  CHECK(house.admit(sign(guest, 1)));
}

TEST_CASE("no admin makes less of another, in either order") {
  SodiumVerifier verifier;
  const auto six = sign(sample::certificate(6, Role::admin), 1),
             two = sign(sample::certificate(2, Role::admin), 1);
  auto less = of(2);
  less.issuer = sample::node(6);
  less.not_before += day;
  less.not_after += day;
  const auto demotion = sign(less, 6);
  for (const auto& [first, second] : {std::pair(two, demotion), std::pair(demotion, two)}) {
    Roster roster(sample::mesh(), verifier);
    for (const auto& each : {six, first, second}) CHECK(roster.admit(each, noon + day));
    CHECK(roster.find(sample::node(2))->role == Role::admin);
  }
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
  home.roster.learn(inviter, {.voice = Voice::revoked, .kept = {admission_of(*home.roster.find(guest))}});
  CHECK(home.roster.is_member(guest, noon));
}

TEST_CASE("a member falls with whoever let it in, renewed or not, and with whoever renewed it") {
  for (const std::uint8_t revoked : {std::uint8_t{2}, std::uint8_t{3}}) {
    Household home;
    CHECK(home.admit(renewed(4, 2), noon + day)->issuer == sample::node(2));
    CHECK(home.roster.is_member(sample::node(4), noon + day));
    home.roster.learn(sample::node(revoked), {.voice = Voice::revoked});
    CHECK_FALSE(home.roster.is_member(sample::node(4), noon + day));
  }
  Household other;  // an inviter let in by an admin is the root's work
  auto inviter = issued_by(2, sample::certificate(5, Role::inviter));
  inviter.issuer = {};
  other.admit(sign(inviter, 1)).value();
  other.roster.learn(sample::node(2), {.voice = Voice::revoked});
  CHECK(other.roster.is_member(inviter.node, noon));
}

TEST_CASE("whoever is kept stays when it is renewed, and nobody who copies its serial does") {
  Household home;
  const auto kept = admission_of(*home.roster.find(sample::node(4)));
  home.roster.learn(sample::node(3), {.voice = Voice::revoked, .kept = {kept}});
  home.admit(renewed(4, 2), noon + day).value();
  CHECK(home.roster.is_member(sample::node(4), noon + day));
  auto friend_of_thief = issued_by(3, of(5));
  friend_of_thief.serial = home.roster.find(sample::node(4))->serial;
  home.admit(sign(friend_of_thief, 3)).value();
  CHECK_FALSE(home.roster.is_member(friend_of_thief.node, noon));
}

TEST_CASE("suspending its key saves nobody from falling with its inviter") {
  Household home;
  home.roster.learn(sample::node(4), {.voice = Voice::muted});
  CHECK(home.roster.is_member(sample::node(4), noon));
  home.roster.learn(sample::node(3), {.voice = Voice::revoked});
  CHECK_FALSE(home.roster.is_member(sample::node(4), noon));
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
