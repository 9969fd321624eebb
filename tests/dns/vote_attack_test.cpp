// The rows of bad input that are about votes, each a claim.
#include "tests/dns/town.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::Device;
using neighbours::mesh;
using neighbours::Neighbour;
using neighbours::noon;
using neighbours::only;
using neighbours::Town;

namespace {

/// A node hears a record, and all it then says is heard.
Verdict hear(Town& town, std::size_t node, const Device& from, const Bytes& record) {
  const auto [verdict, effects] = town[node].registry.arrived(from.node, record, town.now(node));
  for (const auto& publish : only<Publish>(effects)) town.tell(node, publish.record);
  return verdict;
}

/// The members of a town of five, the certificate of a name among them, and who is not on its jury of four.
struct NamedTown {
  Town town{5};
  NameCertificate certificate;
  std::vector<std::size_t> jurors = {};
  std::size_t outsider = 0;

  NamedTown() {
    town.claim(2, "robot");
    town[0].store.each(Table::record, {}, [&](View, View record) {
      const auto body = body_of(record);
      if (const auto* found = std::get_if<NameCertificate>(&*body)) certificate = *found;
      return Walk::on;
    });
    std::vector<NodeId> electors;
    for (std::size_t i = 0; i < town.size(); ++i) electors.push_back(town.id(i));
    std::sort(electors.begin(), electors.end());
    const auto drawn = jury(skeleton_of("robot"), mesh().id, epoch_of(certificate.term), electors);
    for (std::size_t i = 0; i < town.size(); ++i) {
      if (std::binary_search(drawn.begin(), drawn.end(), town.id(i)))
        jurors.push_back(i);
      else
        outsider = i;
    }
  }
  /// What a newcomer who knows the members makes of it.
  Verdict judged(NameCertificate given) {
    const auto by_voter = [](const auto& a, const auto& b) { return a.voter < b.voter; };
    std::stable_sort(given.votes.begin(), given.votes.end(), by_voter);
    Neighbour newcomer(50);
    for (std::size_t i = 0; i < town.size(); ++i) newcomer.meet(town[i].device);
    return newcomer.hear(envelope_of(given, {}));
  }
  /// This member's vote for what the certificate says.
  Endorsement vote_of(std::size_t member) {
    const Bytes sentence = sentence_of(
        dns::vote_of(certificate, {.voter = town.id(member), .rot = 0, .signature = {}}), mesh().id);
    return {.voter = town.id(member), .rot = 0, .signature = town[member].device.key.sign(sentence)};
  }
};

}  // namespace

TEST_CASE("row 13: a backdated claim does nothing to an incumbent") {
  Town town(4);
  town.claim(2, "robot");
  const Device thief(90);
  for (const Bytes& record :
       {thief.member(), thief.origin(), thief.name("robot", 1, noon - 10 * neighbours::day)})
    town.tell(0, record);
  for (std::size_t i = 1; i < town.size(); ++i)
    CHECK(hear(town, i, thief, thief.name("robot", 1, noon - 10 * neighbours::day)) == Verdict::accept);
  town.pass(3);
  CHECK(town.confirmed("robot") == std::set{town.id(2)});
  CHECK(town.resolve(1, "robot")->claimants.size() == 2);
}

TEST_CASE("row 14: of two claims at once one wins within three terms, or both rename and nobody does") {
  std::size_t won = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Town town(static_cast<unsigned>(4 + seed % 7), seed);
    std::vector<bool> sides{true, false};
    while (sides.size() < town.size()) sides.push_back(town.random().chance(0.5));
    town.cut(sides);  // they hear of the claims in different orders
    town.claim(0, "robot");
    town.claim(1, "robot");
    town.heal();
    town.pass(3);
    const auto holders = town.confirmed("robot");
    REQUIRE(holders.size() <= 1);
    won += holders.size();
    town.skip(begin_of((epoch_of(town.term()) + 1) * terms_an_epoch - 3) - begin_of(town.term()));
    town.pass(4);
    for (const std::size_t claimant : {0u, 1u}) {
      const bool is_holder = holders == std::set{town.id(claimant)};
      const std::string other = "robot-" + to_string(town.id(claimant)).substr(0, 4);
      CHECK(town.resolve(3, is_holder ? "robot" : other).value().node == town.id(claimant));
    }
  }
  MESSAGE(won << " of 40 races have a winner");
  CHECK(won > 10);
}

