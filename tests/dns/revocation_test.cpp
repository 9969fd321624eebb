// Who is expelled from a mesh, by whose word, and what falls with it.
#include "dns/registry.hpp"
#include "tests/dns/neighbours.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using grapevine::sample::key;
using neighbours::at;
using neighbours::Device;
using neighbours::Neighbour;
using neighbours::noon;

namespace {

constexpr NodeId the_root{};

/// A device of the sample household with another role, by the root or by somebody it was let in by.
struct Person {
  std::uint8_t number;
  Role role;
  std::uint8_t host = 0;

  NodeId node() const { return grapevine::sample::node(number, host); }
  Bytes member() const { return seal_member(grapevine::sample::sign(certificate(), host == 0 ? 1 : host)); }
  Certificate certificate() const {
    const Certificate certificate = grapevine::sample::certificate(number, role);
    return host == 0 ? certificate : grapevine::sample::issued_by(host, certificate);
  }
  /// By another, a day later.
  Bytes renewed_by(std::uint8_t issuer) const {
    Certificate renewed = certificate();
    renewed.not_before += neighbours::day;
    renewed.not_after += neighbours::day;
    renewed.issuer = grapevine::sample::node(issuer);
    return seal_member(grapevine::sample::sign(renewed, issuer));
  }
  Bytes origin() const {
    return seal(grapevine::sample::inception(number, host), neighbours::mesh().id, key(number));
  }
  Bytes rotation() const {
    const auto next = key(static_cast<std::uint8_t>(number + 100));
    return seal(
        Rotation{
            .node = node(), .prev = neighbours::record_id(origin()), .key = next.public_key(), .next = {}},
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
  bool has(const Person& person, Duration since_noon = 0s) const {
    const WallTime when = at(since_noon).wall;
    return roster.is_member(person.node(), when) &&
           registry.resolve(to_string(person.node()), when).has_value();
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
  const auto kept = admission_of(other_guest.certificate());
  CHECK(town.hear(revoke(admin.node(), key(2), inviter.node(), {kept})) == Verdict::accept);
  CHECK_FALSE(town.has(inviter));
  CHECK_FALSE(town.has(guest));
  CHECK(town.has(other_guest));
  const Person late{7, Role::member, 3};  // set back to before the revocation
  town.hear(late.member());
  CHECK_FALSE(town.has(late));
}

TEST_CASE("a renewal by another rescues nobody from falling with its inviter, be it heard before or after") {
  const Bytes word = revoke(the_root, key(1), inviter.node(), {admission_of(other_guest.certificate())});
  Town before, after;
  before.hear(word);
  for (auto* town : {&before, &after}) {
    for (const Person* person : {&guest, &other_guest})
      CHECK(town->hear(person->renewed_by(2), at(24h)) == Verdict::accept);
  }
  CHECK(after.has(guest, 24h));
  CHECK(after.registry.falls_with(inviter.node(), at(24h).wall).size() == 2);
  after.hear(word, at(24h));
  for (auto* town : {&before, &after}) {
    CHECK_FALSE(town->has(guest, 24h));
    CHECK(town->has(other_guest, 24h));  // for the word keeps it
  }
  CHECK(before.registry.root() == after.registry.root());
}

TEST_CASE("with a revoked admin falls whom it renewed, for it may have made up who let it in") {
  Town town;
  town.hear(other_guest.renewed_by(2), at(24h));
  town.hear(revoke(the_root, key(1), admin.node()), at(24h));
  CHECK_FALSE(town.has(other_guest, 24h));
  CHECK(town.has(guest, 24h));
}

TEST_CASE("nobody expels the id that stands for the root, and with it whom the root let in") {
  Town town;
  const Device lamp(1);
  town.meet(lamp);
  CHECK(town.hear(revoke(admin.node(), key(2), the_root)) == Verdict::reject);
  CHECK(town.hear(revoke(the_root, key(1), the_root)) == Verdict::reject);
  CHECK(town.roster.is_member(lamp.node, noon));
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

TEST_CASE("what an admin has revoked outlives its certificate, and is checked by who comes late") {
  const Device thief(1, noon + 25 * neighbours::day);
  const Bytes word = revoke(admin.node(), key(2), thief.node);
  Town town;
  town.hear(word);
  const Now later{Time(40 * neighbours::day), noon + 40 * neighbours::day};  // the admin's ended on the 30th
  (void)town.registry.tick(later);
  town.meet(thief, later);
  CHECK(town.registry.resolve(to_string(thief.node), later.wall).error().code == Code::unknown);
  Neighbour late(10);
  neighbours::make_equal(late, town, later);
  CHECK(late.roster.voice_of(thief.node) == Voice::revoked);
  CHECK(late.registry.root() == town.registry.root());
}

TEST_CASE("an admin revokes nobody from after its own end") {
  Town town;
  const WallTime end = noon + 30 * neighbours::day;
  const auto says = [&](WallTime when) {
    Revocation said{.by = admin.node(), .node = guest.node(), .at = when};
    return town.hear(seal_member(Signed<Revocation>(said, neighbours::mesh().id, key(2))),
                     {Time(31 * neighbours::day), noon + 31 * neighbours::day});
  };
  CHECK(says(end + 1ms) == Verdict::ignore);
  CHECK(says(end) == Verdict::accept);
}

TEST_CASE("who is expelled makes room: what it said of itself goes, and comes no more") {
  Town town;
  const Device thief(1), receiver(9);
  town.meet(thief);
  town.meet(receiver);
  const auto before = town.registry.size();
  const std::vector<Bytes> said{thief.address(1),
                                thief.name("robot", 2),
                                thief.name("lamp", 3, noon, 0),
                                thief.name("crane", 4),
                                thief.suspension(),
                                thief.transfer("crane", 5, receiver, term_of(noon) + 2)};
  for (const Bytes& record : said) CHECK(town.hear(record) == Verdict::accept);
  town.hear(revoke(admin.node(), key(2), thief.node));
  CHECK(town.registry.size() == before + 1);
  for (const Bytes& record : said) CHECK(town.hear(record) == Verdict::ignore);
  CHECK(town.registry.size() == before + 1);
  town.hear(revoke(the_root, key(1), admin.node()));  // and with it what it revoked
  CHECK(town.registry.size() == before + 1);
  for (const Bytes& record : said) town.hear(record);
  CHECK(town.registry.size() == before + 1 + 5);  // one replaces another
}

TEST_CASE("with an inviter goes what its guests have said") {
  Town town;
  NameClaim claim{.node = guest.node(), .seq = 1, .key_lease_s = 86400, .issued = noon};
  claim.name.assign("robot");
  const Bytes record = seal(claim, neighbours::mesh().id, key(4));
  const auto before = town.registry.size();
  CHECK(town.hear(record) == Verdict::accept);
  town.hear(revoke(admin.node(), key(2), inviter.node()));
  CHECK(town.registry.size() == before + 1);
  CHECK(town.hear(record) == Verdict::ignore);
}

TEST_CASE("an expulsion survives a restart, and is forgotten when no certificate can be left") {
  Town town;
  town.hear(revoke(the_root, key(1), guest.node()));
  Roster roster{neighbours::mesh(), neighbours::verifier()};
  Registry again(Config{}, town.device.self(), town.store, roster, Random(1));
  (void)again.start({}, at());
  CHECK(roster.voice_of(guest.node()) == Voice::revoked);
  const auto much_later = 2 * Revocation::remembered + 24h;
  (void)again.tick({Time(much_later), noon + much_later});
  CHECK(roster.voice_of(guest.node()) == Voice::heard);  // though it is no member any more
  CHECK_FALSE(roster.is_member(guest.node(), noon + much_later));
}
