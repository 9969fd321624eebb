// Who is expelled from a mesh, by whose word, and what falls with it.
#include "dns/registry.hpp"
#include "tests/dns/neighbours.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using grapevine::sample::key;
using neighbours::at;
using neighbours::Device;
using neighbours::filled;
using neighbours::Neighbour;
using neighbours::noon;

namespace {

constexpr NodeId the_root{};

/// A device of the sample household with another role, by the root or by somebody it was let in by.
struct Person {
  std::uint8_t number;
  Role role;
  std::uint8_t host = 0;

  NodeId node() const { return grapevine::sample::node(number); }
  Bytes member() const {
    Certificate certificate = grapevine::sample::certificate(number, role);
    if (host != 0) certificate = grapevine::sample::issued_by(host, certificate);
    return seal_member(grapevine::sample::sign(certificate, host == 0 ? 1 : host));
  }
  Bytes origin() const {
    return seal(grapevine::sample::inception(number), neighbours::mesh().id, key(number));
  }
  Bytes rotation() const {
    const auto next = key(static_cast<std::uint8_t>(number + 100));
    return seal(Rotation{.node = node(),
                         .prev = neighbours::record_id(origin()),
                         .key = next.public_key(),
                         .next = key(250).commitment()},
                neighbours::mesh().id, next);
  }
};

const Person admin{2, Role::admin}, inviter{3, Role::inviter}, guest{4, Role::member, 3},
    other_guest{5, Role::member, 3}, other_admin{6, Role::admin};

Bytes revoke(const NodeId& by, const SigningKey& signer, const NodeId& node, std::vector<Fixed<16>> kept = {},
             std::uint32_t rot = 0) {
  Revocation said{.by = by, .rot = rot, .node = node, .at = noon};
  said.reason.assign("stolen");
  said.keep.assign(kept.begin(), kept.end());
  return seal_member(Signed<Revocation>(said, neighbours::mesh().id, signer));
}

/// A registry that has met them all.
struct Town : Neighbour {
  Town() : Neighbour(0) {
    for (const Person* person : {&admin, &other_admin, &inviter, &guest, &other_guest}) {
      hear(person->member());
      hear(person->origin());
    }
  }
  bool has(const Person& person) const {
    return roster.is_member(person.node(), noon) &&
           registry.resolve(to_string(person.node()), noon).has_value();
  }
};

}  // namespace

TEST_CASE("an admin's word expels a member, in whatever order it is heard") {
  const Device thief(1);
  const Bytes word = revoke(admin.node(), key(2), thief.node);
  Town before, after;
  CHECK(before.hear(word) == Verdict::accept);
  before.meet(thief);
  after.meet(thief);
  CHECK(after.registry.resolve(to_string(thief.node), noon).has_value());
  CHECK(after.hear(word) == Verdict::accept);
  for (const auto* town : {&before, &after}) {
    CHECK(town->registry.resolve(to_string(thief.node), noon).error().code == Code::unknown);
    CHECK(town->roster.key_of(thief.node) == nullptr);
    CHECK_FALSE(town->roster.is_member(thief.node, noon));
  }
  CHECK(before.registry.root() == after.registry.root());
}

TEST_CASE("a word that comes before its admin waits for it") {
  Neighbour here(0);
  CHECK(here.hear(revoke(admin.node(), key(2), guest.node())) == Verdict::ignore);
  here.hear(admin.member());
  here.hear(admin.origin());
  CHECK(here.roster.voice_of(guest.node()) == Voice::revoked);
}

TEST_CASE("nobody but an admin and the root expels, and only the root an admin") {
  Town town;
  CHECK(town.hear(revoke(inviter.node(), key(3), guest.node())) == Verdict::ignore);
  CHECK(town.hear(revoke(admin.node(), key(3), guest.node())) == Verdict::reject);
  CHECK(town.hear(revoke(the_root, key(2), guest.node())) == Verdict::reject);
  CHECK(town.has(guest));
  CHECK(town.hear(revoke(admin.node(), key(2), other_admin.node())) == Verdict::accept);
  CHECK(town.has(other_admin));  // kept, and worth nothing
  CHECK(town.hear(revoke(the_root, key(1), other_admin.node())) == Verdict::accept);
  CHECK_FALSE(town.has(other_admin));
}

TEST_CASE("with an inviter falls whom it let in, but not whom the word keeps") {
  Town town;
  CHECK(town.hear(revoke(admin.node(), key(2), inviter.node(), {filled<16>(5)})) == Verdict::accept);
  CHECK_FALSE(town.has(inviter));
  CHECK_FALSE(town.has(guest));
  CHECK(town.has(other_guest));
  const Person late{7, Role::member, 3};  // set back to before the revocation
  town.hear(late.member());
  CHECK_FALSE(town.has(late));
}

TEST_CASE("whois tells who expelled a device and why, and that whom it let in is no member either") {
  Town town;
  CHECK_FALSE(town.registry.whois(to_string(guest.node()), noon)->expelled.has_value());
  town.hear(revoke(the_root, key(1), inviter.node()));
  const auto expelled = town.registry.whois(to_string(inviter.node()), noon)->expelled;
  REQUIRE(expelled.has_value());
  CHECK(expelled->word.by == the_root);
  CHECK(expelled->word.reason == "stolen");
  CHECK_FALSE(town.registry.whois(to_string(guest.node()), noon)->is_member);
}

TEST_CASE("what an expelled admin has revoked stands no more") {
  Town town;
  town.hear(revoke(admin.node(), key(2), guest.node()));
  CHECK_FALSE(town.has(guest));
  town.hear(revoke(the_root, key(1), admin.node()));
  CHECK(town.has(guest));
}

TEST_CASE("what a thief of an admin's key revoked falls with the admin's next key") {
  Town town;
  town.hear(revoke(admin.node(), key(2), guest.node()));
  town.hear(admin.rotation());
  CHECK(town.has(guest));
  CHECK(town.hear(revoke(admin.node(), key(2), guest.node())) == Verdict::ignore);
  CHECK(town.hear(revoke(admin.node(), key(102), guest.node(), {}, 1)) == Verdict::accept);
  CHECK_FALSE(town.has(guest));
  CHECK(*town.roster.key_of(admin.node()) == key(102).public_key());
}

TEST_CASE("an expulsion survives a restart, and is forgotten when no certificate can be left") {
  Town town;
  town.hear(revoke(the_root, key(1), guest.node()));
  Roster roster{neighbours::mesh(), neighbours::verifier()};
  Registry again(Config{}, town.device.self(), town.store, roster, Random(1));
  (void)again.start({}, at());
  CHECK(roster.voice_of(guest.node()) == Voice::revoked);
  const auto much_later = Revocation::remembered + 24h;
  (void)again.tick({Time(much_later), noon + much_later});
  CHECK(roster.voice_of(guest.node()) == Voice::heard);  // though it is no member any more
  CHECK_FALSE(roster.is_member(guest.node(), noon + much_later));
}
