// What a node decides about its own keys and names, and what others then see.
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
using neighbours::promise_of;

namespace {

const SigningKey& next_key() {
  static const SigningKey key = key_of(0, 1);
  return key;
}

Result<Effects> rotate(Neighbour& node, const SigningKey& next = next_key(), Now now = at(1s)) {
  return node.registry.rotate(next, promise_of(0, 1), now);
}

/// Two nodes that know each other; the first holds `robot`.
struct Pair {
  Neighbour giver{0}, taker{1};
  Pair() {
    giver.start();
    taker.start();
    giver.registry.claim("robot", at()).value();
    meet(at());
  }
  void meet(Now now) { neighbours::make_equal(giver, taker, now); }
};

}  // namespace

TEST_CASE("a node that rotates says its names and its address again") {
  Pair nodes;
  const auto published = only<Publish>(rotate(nodes.giver).value());
  REQUIRE(published.size() == 3);
  CHECK(type_of(*body_of(published[0].record)) == RecordType::rotation);
  for (const auto& publish : published) CHECK(nodes.taker.hear(publish.record, at(1s)) == Verdict::accept);
  const auto found = nodes.taker.registry.resolve("robot", at(1s).wall).value();
  CHECK(found.node == nodes.giver.device.node);
  CHECK(found.capabilities == std::vector<std::string>{"text"});
  CHECK(nodes.taker.registry.root() == nodes.giver.registry.root());
}

TEST_CASE("a node rotates to the promised key only, and then to the one promised after it") {
  Neighbour here(0);
  here.start();
  const auto other = key_of(5, 1), second = key_of(0, 2);
  CHECK(rotate(here, other).error().code == Code::refused);
  CHECK(rotate(here).has_value());
  CHECK(rotate(here).error().code == Code::refused);
  CHECK(here.registry.rotate(second, other.commitment(), at(2s)).error().code == Code::refused);
  CHECK(here.registry.rotate(second, promise_of(0, 2), at(2s)).has_value());
}

TEST_CASE("a node that rotated starts again with its new key, and is refused with its old one") {
  Neighbour here(0);
  here.start();
  rotate(here).value();
  Roster roster(neighbours::mesh(), neighbours::verifier());
  auto self = here.device.self();
  Registry old(Config{}, self, here.store, roster, Random(1));
  old.start({}, at(2s));
  CHECK(old.claim("robot", at(2s)).error().code == Code::refused);
  self.key = &next_key();
  Registry reborn(Config{}, self, here.store, roster, Random(1));
  reborn.start({}, at(2s));
  CHECK(only<Publish>(reborn.claim("robot", at(2s)).value()).size() == 1);
}

TEST_CASE("a node that rotated and lost its store learns its chain from its peers") {
  Pair nodes;
  rotate(nodes.giver).value();
  nodes.meet(at(2s));
  Neighbour reborn(0);
  auto self = reborn.device.self();
  self.key = &next_key();
  Registry registry(Config{}, self, reborn.store, reborn.roster, Random(2));
  CHECK(only<Publish>(registry.start({}, at(3s))).size() == 1);  // its certificate, and no word more
  nodes.taker.store.each(Table::record, {}, [&](View, View record) {
    registry.arrived(nodes.taker.device.node, record, at(4s));
    return Walk::on;
  });
  registry.tick(at(3s + 30s));
  CHECK(registry.claim("robot-2", at(34s)).has_value());
}

TEST_CASE("a suspended node says nothing until it rotates") {
  Neighbour here(0);
  here.start();
  here.registry.claim("robot", at()).value();
  CHECK(only<Publish>(here.registry.suspend(Cause::stolen, at()).value()).size() == 1);
  CHECK(here.registry.claim("other", at()).error().code == Code::refused);
  CHECK(here.registry.resolve("robot", noon)->state == State::suspended);
  CHECK(rotate(here).has_value());
  CHECK(here.registry.resolve("robot", at(1s).wall)->state == State::provisional);
}

