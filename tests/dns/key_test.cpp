// What becomes of keys: rotated, stolen, suspended, retired, copied. Rows are those of the list of attacks.
#include "dns/registry.hpp"
#include "tests/dns/neighbours.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::Device;
using neighbours::key_of;
using neighbours::Neighbour;
using neighbours::noon;
using neighbours::only;

namespace {

/// Why a record was not taken, as the registry notes it; empty when it was, or waits.
std::string refusal(Neighbour& here, View record, Now now = at()) {
  const auto effects = here.registry.arrived(NodeId{}, record, now).second;
  for (const auto& note : only<Note>(effects)) {
    if (note.event == "registry.record_refused") return note.detail;
    if (note.event.starts_with("hostile.")) return std::string(note.event);
  }
  return {};
}

std::vector<std::string> capabilities(const Neighbour& here, const Device& device) {
  return here.registry.resolve(to_string(device.node), noon).value().capabilities;
}

constexpr Term first_term = term_of(noon);

}  // namespace

TEST_CASE("row 4: a thief burns the last sequence, and the owner's next key undoes it") {
  Neighbour here(0);
  const Device stolen(1), owner = Device::rotated(1, 1);
  here.meet(stolen);
  CHECK(here.hear(stolen.address(sequence_last, noon, "thief")) == Verdict::accept);
  CHECK(here.hear(stolen.address(sequence_last + 1, noon, "more")) == Verdict::reject);
  CHECK(refusal(here, stolen.address(7, noon, "owner")) == "stale");
  CHECK(here.hear(stolen.rotation(1)) == Verdict::accept);
  CHECK(capabilities(here, stolen).empty());
  CHECK(here.hear(owner.address(1, noon, "owner")) == Verdict::accept);
  CHECK(capabilities(here, stolen) == std::vector<std::string>{"owner"});
  CHECK(refusal(here, stolen.address(sequence_last, noon, "again")) == "stale");
}

TEST_CASE("row 24: a stolen key cannot rotate, for it is not the one that was promised") {
  Neighbour here(0);
  const Device stolen(1), thief(2);
  here.meet(stolen);
  Rotation forged;
  forged.node = stolen.node;
  forged.prev = neighbours::record_id(stolen.origin());
  forged.key = thief.key.public_key();
  CHECK(refusal(here, seal(forged, neighbours::mesh().id, thief.key)) == "not_entitled");
  forged.key = stolen.key.public_key();
  CHECK(refusal(here, seal(forged, neighbours::mesh().id, stolen.key)) == "not_entitled");
  forged.key = key_of(1, 1).public_key();  // seen on its way, but not held
  forged.next = neighbours::promise_of(1, 1);
  CHECK(refusal(here, seal(forged, neighbours::mesh().id, stolen.key)) == "hostile.record_bad_signature");
  CHECK(here.hear(stolen.rotation(1)) == Verdict::accept);  // the owner's
}

TEST_CASE("rotations are taken in order, whatever the order they come in") {
  Neighbour here(0);
  const Device device(1), late = Device::rotated(1, 3);
  here.hear(device.member());
  for (const Bytes& record : {late.address(1, noon, "late"), device.rotation(3), device.rotation(2)})
    CHECK(here.hear(record) == Verdict::ignore);
  here.hear(device.rotation(1));
  here.hear(device.origin());
  CHECK(capabilities(here, device) == std::vector<std::string>{"late"});
  CHECK(here.registry.size() == 6);
}

TEST_CASE("row 24: a thief of every key that was shown puts none of its own into the chain") {
  const Device device(1), late = Device::rotated(1, 2);
  const auto thief = key_of(2, 0);
  for (const bool comes_first : {true, false}) {
    Neighbour here(0);
    here.meet(device);
    for (std::uint32_t rot = 1; rot <= 2; ++rot) {
      if (comes_first) CHECK(refusal(here, device.rotation(rot, thief.commitment())) == "not_entitled");
      CHECK(here.hear(device.rotation(rot)) == Verdict::accept);
    }
    for (std::uint32_t rot = 1; rot <= 3; ++rot)
      CHECK(refusal(here, device.rotation(rot, thief.commitment())) == "not_entitled");
    CHECK(here.hear(late.address(1, noon, "owner")) == Verdict::accept);
    CHECK(capabilities(here, device) == std::vector<std::string>{"owner"});
    CHECK_FALSE(here.registry.resolve(to_string(device.node), noon)->contradicts_itself);
    CHECK(here.registry.size() == 5);
  }
}