TEST_CASE("row 15: of two claims made on the sides of a cut one survives its end") {
  Town town(7);
  town.cut({true, true, false, false, false, false, false});
  town.claim(0, "robot");
  town.claim(6, "robot");
  for (int hour = 0; hour < 40; ++hour) {
    town.skip(50min);
    town.pass();
    REQUIRE(town.confirmed("robot") == std::set{town.id(6)});
  }
  CHECK(town.resolve(1, "robot")->state == State::provisional);
  town.heal();
  town.pass();
  for (std::size_t i = 0; i < town.size(); ++i) CHECK(town.resolve(i, "robot")->node == town.id(6));
}

TEST_CASE("row 16: a certificate held back by a liar meets no rival when it comes out") {
  Town town(3);
  const Device liar(90);
  town.tell(0, liar.member());
  town.tell(0, liar.origin());
  hear(town, 0, liar, liar.member());
  hear(town, 0, liar, liar.origin());
  REQUIRE(town[0].registry.electors(noon) == 4);
  town.cut({true, true, false});
  town.claim(0, "robot");
  town.claim(2, "robot");
  const Term first = town.term();
  const Bytes hidden = liar.vote("robot", first, town.id(0));  // with it the two others' votes are a quorum
  hear(town, 2, liar, liar.vote("robot", first, town.id(2)));
  town.heal();
  town.pass(5);
  CHECK(town.confirmed("robot").empty());
  hear(town, 1, liar, hidden);
  town.pass(1);
  CHECK(town.confirmed("robot") == std::set{town.id(0)});
  for (std::size_t i = 0; i < town.size(); ++i) {
    CHECK(town.resolve(i, to_string(liar.node))->contradicts_itself);
    CHECK_FALSE(town.resolve(i, to_string(town.id(1)))->contradicts_itself);
    CHECK(town[i].registry.electors(town.now(i).wall + 48h) == 4);  // until an admin expels it
  }
}

TEST_CASE("row 16: a liar's second vote does not move an incumbent") {
  Town town(3);
  const Device liar(90);
  for (std::size_t i = 0; i < town.size(); ++i) {
    hear(town, i, liar, liar.member());
    hear(town, i, liar, liar.origin());
  }
  town.claim(0, "robot");
  CHECK(town.confirmed("robot") == std::set{town.id(0)});
  const Device rival(91);
  for (std::size_t i = 0; i < town.size(); ++i) {
    hear(town, i, rival, rival.member());
    hear(town, i, rival, rival.origin());
    hear(town, i, rival, rival.name("robot", 1));
  }
  for (int term = 0; term < 20; ++term) {
    town.pass();
    hear(town, 1, liar, liar.vote("robot", town.term(), rival.node));
    hear(town, 2, liar, liar.vote("robot", town.term(), town.id(0)));
    REQUIRE(town.confirmed("robot") == std::set{town.id(0)});
  }
}

TEST_CASE("row 26: a certificate has a quorum of its jury, each voter once") {
  NamedTown here;
  CHECK(here.judged(here.certificate) == Verdict::accept);
  auto repeated = here.certificate;
  repeated.votes[1] = repeated.votes[0];
  CHECK(here.judged(repeated) == Verdict::reject);
  auto short_of = here.certificate;
  short_of.votes.pop_back();
  CHECK(here.judged(short_of) == Verdict::ignore);
}

TEST_CASE("row 26: a certificate of a term to come is judged like any other when its time has come") {
  NamedTown here;
  Neighbour newcomer(50);
  for (std::size_t i = 0; i < here.town.size(); ++i) newcomer.meet(here.town[i].device);
  auto forged = here.certificate;
  forged.since = ++forged.term;
  CHECK(newcomer.hear(envelope_of(forged, {})) == Verdict::ignore);  // with the votes of the term before
  const auto held = newcomer.registry.size();
  (void)newcomer.registry.tick(at(term_length));
  CHECK(newcomer.registry.size() == held);
}

