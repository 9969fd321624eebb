// Row 22: somebody reads a claim on its way and sends the same one as its own.
#include "dns/arrivals.hpp"
#include "tests/dns/neighbours.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::Device;
using neighbours::Neighbour;
using neighbours::noon;
using neighbours::only;

namespace {

NameClaim claim_in(View record) {
  return std::get<NameClaim>(*body_of(record));
}

/// One of a jury of four, which hears a claim by way of a relay that has made one like it.
struct Juror {
  Neighbour voter{0};
  Device owner{1}, relay{2}, third{3};
  Bytes claim = owner.name("robot", 1), copy = relay.name("robot", 1);

  Juror() {
    voter.start();
    for (const auto* device : {&owner, &relay, &third}) voter.meet(*device);
  }
  void is_told(const Device& by, const Bytes& record, Now now = at()) {
    (void)voter.registry.receive(by.node, ClaimAhead{hash_of(claim_in(record))}, now);
  }
  /// For whom it votes on hearing this.
  std::optional<NodeId> votes_on(const Bytes& record, Now now) {
    return voted(voter.registry.arrived(relay.node, record, now).second);
  }
  static std::optional<NodeId> voted(const Effects& effects) {
    for (const auto& publish : only<Publish>(effects)) {
      const auto body = body_of(publish.record);
      if (const auto* vote = std::get_if<Vote>(&*body)) return vote->claim;
    }
    return std::nullopt;
  }
};

}  // namespace

TEST_CASE("row 22: a relay that copies a claim comes later than the hash of it, and loses") {
  Juror juror;
  juror.is_told(juror.owner, juror.claim);
  CHECK_FALSE(juror.votes_on(juror.copy, at(2s)));
  CHECK(juror.votes_on(juror.claim, at(3s)) == juror.owner.node);
}

TEST_CASE("row 22: a relay that copies a claim of which no hash came before is first, and wins") {
  Juror juror;
  CHECK(juror.votes_on(juror.copy, at(2s)) == juror.relay.node);
}

TEST_CASE("row 22: a hash that was copied too gains no place") {
  Juror juror;
  juror.is_told(juror.owner, juror.claim);
  juror.is_told(juror.relay, juror.claim);
  CHECK_FALSE(juror.votes_on(juror.copy, at(2s)));
  CHECK(juror.votes_on(juror.claim, at(3s)) == juror.owner.node);
}

TEST_CASE("row 22: a vote waits ten seconds for a claim that is never made, and no longer") {
  Juror juror;
  juror.is_told(juror.owner, juror.claim);
  CHECK_FALSE(juror.votes_on(juror.copy, at(2s)));
  CHECK(juror.voter.registry.deadline() == Time(10s));
  CHECK(Juror::voted(juror.voter.registry.tick(at(10s))) == juror.relay.node);
}

TEST_CASE("row 22: who announces more than it may hold has four places") {
  Arrivals arrivals;
  const Device device(1), other(2);
  std::vector<NameClaim> claims;
  for (unsigned n = 0; n < 5; ++n) {
    claims.push_back(claim_in(device.name("robot-" + std::to_string(n), n)));
    arrivals.announce(device.node, hash_of(claims.back()), Time{});
  }
  const auto others = arrivals.of(claim_in(other.name("lamp", 1)));
  for (unsigned n = 0; n < 5; ++n) CHECK((arrivals.of(claims[n]) < others) == (n < 4));
}

TEST_CASE("row 22: a claim goes to its jury as a hash, and two seconds later to everybody") {
  Neighbour owner(1, neighbours::verifier(), {.announcement_lead = announcement_lead_wanted});
  owner.start();
  for (unsigned n = 2; n <= 4; ++n) owner.meet(Device(n));
  const auto first = owner.registry.claim("robot", at()).value();
  CHECK(only<Publish>(first).empty());
  REQUIRE(only<Send<Message>>(first).size() == 3);
  CHECK(owner.registry.resolve("robot", noon)->node == owner.device.node);
  REQUIRE(owner.registry.deadline() == Time(2s));
  const auto told = only<Publish>(owner.registry.tick(at(2s)));
  REQUIRE(told.size() == 2);
  const auto ahead = std::get<ClaimAhead>(only<Send<Message>>(first).front().message);
  CHECK(hash_of(claim_in(told.front().record)) == ahead.hash);
  CHECK(type_of(*body_of(told.back().record)) == RecordType::vote);
}
