// The book of invites: who is in it, for how long, and how many.
#include "node/invites.hpp"
#include "tests/crypto/sample.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

const bool started = (start_crypto(), true);

/// An admin's book, and newcomers who knock.
struct Porch {
  Now later(Duration by) const {
    return {.time = Time(by), .wall = sample::noon + std::chrono::duration_cast<SignedClock::duration>(by)};
  }
  Result<Invite> open(Duration valid_for, Now now) {
    return invites.open({.valid_for = valid_for}, {"192.0.2.1:4781"}, now);
  }
  bool lets_in(const Invite& invite, std::uint8_t newcomer, Now now) {
    const SigningKey key = SigningKey::from_seed(invite.seed);
    JoinWish wish = sample::wish();
    wish.invite = invite_id(key.public_key());
    wish.inception = sample::inception(newcomer, 2);
    wish.join_key = invite.join_key;
    const JoinMessage knock = make_join_request(wish, home.roster.mesh().id, key, sample::key(newcomer));
    return invites.answer(wire::encode_message(knock), wish.inception.transport, {}, now)
        .newcomer.has_value();
  }
  std::size_t kept() const {
    std::size_t count = 0;
    store.each(dns::Table::meta, view("invite/"), [&](View, View) {
      ++count;
      return dns::Walk::on;
    });
    return count;
  }

  sample::Household home;
  dns::MemoryStore store;
  SigningKey admin = sample::key(2);
  Invites invites{Issuer({.node = sample::node(2), .operational = &admin, .root = nullptr}, home.roster),
                  store, home.roster};
};

}  // namespace

TEST_CASE("who was let in may ask again for ten minutes, then its invite is forgotten with the next one") {
  Porch porch;
  const auto invite = porch.open(24h, porch.later(0s));
  CHECK(porch.lets_in(*invite, 9, porch.later(1s)));
  CHECK_FALSE(porch.lets_in(*invite, 10, porch.later(2s)));
  CHECK(porch.lets_in(*invite, 9, porch.later(9min)));
  CHECK(porch.open(24h, porch.later(10min)).has_value());
  CHECK(porch.kept() == 2);
  CHECK(porch.open(24h, porch.later(11min)).has_value());
  CHECK(porch.kept() == 2);
  CHECK_FALSE(porch.lets_in(*invite, 9, porch.later(11min)));
}

TEST_CASE("an invite nobody used is forgotten once it has ended") {
  Porch porch;
  for (int hour = 0; hour < 10; ++hour) CHECK(porch.open(30min, porch.later(1h * hour)).has_value());
  CHECK(porch.kept() == 1);
}

TEST_CASE("64 invites may be open, and with those just used 256 are kept") {
  Porch porch;
  for (std::size_t i = 0; i < Invites::kept_max - 1; ++i) {
    const auto invite = porch.open(24h, porch.later(0s));
    REQUIRE(invite.has_value());
    CHECK(porch.lets_in(*invite, 9, porch.later(0s)));
  }
  CHECK(porch.open(24h, porch.later(1s)).has_value());
  CHECK(porch.open(24h, porch.later(1s)).error().code == Code::full);
  for (std::size_t i = 1; i < Invites::open_max; ++i) CHECK(porch.open(24h, porch.later(11min)).has_value());
  CHECK(porch.open(24h, porch.later(11min)).error().code == Code::full);
}