TEST_CASE("row 23: a stolen key hands a name over, and SUSPEND or ROT wins") {
  const Device stolen(1), accomplice(2), owner = Device::rotated(1, 1);
  const auto later = noon + 2 * term_length;
  const Bytes transfer = stolen.transfer("robot", 2, accomplice, first_term + 2);
  for (const Bytes& remedy : {Bytes{}, stolen.suspension(), stolen.rotation(1)}) {
    Neighbour here(0);
    here.meet(stolen);
    here.meet(accomplice);
    here.hear(stolen.name("robot", 1));
    CHECK(here.hear(transfer) == Verdict::accept);
    CHECK(here.registry.resolve("robot", noon)->node == stolen.node);  // not yet
    if (!remedy.empty()) CHECK(here.hear(remedy) == Verdict::accept);
    here.hear(owner.name("robot", 1));
    const auto found = here.registry.resolve("robot", later);
    CHECK((found->node == accomplice.node) == remedy.empty());
  }
}

TEST_CASE("row 23: without its receiver's signature a transfer is worth nothing") {
  Neighbour here(0);
  const Device giver(1), receiver(2);
  here.meet(giver);
  here.meet(receiver);
  here.hear(giver.name("robot", 1));
  Bytes alone = giver.transfer("robot", 2, receiver, first_term + 2);
  alone.back() ^= 1;
  CHECK(here.hear(alone) == Verdict::reject);
  CHECK(here.registry.resolve("robot", noon + 1h)->node == giver.node);
}

TEST_CASE("row 23: a transfer without notice waits for a term") {
  Neighbour here(0);
  const Device stolen(1), accomplice(2);
  here.meet(stolen);
  here.meet(accomplice);
  here.hear(stolen.name("robot", 1));
  CHECK(here.hear(stolen.transfer("robot", 2, accomplice, first_term - 9)) == Verdict::ignore);
  here.registry.tick(at(transfer_notice - 1s));
  CHECK(here.registry.resolve("robot", noon)->node == stolen.node);
  here.registry.tick(at(transfer_notice));
  CHECK(here.registry.resolve("robot", noon)->node == accomplice.node);
}

TEST_CASE("row 25: a retired node is gone for ever, and frees its names") {
  Neighbour here(0);
  here.start();
  const Device lost(1);
  here.meet(lost);
  here.hear(lost.address(1));
  here.hear(lost.name("robot", 2));
  CHECK(here.hear(lost.retirement()) == Verdict::accept);
  CHECK(here.registry.resolve("robot", noon).error().code == Code::unknown);
  CHECK(here.registry.resolve(to_string(lost.node), noon).error().code == Code::unknown);
  const auto before = here.registry.root();
  CHECK(here.hear(lost.retirement()) == Verdict::accept);  // a duplicate, passed on
  CHECK(here.registry.root() == before);
  CHECK(refusal(here, lost.name("robot", 3)) == "retired");
  CHECK(refusal(here, lost.address(4)) == "retired");
  CHECK(here.registry.claim("robot", at()).has_value());
}

TEST_CASE("row 25: no key that signs retires its node, and the word made at birth does, however it rotated") {
  Neighbour here(0);
  const Device device(1);
  here.meet(device);
  for (std::uint32_t shown = 0; shown <= 2; ++shown) {
    if (shown > 0) CHECK(here.hear(device.rotation(shown)) == Verdict::accept);
    for (std::uint32_t stolen = 0; stolen <= 3; ++stolen)
      CHECK(refusal(here, device.retirement(key_of(1, stolen))) == "not_entitled");
  }
  here.hear(Device::rotated(1, 2).address(1));
  CHECK(here.registry.find({"text"}, noon, 9).size() == 1);
  CHECK(here.hear(device.retirement()) == Verdict::accept);
  CHECK(here.registry.find({"text"}, noon, 9).empty());
}