TEST_CASE("anybody publishes the recovery record of a lost device, and nothing else in its place") {
  Pair nodes;
  const auto record = nodes.giver.device.retirement();
  CHECK(nodes.taker.registry.retire(nodes.giver.device.address(99), at()).error().code == Code::malformed);
  CHECK(only<Publish>(nodes.taker.registry.retire(record, at()).value()).size() == 1);
  CHECK(nodes.taker.registry.claim("robot", at()).has_value());
  nodes.meet(at(2s));
  CHECK(nodes.giver.registry.claim("other", at(2s)).error().code == Code::refused);
  CHECK(rotate(nodes.giver, next_key(), at(2s)).error().code == Code::refused);
}

TEST_CASE("a node that was expelled is told so when it claims a name") {
  Pair nodes;
  Revocation expelled{.node = nodes.giver.device.node, .at = noon};
  nodes.giver.hear(
      seal_member(Signed<Revocation>(expelled, neighbours::mesh().id, grapevine::sample::key(1))), at(1s));
  const auto refused = nodes.giver.registry.claim("arm", at(2s));
  CHECK(refused.error().code == Code::refused);
  CHECK(refused.error().text.find("expelled") != std::string::npos);
}

TEST_CASE("a name changes hands when both ends have signed and a whole term has passed") {
  Pair nodes;
  const auto offer = nodes.giver.registry.offer("robot", nodes.taker.device.node, at()).value();
  CHECK(only<Publish>(nodes.taker.registry.accept(offer, at()).value()).size() == 1);
  nodes.meet(at(2s));
  const auto due = begin_of(offer.transfer.not_before);
  CHECK(due >= noon + term_length);
  for (const auto* node : {&nodes.giver, &nodes.taker}) {
    CHECK(node->registry.resolve("robot", due - 1ms)->node == nodes.giver.device.node);
    CHECK(node->registry.resolve("robot", due)->node == nodes.taker.device.node);
  }
  nodes.taker.registry.tick(at(1h));  // claims what is now its own
  CHECK(nodes.taker.registry.names(at(1h).wall).front().lease_end > noon + 14 * neighbours::day);
  CHECK(nodes.taker.registry.names(at(1h).wall).size() == 1);
}

TEST_CASE("an offer is for one node, in time, and of a name one has") {
  Pair nodes;
  Neighbour third(2);
  third.start();
  const auto offer = nodes.giver.registry.offer("robot", nodes.taker.device.node, at()).value();
  CHECK(third.registry.accept(offer, at()).error().code == Code::refused);
  CHECK(nodes.taker.registry.accept(offer, at(1h)).error().code == Code::refused);
  CHECK(nodes.giver.registry.offer("other", nodes.taker.device.node, at()).error().code == Code::unknown);
  CHECK(nodes.giver.registry.offer("robot", Device(9).node, at()).error().code == Code::unknown);
}

TEST_CASE("renewing all names takes back none that is handed over, and it keeps its place among the four") {
  Pair nodes;
  const auto offer = nodes.giver.registry.offer("robot", nodes.taker.device.node, at()).value();
  nodes.taker.registry.accept(offer, at()).value();
  nodes.meet(at(2s));
  for (const char* other : {"arm", "leg", "head"})
    CHECK(nodes.giver.registry.claim(other, at(3s)).has_value());
  CHECK(nodes.giver.registry.claim("tail", at(3s)).error().code == Code::full);
  CHECK(only<Publish>(nodes.giver.registry.renew("", at(4s)).value()).size() == 3);
  nodes.meet(at(20s));
  CHECK(nodes.giver.registry.resolve("robot", noon + 1h)->node == nodes.taker.device.node);
  CHECK(nodes.giver.registry.claim("tail", at(1h)).has_value());
}

TEST_CASE("whoever offered a name and renews it keeps it") {
  Pair nodes;
  const auto offer = nodes.giver.registry.offer("robot", nodes.taker.device.node, at()).value();
  nodes.taker.registry.accept(offer, at()).value();
  nodes.meet(at(2s));
  CHECK(only<Publish>(nodes.giver.registry.renew("robot", at(3s)).value()).size() == 1);
  nodes.meet(at(20s));
  CHECK(nodes.taker.registry.resolve("robot", noon + 1h)->node == nodes.giver.device.node);
  CHECK(nodes.giver.registry.renew("other", at()).error().code == Code::unknown);
}
