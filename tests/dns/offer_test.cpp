// Names offered to this node: which offers it keeps, for how long, and what becomes of them.
#include "dns/registry.hpp"
#include "tests/dns/town.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::Device;
using neighbours::Neighbour;
using neighbours::noon;
using neighbours::only;
using neighbours::Town;

namespace {

/// The first holds `robot` and may offer it to the second.
struct Pair {
  Neighbour giver{0}, taker{1};
  Pair() {
    giver.start();
    taker.start();
    giver.registry.claim("robot", at()).value();
    neighbours::make_equal(giver, taker, at());
  }
  Offer made(Now now = at()) { return giver.registry.offer("robot", taker.device.node, now).value(); }
  Effects tell(const Offer& offer, Now now = at()) {
    return taker.registry.receive(giver.device.node, offer, now);
  }
};

/// An offer as a stranger with a valid key can write it.
Offer forged(const Device& from, const Device& to, std::string_view label, Term not_before) {
  Transfer transfer;
  transfer.name.assign(label);
  transfer.from = from.node;
  transfer.from_seq = 1'900'000'000'000;
  transfer.to = to.node;
  transfer.not_before = not_before;
  return {transfer, from.key.sign(sentence_of(transfer, neighbours::mesh().id))};
}

}  // namespace

TEST_CASE("an offer crosses the wire, is shown, and is accepted by its name") {
  Pair nodes;
  const auto frame = wire::encode_message(Message(nodes.made()));
  CHECK(frame.size() < 300);
  const auto offer = std::get<Offer>(wire::decode_message<Message>(frame).value());
  CHECK(neighbours::notes(nodes.tell(offer), "registry.name_offered"));
  REQUIRE(nodes.taker.registry.offers(noon).size() == 1);
  const auto found = nodes.taker.registry.offer_of("Robot", noon).value();
  CHECK(only<Publish>(nodes.taker.registry.accept(found, at()).value()).size() == 1);
  CHECK(nodes.taker.registry.offers(noon).empty());
}

TEST_CASE("an offer is told again until it is accepted, and the second time it is no news") {
  Pair nodes;
  const Offer offer = nodes.made();
  const auto told = [&](Duration after) {
    return only<Send<Message>>(nodes.giver.registry.tick(at(after))).size();
  };
  CHECK(told(0s) == 1);
  CHECK(told(1s) == 0);
  CHECK(told(6s) == 1);
  CHECK(neighbours::notes(nodes.tell(offer), "registry.name_offered"));
  CHECK_FALSE(neighbours::notes(nodes.tell(offer), "registry.name_offered"));
  const auto accepted = nodes.taker.registry.accept(offer, at(7s)).value();
  nodes.giver.hear(only<Publish>(accepted).front().record, at(7s));
  CHECK(told(20s) == 0);
  CHECK(told(40s) == 0);
}

TEST_CASE("there is a whole term to accept an offer, then a whole term of notice") {
  Pair nodes;
  const Now last = at(term_length - 1ms);
  const auto offer = nodes.made(last);
  nodes.tell(offer, last);
  CHECK(accept_by(offer) >= last.wall + term_length);
  CHECK(takes_effect(offer) == accept_by(offer) + transfer_notice);
  CHECK(nodes.taker.registry.offers(accept_by(offer)).size() == 1);
  CHECK(nodes.taker.registry.offers(accept_by(offer) + 1ms).empty());
  CHECK(nodes.taker.registry.offer_of("robot", accept_by(offer) + 1ms).error().code == Code::unknown);
}

TEST_CASE("an offer whose name the giver renewed or gave up is shown no more") {
  for (const bool renews : {true, false}) {
    Pair nodes;
    nodes.tell(nodes.made());
    const auto said =
        renews ? nodes.giver.registry.renew("robot", at(1s)) : nodes.giver.registry.give_up("robot", at(1s));
    nodes.taker.hear(only<Publish>(said.value()).front().record, at(1s));
    CHECK(nodes.taker.registry.offers(at(1s).wall).empty());
  }
}