TEST_CASE("a vote falls with the key that signed it, when that is replaced, suspended or retired") {
  const Device voter(1), claimant(2);
  const Bytes vote = voter.vote("robot", first_term, claimant.node);
  for (const Bytes& end : {voter.rotation(1), voter.suspension(), voter.retirement()}) {
    Neighbour here(0), there(0);
    for (auto* neighbour : {&here, &there}) {
      for (unsigned n = 1; n <= 4; ++n) neighbour->meet(Device(n));
      neighbour->hear(claimant.name("robot", 1));
    }
    const auto before = here.registry.size();
    CHECK(here.hear(vote) == Verdict::accept);
    CHECK(here.hear(end) == Verdict::accept);
    CHECK(here.registry.size() == before + 1);
    CHECK(there.hear(end) == Verdict::accept);
    CHECK(there.hear(vote) != Verdict::accept);
    CHECK(here.registry.root() == there.registry.root());
  }
}

TEST_CASE("who has replaced a stolen key is not convicted by what the thief votes with it") {
  Neighbour here(0);
  const Device stolen(1), owner = Device::rotated(1, 1), other(2);
  here.meet(stolen);
  here.hear(stolen.rotation(1));
  const Bytes vote = owner.vote("robot", first_term, stolen.node),
              theft = stolen.vote("robot", first_term, other.node);
  CHECK(here.hear(seal_evidence(Evidence::Kind::vote, vote, theft)) == Verdict::reject);
  CHECK_FALSE(here.registry.resolve(to_string(stolen.node), noon)->contradicts_itself);
}

TEST_CASE("a suspended key keeps its names, and nothing it says moves or frees them") {
  Neighbour here(0);
  here.start();
  const Device device(1);
  here.meet(device);
  here.hear(device.name("robot", 1));
  here.hear(device.address(2));
  CHECK(here.hear(device.suspension()) == Verdict::accept);
  here.hear(device.name("robot", 3, noon, 0));  // the thief gives it up
  const auto found = here.registry.resolve("robot", noon).value();
  CHECK(found.state == State::suspended);
  CHECK(found.node == device.node);
  CHECK(found.endpoints.empty());
  CHECK(here.registry.find({"text"}, noon, 9).size() == 1);  // this node itself
  CHECK(here.registry.claim("robot", at()).error().code == Code::conflict);
}

TEST_CASE("row 33: two devices with one key convict themselves, and both are warned") {
  Neighbour one(1), clone(1), witness(2);
  one.start();
  witness.meet(one.device);
  const Device device(1);
  const Bytes here = device.address(9, noon, "here"), there = device.address(9, noon, "there");
  CHECK(one.hear(here, at(1s)) == Verdict::ignore);  // it has spoken louder since
  clone.meet(device);
  clone.hear(here);
  const auto effects = clone.registry.arrived(device.node, there, at()).second;
  CHECK(neighbours::notes(effects, "registry.duplicate_identity"));
  REQUIRE(only<Publish>(effects).size() == 1);
  const auto heard = one.registry.arrived(device.node, only<Publish>(effects).front().record, at()).second;
  CHECK(neighbours::notes(heard, "registry.duplicate_identity"));
  witness.hear(only<Publish>(effects).front().record);
  CHECK(witness.registry.resolve(to_string(device.node), noon)->contradicts_itself);
}

TEST_CASE("row 12: a node whose clock is a day off convicts nobody and converges") {
  for (const Duration skew : {Duration(24h), Duration(-24h)}) {
    Neighbour astray(1), here(0);
    here.start();
    astray.start({Time{}, noon + 24h});  // its certificate holds on both days
    astray.registry.announce({.capabilities = {"late"}}, {Time{}, noon + 24h + (skew > 0s ? 24h : 0h)});
    neighbours::make_equal(here, astray, {Time{}, noon + 24h});
    here.registry.tick({Time(48h), noon + 72h});
    neighbours::make_equal(astray, here, {Time(48h), noon + 72h});
    CHECK_FALSE(here.registry.resolve(to_string(astray.device.node), noon + 72h)->contradicts_itself);
  }
}

