// Juries of the past stay who they were, whatever is heard of their members since.
#include "tests/dns/town.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::day;
using neighbours::Device;
using neighbours::mesh;
using neighbours::Neighbour;
using neighbours::noon;

namespace {

/// Seven members who made a certificate with all seven on its jury; the first of them is one only until
/// `leaves`.
struct Past {
  std::vector<Device> members;
  NameCertificate certificate;

  explicit Past(WallTime leaves) {
    for (unsigned n = 1; n <= 7; ++n) members.emplace_back(n, n == 1 ? leaves - 30 * day : noon - 2 * day);
    certificate.skeleton.assign("crane");
    certificate.claim = members[2].node;
    certificate.term = certificate.since = term_of(noon);
    for (const Device& voter : members) {
      if (certificate.votes.size() == 5) break;
      const auto vote =
          std::get<Sealed>(unseal(voter.vote("crane", certificate.term, certificate.claim), mesh().id));
      certificate.votes.push_back({.voter = voter.node, .rot = 0, .signature = vote.signature});
    }
    std::sort(certificate.votes.begin(), certificate.votes.end(),
              [](const auto& a, const auto& b) { return a.voter < b.voter; });
  }
  /// What a newcomer hears of the members at some moment.
  void tell(Neighbour& newcomer, Now now) const {
    for (const Device& member : members) newcomer.meet(member, now);
  }
  Verdict judged_by(Neighbour& newcomer, Now now) const {
    return newcomer.hear(envelope_of(certificate, {}), now);
  }
};

Now on(WallTime wall) {
  return {Time(wall - noon), wall};
}

Bytes second_vote(const Device& liar, Term term) {
  return seal_evidence(Evidence::Kind::vote, liar.vote("robot", term, liar.node),
                       liar.vote("robot", term, Device(99).node));
}

}  // namespace

TEST_CASE("a newcomer checks a certificate by the jury of its day, of which one is a member no more") {
  const Past past(noon + day);
  Neighbour newcomer(50);
  const Now later = on(noon + 13 * day);
  past.tell(newcomer, later);
  CHECK_FALSE(newcomer.roster.is_member(past.members[0].node, later.wall));
  CHECK(newcomer.registry.resolve(to_string(past.members[0].node), later.wall).error().code == Code::unknown);
  CHECK(newcomer.registry.electors(noon) == 7);
  CHECK(newcomer.registry.electors(later.wall) == 6);
  CHECK(past.judged_by(newcomer, later) == Verdict::accept);
}

TEST_CASE("who was there and who comes late hold the same records as long as the certificate lives") {
  const Past past(noon + day);
  Neighbour witness(50), newcomer(51);
  past.tell(witness, on(noon));
  CHECK(past.judged_by(witness, on(noon)) == Verdict::accept);
  for (int days = 1; days < 27; days += 5) {
    const Now now = on(noon + days * day);
    (void)witness.registry.tick(now);
    (void)newcomer.registry.tick(now);
    make_equal(newcomer, witness, now);
    REQUIRE(newcomer.registry.root() == witness.registry.root());
    REQUIRE(newcomer.registry.size() == 15);
  }
}

TEST_CASE("an ended membership is forgotten when no certificate of its juries can be left") {
  const Device leaving(1, noon - 29 * day);  // ends tomorrow
  Neighbour here(0);
  here.meet(leaving);
  (void)here.registry.start({}, at());
  const auto size = here.registry.size();
  const auto last = 32 * day + 2h;
  (void)here.registry.tick(at(last - 1h));
  CHECK(here.registry.size() == size - 1);  // our own address is gone
  (void)here.registry.tick(at(last + 2h));
  CHECK(here.registry.size() == size - 3);
  CHECK(here.hear(leaving.member(), at(last + 2h)) == Verdict::ignore);
  CHECK(here.registry.size() == size - 3);
}

TEST_CASE("a member that has ended says nothing more, and its keys are still heard of") {
  const Device leaving(1, noon - 29 * day);
  Neighbour here(0);
  here.start();
  here.meet(leaving);
  const auto size = here.registry.size();
  CHECK(here.hear(leaving.name("robot", 1)) == Verdict::accept);
  const Now later = at(2 * day);
  (void)here.registry.tick(later);
  CHECK(here.registry.size() == size);
  CHECK(here.hear(leaving.name("robot", 2, later.wall), later) == Verdict::ignore);
  CHECK(here.hear(leaving.address(3, later.wall), later) == Verdict::ignore);
  CHECK(here.registry.size() == size);
  CHECK(here.hear(leaving.rotation(1), later) == Verdict::accept);
  CHECK(here.registry.find({}, later.wall, 9).size() == 1);  // this node alone
}

TEST_CASE("a liar that convicts itself of a vote long past moves no jury, and certificates stay true") {
  const Past past(noon + 20 * day);
  Neighbour witness(50), newcomer(51);
  past.tell(witness, on(noon));
  CHECK(past.judged_by(witness, on(noon)) == Verdict::accept);
  const Now later = on(noon + 10 * day);
  past.tell(newcomer, later);
  const Bytes evidence = second_vote(past.members[0], term_of(noon - 9 * day));
  CHECK(newcomer.hear(evidence, later) == Verdict::accept);
  CHECK(witness.hear(evidence, later) == Verdict::accept);
  CHECK(newcomer.registry.resolve(to_string(past.members[0].node), later.wall)->contradicts_itself);
  CHECK(past.judged_by(newcomer, later) == Verdict::accept);
  CHECK(newcomer.registry.root() == witness.registry.root());
}

TEST_CASE("a guest is a member no longer than its issuer, and who was let in afterwards is none") {
  const auto host = grapevine::sample::certificate(3, Role::inviter);  // until the 30th day
  Neighbour here(0);
  here.hear(seal_member(grapevine::sample::sign(host, 1)));
  const auto guest = [](unsigned n) {
    const Device device(n, noon + 20 * day);
    return grapevine::sample::issued_by(3, device.certificate.claimed().value());
  };
  const auto hear = [&](const Certificate& certificate, Duration when) {
    return here.hear(seal_member(grapevine::sample::sign(certificate, 3)), at(when));
  };
  hear(guest(1), 20 * day);
  CHECK(here.roster.is_member(guest(1).node, noon + 20 * day));
  CHECK_FALSE(here.roster.is_member(guest(1).node, noon + 31 * day));
  CHECK(hear(guest(2), 31 * day) == Verdict::accept);
  CHECK_FALSE(here.roster.is_member(guest(2).node, noon + 31 * day));  // though it is kept as grounds
}

TEST_CASE("the guests of one inviter have two seats though it is long forgotten") {
  const auto host = grapevine::sample::certificate(3, Role::inviter);
  const auto admin = grapevine::sample::certificate(2, Role::admin);
  Neighbour here(0);
  here.hear(seal_member(grapevine::sample::sign(admin, 1)));
  for (unsigned n = 10; n < 20; ++n) {
    Certificate guest = Device(n).certificate.claimed().value();
    guest.issuer = admin.node;  // which has renewed it
    guest.inception.inviter = host.node;
    guest.node = node_id(mesh().id, guest.inception);
    here.hear(seal_member(grapevine::sample::sign(guest, 2)));
  }
  CHECK(here.registry.electors(noon + 3 * day) == 3);
  here.hear(seal_member(grapevine::sample::sign(host, 1)));
  CHECK(here.registry.electors(noon + 3 * day) == 4);  // and the inviter itself
}