TEST_CASE("an offer that others make, of a name that others bear, or in words nobody signed, is not kept") {
  Pair nodes;
  auto offer = nodes.made();
  CHECK(
      neighbours::notes(nodes.taker.registry.receive(Device(9).node, offer, at()), "registry.offer_refused"));
  CHECK(neighbours::notes(nodes.giver.registry.receive(nodes.taker.device.node, offer, at()),
                          "registry.offer_refused"));
  offer.transfer.from_seq += 1;
  CHECK(neighbours::notes(nodes.tell(offer), "hostile.record_bad_signature"));
  nodes.tell(forged(nodes.giver.device, nodes.taker.device, "other", term_of(noon) + offer_terms));
  CHECK(nodes.taker.registry.offers(noon).empty());
}

TEST_CASE("offers for next year, and in names that are none, are not kept") {
  Pair nodes;
  const auto refused = [&](std::string_view label, Term not_before) {
    return only<Note>(nodes.tell(forged(nodes.giver.device, nodes.taker.device, label, not_before)))
        .front()
        .detail;
  };
  CHECK(refused("robot", term_of(noon) + 50'000) == "future");
  CHECK(refused("robot", term_of(noon)) == "stale");
  CHECK(refused("\x1b[2J", term_of(noon) + offer_terms) == "bad_name");
}

TEST_CASE("of one giver four offers are kept, of all sixteen, and the latest of a name") {
  Neighbour taker(99);
  taker.start();
  const Term due = term_of(noon) + offer_terms;
  std::string last;
  for (unsigned n = 0; n < 5; ++n) {
    const Device giver(n);
    taker.meet(giver);
    for (unsigned k = 0; k < 5; ++k) {
      const auto label = "robot-" + std::string(k + 1, 'x') + std::string(n + 1, 'y');
      const auto offer = forged(giver, taker.device, label, due);
      last = only<Note>(taker.registry.receive(giver.node, offer, at())).front().detail;
      CHECK(last == (n == 4 ? "no_room" : k == 4 ? "over_quota" : label));
    }
  }
  const auto again = forged(Device(0), taker.device, "robot-xy", due - 1);
  CHECK(neighbours::notes(taker.registry.receive(Device(0).node, again, at()), "registry.name_offered"));
}

TEST_CASE("who holds four names accepts no fifth") {
  Pair nodes;
  for (const char* label : {"one-arm", "two-arms", "six-arms", "ten-arms"})
    nodes.taker.registry.claim(label, at()).value();
  const auto refused = nodes.taker.registry.accept(nodes.made(), at());
  CHECK(refused.error().code == Code::full);
}

TEST_CASE("a name that changes hands is listed with to whom and when") {
  Pair nodes;
  const auto offer = nodes.made();
  nodes.taker.registry.accept(offer, at()).value();
  neighbours::make_equal(nodes.giver, nodes.taker, at(2s));
  const auto before = nodes.giver.registry.names(noon);
  REQUIRE(before.size() == 1);
  REQUIRE(before.front().handover.has_value());
  CHECK(before.front().handover->to == nodes.taker.device.node);
  CHECK(nodes.giver.registry.display_name(nodes.giver.device.node, noon) == "robot");
  const auto after = nodes.giver.registry.names(takes_effect(offer));
  REQUIRE(after.size() == 1);
  CHECK(after.front().holder == nodes.taker.device.node);
  CHECK_FALSE(after.front().handover.has_value());
}

TEST_CASE(
    "a confirmed name that changed hands stays confirmed, since its first holder's day, and is renewed") {
  Town town(5);
  REQUIRE(town.claim(2, "robot"));
  const auto offer = town[2].registry.offer("robot", town.id(3), town.now(2)).value();
  town.tell(3, only<Publish>(town[3].registry.accept(offer, town.now(3)).value()).front().record);
  town.pass(offer_terms + 1);
  for (int day = 0; day < 16; ++day) {
    for (std::size_t i = 0; i < town.size(); ++i) {
      const auto found = town.resolve(i, "robot").value();
      CHECK(found.node == town.id(3));
      CHECK(found.state == State::confirmed);
      CHECK(found.since == noon);
    }
    town.skip(23h + 40min);
    town.pass(2);
  }
}
