// One claim for each row of bad input that a registry without votes can meet.
#include "dns/registry.hpp"
#include "tests/dns/neighbours.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::Device;
using neighbours::Neighbour;
using neighbours::noon;

TEST_CASE("row 1: one flipped bit anywhere leaves the state as it was") {
  const Device device(1);
  for (const Bytes& record :
       {device.origin(), device.member(), device.address(1), device.name("robot", 2), device.rotation(1),
        device.suspension(), device.retirement(), device.transfer("robot", 1, Device(0), 3'000'100),
        seal_evidence(Evidence::Kind::sequence, device.address(1), device.address(1, noon, "b"))}) {
    Neighbour here(0);
    here.start();
    here.meet(device);
    for (std::size_t bit = 0; bit < record.size() * 8; bit += 3) {
      Bytes bad = record;
      bad[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      const auto before = here.registry.root();
      here.hear(bad);
      REQUIRE(here.registry.root() == before);
    }
  }
}

TEST_CASE("row 1: a forged signature is the sender's shame, not the author's") {
  Neighbour here(0);
  const Device device(1), forger(2);
  here.meet(device);
  Address address;
  address.node = device.node;
  address.lease_s = 7200;
  address.issued = noon;
  const auto [verdict, effects] =
      here.registry.arrived(forger.node, seal(address, neighbours::mesh().id, forger.key), at());
  CHECK(verdict == Verdict::reject);
  const auto notes = neighbours::only<Note>(effects);
  REQUIRE(notes.size() == 1);
  CHECK(notes.front().event == "hostile.record_bad_signature");
  CHECK(notes.front().about == forger.node);
}

TEST_CASE("row 2: an older sequence is stale, counted and not passed on") {
  Neighbour here(0);
  const Device device(1);
  here.meet(device);
  here.hear(device.address(2));
  const auto [verdict, effects] = here.registry.arrived(device.node, device.address(1), at());
  CHECK(verdict == Verdict::ignore);
  CHECK(neighbours::notes(effects, "registry.record_refused"));
}

TEST_CASE("row 3: of two records with one sequence the larger id wins, in either order, and both convict") {
  const Device device(1);
  const Bytes one = device.address(1, noon, "one"), other = device.address(1, noon, "other");
  Neighbour here(0), there(0);
  for (auto* neighbour : {&here, &there}) neighbour->meet(device);
  here.hear(one);
  here.hear(other);
  there.hear(other);
  there.hear(one);
  CHECK(here.registry.root() == there.registry.root());
  CHECK(here.registry.size() == 4);  // and the evidence
}

TEST_CASE("row 6: a record of another mesh proves nothing here") {
  Neighbour here(0);
  const Device device(1);
  here.meet(device);
  Address address;
  address.node = device.node;
  address.lease_s = 7200;
  address.issued = noon;
  MeshId elsewhere;
  CHECK(here.hear(seal(address, elsewhere, device.key)) == Verdict::reject);
  CHECK(here.hear(seal(address, neighbours::mesh().id, device.key)) == Verdict::accept);
}

TEST_CASE("row 7: one type's bytes serve no other type") {
  Neighbour here(0);
  const Device device(1);
  here.meet(device);
  for (const Bytes& record : {device.origin(), device.address(1), device.name("robot", 2), device.member()}) {
    for (std::uint8_t type = 1; type <= record_types; ++type) {
      Bytes other = record;
      if (other[2] == type) continue;
      other[2] = type;
      CHECK(here.hear(other) == Verdict::reject);
    }
  }
  CHECK(here.registry.size() == 2);
}

TEST_CASE("row 9: a record over 1232 bytes is refused before it is read") {
  Neighbour here(0);
  CHECK(std::get<Reason>(unseal(Bytes(1233, 0x94), neighbours::mesh().id)) == Reason::too_big);
  CHECK(here.hear(Bytes(64 << 20, 0x94)) == Verdict::reject);
}

TEST_CASE("row 10: a record from the future waits until two minutes before its time") {
  Neighbour here(0);
  const Device device(1);
  here.meet(device);
  CHECK(here.hear(device.address(1, noon + 10min)) == Verdict::ignore);
  here.registry.tick(at(8min - 1s));
  CHECK(here.registry.size() == 2);
  CHECK(here.registry.deadline() == Time(8min));
  here.registry.tick(at(8min));
  CHECK(here.registry.size() == 3);
}

TEST_CASE("row 11: a record of 2999 never comes in, one of 1970 is stale") {
  Neighbour here(0);
  const Device device(1);
  here.meet(device);
  const WallTime far{32'472'144'000'000ms};
  CHECK(here.hear(device.address(1, far)) == Verdict::ignore);
  CHECK(here.hear(device.address(2, WallTime{})) == Verdict::ignore);
  here.registry.tick(at(1000h));
  CHECK(here.registry.find({"text"}, noon, 9).empty());
}

TEST_CASE("row 13: a backdated claim gains nothing") {
  Neighbour here(0);
  const Device incumbent(1), thief(2);
  here.meet(incumbent);
  here.meet(thief);
  here.hear(incumbent.name("robot", 1));
  here.hear(thief.name("robot", 1, noon - 13 * neighbours::day));
  CHECK(here.registry.resolve("robot", noon)->state == State::conflict);
  CHECK(here.registry.resolve("robot", noon)->node == NodeId{});
}

TEST_CASE("row 19: a node that squats a thousand names keeps four, everywhere the same") {
  const Device squatter(1);
  std::vector<Bytes> claims;
  for (unsigned n = 0; n < 1000; ++n) claims.push_back(squatter.name("squat-" + std::to_string(1000 + n), n));
  Neighbour here(0), there(2);
  for (auto* neighbour : {&here, &there}) neighbour->meet(squatter);
  bool told = false;
  for (const auto& claim : claims) {
    for (const auto& note : neighbours::only<Note>(here.registry.arrived(squatter.node, claim, at()).second))
      told = told || note.detail == "over_quota";
  }
  CHECK(told);
  Random(1).shuffle(claims);
  for (const auto& claim : claims) there.hear(claim);
  CHECK(here.registry.names(noon).size() == 4);
  CHECK(here.registry.size() == 6);
  CHECK(here.registry.root() == there.registry.root());
}

TEST_CASE("row 38: of ten thousand junk records under a name one batch costs one check, and hides nothing") {
  struct Counting final : Verifier {
    unsigned checks = 0;
    bool verify(const PublicKey& key, View message, const Signature& signature) override {
      ++checks;
      return neighbours::verifier().verify(key, message, signature);
    }
  } counting;
  Neighbour here(0, counting);
  const Device bearer(1), forger(2);
  for (const Device* device : {&bearer, &forger}) here.meet(*device);
  here.hear(bearer.name("robot", 1));
  const std::size_t held = here.registry.size();
  const auto root = here.registry.root();

  std::vector<Bytes> junk;
  const Signature borrowed = forger.key.sign(bearer.origin());
  for (std::uint64_t seq = 2; seq < 10'002; ++seq) {
    NameClaim claim{.node = bearer.node, .seq = seq, .key_lease_s = 86'400, .issued = noon};
    claim.name.assign("robot");
    junk.push_back(envelope_of(claim, {borrowed}));
  }
  counting.checks = 0;
  for (const Bytes& record : junk) {
    const auto [verdict, effects] = here.registry.arrived(forger.node, record, at());
    REQUIRE(verdict == Verdict::reject);
    REQUIRE(neighbours::notes(effects, "hostile.record_bad_signature"));
  }
  CHECK(counting.checks == junk.size());  // told one by one: a check each, and none twice

  counting.checks = 0;
  unsigned batches = 0;
  for (auto next = junk.begin(); next != junk.end(); ++batches) {
    Records batch;
    while (next != junk.end() && batch.records.size() < batch_records_max) batch.records.push_back(*next++);
    const auto effects = here.registry.receive(forger.node, batch, at());
    REQUIRE(neighbours::notes(effects, "hostile.record_bad_signature"));
  }
  CHECK(counting.checks == batches);

  CHECK(here.registry.size() == held);
  CHECK(here.registry.root() == root);
  CHECK(here.registry.resolve("robot", noon).value().node == bearer.node);
}

TEST_CASE("a stranger's identity is not kept") {
  Neighbour here(0);
  for (unsigned n = 1; n < 400; ++n) here.hear(Device(n).origin());
  CHECK(here.registry.size() == 0);
  Certificate forged = Device(1).certificate.claimed().value();
  const Signed<Certificate> by_itself(forged, neighbours::mesh().id, Device(1).key);
  CHECK(here.hear(seal_member(by_itself)) == Verdict::reject);
}

TEST_CASE("a guest waits until its host is known") {
  Neighbour here(0);
  const auto& host = grapevine::sample::certificate(3, Role::inviter);
  CHECK(here.hear(Device::guest_of(3, 2).member()) == Verdict::ignore);
  CHECK(here.hear(seal_member(grapevine::sample::sign(host, 1))) == Verdict::accept);
  CHECK(here.registry.size() == 2);
}

TEST_CASE("an inviter that certifies another's guest, in whatever words, changes nothing") {
  const Device victim = Device::guest_of(3, 4);
  const NodeId thief = grapevine::sample::node(5);
  const auto later = [&](auto change) {
    Certificate made = victim.certificate.claimed().value();
    made.issuer = thief;
    made.not_before += neighbours::day;
    made.not_after += neighbours::day;
    change(made);
    return seal_member(grapevine::sample::sign(made, 5));
  };
  Neighbour here(0);
  for (const std::uint8_t inviter : {std::uint8_t{3}, std::uint8_t{5}})
    here.hear(
        seal_member(grapevine::sample::sign(grapevine::sample::certificate(inviter, Role::inviter), 1)));
  here.meet(victim);
  const auto before = here.registry.root();
  const auto& own_key = grapevine::sample::inception(5);
  for (const Bytes& attack :
       {later([](Certificate&) {}), later([&](Certificate& c) { c.inception.key = own_key.key; }),
        later([&](Certificate& c) { c.inception.transport = own_key.transport; }),
        later([&](Certificate& c) { c.inception.inviter = thief; }),
        later([](Certificate& c) { c.admitted -= neighbours::day; })}) {
    CHECK(here.hear(attack, at(25h)) != Verdict::accept);
    CHECK(here.registry.root() == before);
    CHECK(*here.roster.find_signed(victim.node) == victim.certificate);
  }
}

TEST_CASE(
    "of two certificates that end at once the same one counts, in either order, and the juries are one") {
  Certificate other = Device(1).certificate.claimed().value();
  other.admitted -= 10 * neighbours::day;  // it may vote, and with the other it may not yet
  const Bytes one = Device(1).member();
  const Bytes two = seal_member(grapevine::sample::sign(other, 1));
  Neighbour here(0), there(0);
  for (const Bytes& record : {one, two}) here.hear(record);
  for (const Bytes& record : {two, one}) there.hear(record);
  CHECK(here.registry.root() == there.registry.root());
  CHECK(here.registry.electors(noon) == there.registry.electors(noon));
}