TEST_CASE("evidence that convicts nobody is no evidence") {
  Neighbour here(0);
  const Device device(1), other(2);
  here.meet(device);
  here.meet(other);
  const auto accuse = [&](Evidence::Kind kind, const Bytes& one, const Bytes& two) {
    return here.hear(seal_evidence(kind, one, two));
  };
  using enum Evidence::Kind;
  CHECK(accuse(sequence, device.address(1), device.address(2)) == Verdict::reject);
  CHECK(accuse(sequence, device.address(1), other.address(1)) == Verdict::reject);
  CHECK(accuse(vote, device.address(1), device.address(1, noon, "b")) == Verdict::reject);
  CHECK(accuse(vote, device.vote("robot", 8, other.node), device.vote("robot", 9, device.node)) ==
        Verdict::reject);
  Bytes forged = device.address(1, noon, "b");
  forged.back() ^= 1;
  CHECK(accuse(sequence, device.address(1), forged) == Verdict::reject);
  CHECK(here.registry.size() == 4);
  CHECK(accuse(vote, device.vote("robot", 9, other.node), device.vote("robot", 9, device.node)) ==
        Verdict::accept);
}

TEST_CASE("four pieces of evidence are kept against a node, everywhere the same four") {
  const Device device(1);
  std::vector<Bytes> pieces;
  for (unsigned n = 0; n < 9; ++n)
    pieces.push_back(
        seal_evidence(Evidence::Kind::sequence, device.address(n), device.address(n, noon, "b")));
  Neighbour here(0), there(0);
  for (auto* neighbour : {&here, &there}) neighbour->meet(device);
  for (const auto& piece : pieces) here.hear(piece);
  for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) there.hear(*piece);
  CHECK(here.registry.size() == 6);
  CHECK(here.registry.root() == there.registry.root());
}

TEST_CASE("a convict buries its first double vote under no other evidence") {
  const Device convict(1);
  const auto double_vote = [&](Term term) {
    return seal_evidence(Evidence::Kind::vote, convict.vote("robot", term, convict.node),
                         convict.vote("robot", term, Device(2).node));
  };
  std::vector<Bytes> pieces{double_vote(first_term)};
  for (unsigned n = 0; n < 9; ++n)
    pieces.push_back(
        seal_evidence(Evidence::Kind::sequence, convict.address(n), convict.address(n, noon, "b")));
  for (Term day = 1; day < 9; ++day) pieces.push_back(double_vote(first_term + day * terms_an_epoch));
  std::optional<Fixed<16>> root;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random(seed).shuffle(pieces);
    Neighbour here(0);
    here.meet(convict);
    for (const auto& piece : pieces) here.hear(piece);
    const auto kept = here.registry.whois(to_string(convict.node), noon)->evidence;
    CHECK(kept.size() == evidence_held_max);
    CHECK(kept.front().record == neighbours::record_id(double_vote(first_term)));
    CHECK(kept.back().kind == Evidence::Kind::vote);
    CHECK(root.value_or(here.registry.root()) == here.registry.root());
    root = here.registry.root();
  }
}

TEST_CASE("row 18: the guests of one inviter claim sixty-four names, those of the root as many as they are") {
  const auto& host = grapevine::sample::certificate(3, Role::inviter);
  for (const bool invited : {true, false}) {
    Neighbour here(0);
    here.hear(seal_member(grapevine::sample::sign(host, 1)));
    for (unsigned n = 1000; n < 1150; ++n) {
      const Device guest = invited ? Device::guest_of(3, n) : Device(n);
      here.meet(guest);
      here.hear(guest.name("guest-" + std::to_string(n), 1));
    }
    CHECK(here.registry.names(noon).size() == (invited ? names_invited_max : 150));
  }
}