TEST_CASE("row 26: a vote of a term to come is a juror's, also when its time has come") {
  NamedTown here;
  Neighbour newcomer(50);
  for (std::size_t i = 0; i < here.town.size(); ++i) newcomer.meet(here.town[i].device);
  newcomer.hear(here.town[0].device.name("robot", 1));
  const Term next = term_of(noon) + 1;
  for (const std::size_t member : {here.outsider, here.jurors.front()})
    newcomer.hear(here.town[member].device.vote("robot", next, here.town.id(0)));
  const auto held = newcomer.registry.size();
  (void)newcomer.registry.tick(at(term_length));
  CHECK(newcomer.registry.size() == held + 1);
}

TEST_CASE("who votes twice under two of its keys is counted once") {
  Town town(3);
  unsigned number = 90;
  const auto is_first = [&](const NodeId& id) { return id < town.id(0) && id < town.id(1); };
  while (!is_first(Device(number).node)) ++number;
  const Device liar(number), later = Device::rotated(number, 1);
  for (std::size_t i = 0; i < town.size(); ++i) {
    for (const Bytes& record : {liar.member(), liar.origin(), liar.rotation(1)}) hear(town, i, liar, record);
  }
  town.cut({true, false, false});
  town.claim(0, "robot");
  for (const Device* key : {&liar, &later}) hear(town, 0, liar, key->vote("robot", town.term(), town.id(0)));
  REQUIRE(town.confirmed("robot").empty());
  hear(town, 0, town[1].device, town[1].device.vote("robot", town.term(), town.id(0)));
  CHECK(town.confirmed("robot") == std::set{town.id(0)});
}

TEST_CASE("row 26: votes of members outside the jury make no certificate") {
  NamedTown here;
  auto other = here.certificate;
  for (std::size_t member = 0; member < here.town.size(); ++member) {
    if (here.town.id(member) == other.votes[0].voter) other.votes[0] = here.vote_of(member);
  }
  CHECK(here.judged(other) == Verdict::accept);  // a vote made here is as good as the one it replaces
  other.votes[0] = here.vote_of(here.outsider);
  CHECK(here.judged(other) == Verdict::ignore);
  other.votes[0].voter = Device(99).node;
  CHECK(here.judged(other) == Verdict::ignore);
}

TEST_CASE("row 26: votes of one term, or for one claim, make no certificate of another") {
  NamedTown here;
  auto of_another_term = here.certificate;
  of_another_term.since = --of_another_term.term;
  CHECK(here.judged(of_another_term) != Verdict::accept);
  auto older = here.certificate;
  --older.since;
  CHECK(here.judged(older) == Verdict::reject);
  auto for_another = here.certificate;
  for_another.claim = here.town.id(1);
  CHECK(here.judged(for_another) == Verdict::reject);
  auto of_tomorrow = here.certificate;
  of_tomorrow.since = of_tomorrow.term += terms_an_epoch;
  CHECK(here.judged(of_tomorrow) == Verdict::ignore);  // waits for its day
}

TEST_CASE("row 26: a vote counts from the jury alone, for who claims the name, and not ahead of its term") {
  Town town(4);
  town.cut({true, false, false, false});
  town.claim(0, "robot");
  const Device foreign(90);
  const auto size = town[0].registry.size();
  const Device& juror = town[1].device;
  CHECK(hear(town, 0, foreign, foreign.vote("robot", town.term(), town.id(0))) == Verdict::ignore);
  CHECK(hear(town, 0, juror, juror.vote("robot", town.term(), foreign.node)) == Verdict::ignore);
  CHECK(hear(town, 0, juror, juror.vote("robot", town.term() + 9, town.id(0))) == Verdict::ignore);
  CHECK(hear(town, 0, juror, juror.vote("lamp", town.term(), town.id(0))) == Verdict::ignore);
  CHECK(town[0].registry.size() == size);
  CHECK(hear(town, 0, juror, juror.vote("robot", town.term(), town.id(0))) == Verdict::accept);
  CHECK(town[0].registry.size() == size + 1);
}
