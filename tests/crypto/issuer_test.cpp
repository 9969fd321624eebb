// Who renews whose certificate, and when.
#include "crypto/issuer.hpp"

#include "tests/crypto/sample.hpp"

#include <set>

#include <doctest/doctest.h>

using namespace grapevine;
using sample::day;
using sample::issued_by;
using sample::noon;

namespace {

constexpr NodeId the_root{};

/// Who was let in by the first admin.
NodeId guest(std::uint8_t n) {
  return sample::node(n, 2);
}

/// Two admins (2, 6) and an inviter (3), all for four hundred days, with the inviter's guest (4) and the
/// first admin's (5).
struct House {
  SodiumVerifier verifier{};
  Roster roster{sample::mesh(), verifier};
  SigningKey root = sample::key(1);
  std::vector<SigningKey> keys;

  House() {
    for (std::uint8_t n = 0; n < 10; ++n) keys.push_back(sample::key(n));
    for (const auto& [n, role] :
         {std::pair(2, Role::admin), std::pair(6, Role::admin), std::pair(3, Role::inviter)}) {
      auto made = sample::certificate(static_cast<std::uint8_t>(n), role);
      made.not_after = noon + 400 * day;
      admit(sample::sign(made, 1));
    }
    admit(sample::sign(issued_by(3, sample::certificate(4, Role::member)), 3));
    admit(sample::sign(issued_by(2, sample::certificate(5, Role::member)), 2));
  }
  void admit(const Signed<Certificate>& certificate, WallTime now = noon) {
    roster.admit(certificate, now).value();
  }
  Issuer issuer(std::uint8_t n, const SigningKey* with_root = nullptr) const {
    return Issuer({sample::node(n), &keys[n], with_root}, roster);
  }
  /// What takes the place of the certificate of `of`.
  std::optional<Certificate> renewal(const Issuer& by, std::uint8_t of, WallTime now) const {
    const auto renewed = by.renewal(*roster.find(of == 5 || of == 7 ? guest(of) : sample::node(of)), now);
    return renewed ? std::optional(renewed->claimed().value()) : std::nullopt;
  }
  bool renews(std::uint8_t by, std::uint8_t of, WallTime now) const {
    return renewal(issuer(by), of, now).has_value();
  }
};

}  // namespace

TEST_CASE("a certificate is renewed from half of its life on by whoever signed it") {
  const House house;
  CHECK_FALSE(house.renews(2, 5, noon + 15 * day - 1ms));
  const auto renewed = house.renewal(house.issuer(2), 5, noon + 15 * day);
  REQUIRE(renewed.has_value());
  CHECK(renewed->not_before == noon + 15 * day);
  CHECK(renewed->not_after == noon + 45 * day);
}

TEST_CASE("when its signer is away others renew it before three quarters are over, each in its turn") {
  House house;
  std::set<WallTime> turns;
  for (std::uint8_t n = 6; n < 10; ++n) {
    auto made = sample::certificate(n, Role::admin);
    made.not_after = noon + 400 * day;
    house.admit(sample::sign(made, 1));
    CHECK_FALSE(house.renews(n, 5, noon + 30 * day / 8 * 5 - 1ms));
    CHECK(house.renews(n, 5, noon + 30 * day / 4 * 3));
    WallTime turn = noon + 15 * day;
    while (!house.renews(n, 5, turn)) turn += 1h;
    turns.insert(turn);
  }
  CHECK(turns.size() == 4);
}

TEST_CASE("a renewal changes dates and signer, and nothing else") {
  House house;
  const Certificate before = *house.roster.find(sample::node(4));
  const auto renewed = house.renewal(house.issuer(2), 4, noon + 25 * day);
  REQUIRE(renewed.has_value());
  CHECK(renewed->issuer == sample::node(2));
  CHECK(admission_of(*renewed) == admission_of(before));
  Certificate same = *renewed;
  same.not_before = before.not_before;
  same.not_after = before.not_after;
  same.issuer = before.issuer;
  CHECK(same == before);
  house.admit(*house.issuer(2).renewal(before, noon + 25 * day), noon + 25 * day);
  CHECK(house.roster.is_member(sample::node(4), noon + 54 * day));
}

TEST_CASE("an inviter renews its own guests alone, and nobody but the root an admin or inviter") {
  const House house;
  const WallTime late = noon + 25 * day, very_late = noon + 350 * day;
  CHECK(house.renews(3, 4, late));
  CHECK_FALSE(house.renews(3, 5, late));
  CHECK(house.renews(2, 4, late));
  CHECK_FALSE(house.renews(4, 5, late));  // a member renews nobody
  for (const std::uint8_t of : {std::uint8_t{2}, std::uint8_t{3}, std::uint8_t{6}}) {
    CHECK_FALSE(house.renews(2, of, very_late));
    const auto by_root = house.renewal(house.issuer(2, &house.root), of, very_late);
    REQUIRE(by_root.has_value());
    CHECK(by_root->issuer == the_root);
    CHECK(by_root->not_after == very_late + 400 * day);
  }
}

TEST_CASE("whoever has rotated its key renews with the root key, or not at all") {
  House house;
  house.keys[2] = sample::key(102);
  const WallTime late = noon + 25 * day;
  CHECK_FALSE(house.renews(2, 5, late));
  const Issuer founder = house.issuer(2, &house.root);
  CHECK(house.renewal(founder, 5, late)->issuer == the_root);
  house.admit(*founder.renewal(*house.roster.find(guest(5)), late), late);
}

TEST_CASE("nobody signs for longer than its own certificate holds, and so near its end renews nobody") {
  House house;
  const WallTime late = noon + 390 * day;
  const auto newcomer = issued_by(2, sample::certificate(7, Role::member));
  const auto guest = house.issuer(2).admit(newcomer, late).claimed().value();
  CHECK(guest.not_after == noon + 400 * day);
  CHECK_FALSE(house.issuer(2).renewal(guest, noon + 399 * day).has_value());
  house.keys[2] = sample::key(102);
  const auto by_root = house.issuer(2, &house.root).admit(newcomer, late).claimed().value();
  CHECK(by_root.not_after == noon + 420 * day);
}

TEST_CASE("whoever let a device in goes on renewing it after another stepped in") {
  House house;
  const auto second = sample::node(6);
  house.admit(house.issuer(2).admit(issued_by(2, sample::certificate(7, Role::member)), noon));
  const WallTime first_time = noon + 25 * day, next_time = first_time + 25 * day;
  house.admit(*house.issuer(6).renewal(*house.roster.find(guest(7)), first_time), first_time);
  REQUIRE(house.roster.find(guest(7))->issuer == second);
  CHECK(house.renews(2, 7, next_time));
  CHECK(house.renews(6, 7, next_time));
}
