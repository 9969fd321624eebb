#include "dns/registry.hpp"

#include "tests/dns/neighbours.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::Device;
using neighbours::Neighbour;
using neighbours::noon;
using neighbours::only;

TEST_CASE("a node that starts publishes who it is before where it is") {
  Neighbour here(0);
  const auto published = only<Publish>(here.start());
  REQUIRE(published.size() == 3);
  CHECK(published[0].record == here.device.member());
  CHECK(published[1].record == here.device.origin());
  CHECK(here.registry.resolve(to_string(here.device.node), noon).value().capabilities ==
        std::vector<std::string>{"text"});
}

TEST_CASE("a record that comes before its grounds waits for them") {
  Neighbour here(0);
  const Device device(1);
  CHECK(here.hear(device.address(1)) == Verdict::ignore);
  CHECK(here.hear(device.origin()) == Verdict::ignore);
  CHECK(here.registry.size() == 0);
  CHECK(here.hear(device.member()) == Verdict::accept);
  CHECK(here.registry.size() == 3);
  CHECK(here.registry.resolve(to_string(device.node), noon).value().endpoints.size() == 1);
}

TEST_CASE("what waited too long is forgotten") {
  Neighbour here(0);
  const Device device(1);
  here.hear(device.origin());
  here.registry.tick(at(61s));
  here.hear(device.member());
  CHECK(here.registry.size() == 1);
}

TEST_CASE("a certificate learned is told once, for the transport") {
  Neighbour here(0);
  const Device device(1);
  const auto certified = only<Certified>(here.registry.arrived(device.node, device.member(), at()).second);
  REQUIRE(certified.size() == 1);
  CHECK(certified.front().certificate.node == device.node);
  CHECK(only<Certified>(here.registry.arrived(device.node, device.member(), at()).second).empty());
}

TEST_CASE("an inviter introduces its guest, and only under its own id") {
  Neighbour here(0);
  const Device guest(1), other(2);
  CHECK(only<Publish>(here.registry.introduce(guest.certificate, at())).size() == 1);
  Certificate mixed = other.certificate.claimed().value();
  mixed.inception = guest.inception;
  const Signed<Certificate> signed_mixed(mixed, neighbours::mesh().id, grapevine::sample::key(1));
  CHECK(only<Publish>(here.registry.introduce(signed_mixed, at())).empty());
}

TEST_CASE("an address ends with its lease, the name is held") {
  Neighbour here(0);
  const Device device(1);
  here.meet(device);
  here.hear(device.address(1));
  here.hear(device.name("robot", 2));
  CHECK(here.registry.resolve("robot", noon + 2h - 1ms).value().endpoints.size() == 1);
  const auto later = here.registry.resolve("robot", noon + 2h).value();
  CHECK(later.endpoints.empty());
  CHECK(later.node == device.node);
  CHECK(here.registry.find({"text"}, noon + 2h, 9).empty());
}

TEST_CASE("a node renews its address at half of its lease") {
  Neighbour here(0);
  here.start();
  Now now = at();
  int renewals = 0;
  while (now.time < Time(24h)) {
    const Time next = here.registry.deadline();
    REQUIRE(next > now.time);
    now = at(next.time_since_epoch());
    renewals += static_cast<int>(only<Publish>(here.registry.tick(now)).size());
    REQUIRE_FALSE(here.registry.find({"text"}, now.wall, 9).empty());
  }
  CHECK(renewals >= 21);
  CHECK(renewals <= 28);
}

TEST_CASE("own sequences are never used twice, even when the clock goes back") {
  Neighbour here(0);
  here.start();
  here.registry.claim("robot", at(10s)).value();
  const auto address = [](Registry& registry, Now now) {
    const auto record = only<Publish>(registry.announce({}, now)).front().record;
    return std::get<Address>(*body_of(record)).seq;
  };
  const auto last = address(here.registry, at(20s));
  Roster roster(neighbours::mesh(), neighbours::verifier());
  Registry reborn(Config{}, here.device.self(), here.store, roster, Random(1));
  reborn.start({}, at(-3600s));
  CHECK(address(reborn, at(-3600s + 10s)) > last);
}

namespace {

/// The sequence number of the first address among what is published; 0 when there is none.
std::uint64_t first_sequence(const Effects& effects) {
  for (const auto& publish : only<Publish>(effects)) {
    const auto body = body_of(publish.record);
    if (const auto* address = std::get_if<Address>(&*body)) return address->seq;
  }
  return 0;
}

/// A device that has spoken, a witness who has heard its last word, and an image of its disk from before
/// that.
struct Past {
  Neighbour before{0}, witness{1};
  MemoryStore image;
  std::uint64_t last = 0;
  Past() {
    before.start(at(1h));
    image = before.store;
    last = first_sequence(before.registry.announce({.capabilities = {"old"}}, at(1h)));
    witness.start(at(1h));
    neighbours::make_equal(before, witness, at(1h + 1s));
  }
};

}  // namespace

TEST_CASE("row 32: an old image under a clock set back asks its peers before it speaks") {
  Past past;
  Roster roster(neighbours::mesh(), neighbours::verifier());
  Registry reborn(Config{}, past.before.device.self(), past.image, roster, Random(1));
  CHECK(only<Publish>(reborn.start({}, at(0s))).empty());
  CHECK(reborn.claim("robot", at(5s)).error().code == Code::unavailable);
  neighbours::make_equal({past.before.device.node, reborn}, past.witness, at(5s));
  CHECK(only<Publish>(reborn.tick(at(10s - 1us))).empty());
  CHECK(reborn.deadline() == Time(10s));
  CHECK(first_sequence(reborn.tick(at(10s))) > past.last);
}

TEST_CASE("row 32: an old image that asks nobody repeats the number it used last") {
  Past past;
  Roster roster(neighbours::mesh(), neighbours::verifier());
  const Config hasty{.recall_time = 0s};
  Registry reborn(hasty, past.before.device.self(), past.image, roster, Random(1));
  CHECK(first_sequence(reborn.start({}, at(0s))) == past.last);
}

TEST_CASE("row 32: an old image under a right clock speaks at once, and above its past") {
  Past past;
  Roster roster(neighbours::mesh(), neighbours::verifier());
  Registry reborn(Config{}, past.before.device.self(), past.image, roster, Random(1));
  CHECK(first_sequence(reborn.start({}, at(1h + 1s))) > past.last);
}

TEST_CASE("row 32: a node whose store was set aside listens before it speaks") {
  Past past;
  MemoryStore empty;
  Roster roster(neighbours::mesh(), neighbours::verifier());
  Registry reborn(Config{}, past.before.device.self(), empty, roster, Random(1));
  CHECK(first_sequence(reborn.start({}, at(0s), Memory::lost)) == 0);
  neighbours::make_equal({past.before.device.node, reborn}, past.witness, at(5s));
  CHECK(first_sequence(reborn.announce({}, at(6s))) == 0);
  CHECK(first_sequence(reborn.tick(at(10s))) > past.last);
}

TEST_CASE("a node whose store was lost speaks louder than its past") {
  Neighbour before(0), witness(1), after(0);
  before.start(at(3600s));
  before.registry.announce({.capabilities = {"old"}}, at(3600s));
  before.start(at(3600s));
  witness.start(at(3600s));
  neighbours::make_equal(before, witness, at(3601s));
  after.start(at(0s));
  neighbours::make_equal(after, witness, at(3602s));
  const Now later = at(3602s + 30s);
  after.registry.tick(later);
  neighbours::make_equal(after, witness, later);
  CHECK(witness.registry.find({"old"}, later.wall, 9).empty());
  CHECK(witness.registry.root() == after.registry.root());
}

TEST_CASE("a registry that starts again holds what it held") {
  Neighbour here(0);
  here.start();
  for (unsigned n = 1; n <= 20; ++n) {
    const Device device(n);
    here.meet(device);
    here.hear(device.address(n));
    here.hear(device.name("robot-" + std::to_string(n + 10), 1));
  }
  here.registry.tick(at(term_length));  // it votes on all of them, now that it knows who else does
  Roster roster(neighbours::mesh(), neighbours::verifier());
  Registry reborn(Config{}, here.device.self(), here.store, roster, Random(1));
  const auto size = here.registry.size();
  const auto certified = only<Certified>(reborn.start({.capabilities = {"text"}}, at(term_length + 1s)));
  CHECK(certified.size() == 21);
  CHECK(reborn.size() >= size);  // it votes where the jury was not whole when the claim came
  CHECK(reborn.names(noon).size() == 20);
  CHECK(reborn.find({"text"}, at(1s).wall, 99).size() == 21);
}

TEST_CASE("a renewed certificate replaces the old one, and a restart brings it") {
  Neighbour here(0);
  here.start();
  const Device renewed(0, noon + 10 * neighbours::day);
  const Now later = at(10 * neighbours::day);
  Roster roster(neighbours::mesh(), neighbours::verifier());
  Registry reborn(Config{}, renewed.self(), here.store, roster, Random(1));
  const auto published = only<Publish>(reborn.start({}, later));
  CHECK(published.front().record == renewed.member());
  CHECK(reborn.size() == 3);
  CHECK(reborn.resolve(to_string(renewed.node), noon + 39 * neighbours::day).has_value());
  CHECK(reborn.arrived(here.device.node, here.device.member(), later).first == Verdict::ignore);
}

TEST_CASE("a board without a battery keeps its registry, and joins when its clock is set") {
  Neighbour here(0), known(1);
  here.start(at(-100h));  // before its certificate begins
  CHECK(here.registry.size() == 0);
  CHECK(here.registry.deadline() <= Time(-100h) + 30s);
  here.registry.tick({Time(-100h) + 30s, noon});
  CHECK(here.registry.size() == 3);
  known.start();
  Roster roster(neighbours::mesh(), neighbours::verifier());
  Registry reborn(Config{}, known.device.self(), known.store, roster, Random(1));
  reborn.start({}, {Time{}, WallTime{}});
  CHECK(reborn.size() == 3);
}

TEST_CASE("spoilt records in the store are dropped at start") {
  Neighbour here(0);
  here.start();
  here.store.put(Table::record, Bytes(32, 1), Bytes{1, 2, 3});
  Roster roster(neighbours::mesh(), neighbours::verifier());
  Registry reborn(Config{}, here.device.self(), here.store, roster, Random(1));
  reborn.start({}, at());
  CHECK(reborn.size() == 3);
  CHECK_FALSE(here.store.get(Table::record, Bytes(32, 1)).has_value());
}

TEST_CASE("ids resolve by themselves, bare or in the zone") {
  Neighbour here(0);
  here.start();
  const auto id = to_string(here.device.node);
  for (const auto& spelling : {id, id + ".id.home.internal", id + ".id", id + ".id.home.internal."}) {
    const auto found = here.registry.resolve(spelling, noon);
    REQUIRE(found);
    CHECK(found->node == here.device.node);
    CHECK(found->state == State::id);
  }
  CHECK(here.registry.resolve(to_string(Device(5).node), noon).error().code == Code::unknown);
  CHECK(here.registry.resolve("short.id", noon).error().code == Code::malformed);
}

TEST_CASE("names resolve bare and in the zone, and nowhere else") {
  Neighbour here(0);
  here.start();
  here.registry.claim("Kitchen-Arm", at()).value();
  for (const char* spelling :
       {"kitchen-arm", "KITCHEN-ARM", "kitchen-arm.home.internal", "kitchen-arm.Home.Internal."})
    CHECK_MESSAGE(here.registry.resolve(spelling, noon).has_value(), spelling);
  CHECK(here.registry.resolve("kitchen-arm.other.internal", noon).error().code == Code::malformed);
  CHECK(here.registry.resolve("kitchen", noon).error().code == Code::unknown);
}

TEST_CASE("names resolve in the zone that DNS serves, wherever it hangs") {
  Neighbour here(0, neighbours::verifier(), {.zone_parent = "home.arpa"});
  here.start();
  here.registry.claim("kitchen-arm", at()).value();
  CHECK(here.registry.resolve("kitchen-arm.home.home.arpa", noon));
  CHECK(here.registry.resolve("kitchen-arm.home.internal", noon).error().code == Code::malformed);
}

TEST_CASE("find wants every capability and at most so many") {
  Neighbour here(0);
  for (unsigned n = 1; n <= 10; ++n) {
    const Device device(n);
    here.meet(device);
    Address address;
    address.node = device.node;
    address.seq = 1;
    address.issued = noon;
    address.lease_s = 7200;
    if (n % 2 == 0) address.capabilities.emplace_back(std::string("arm"));
    if (n % 3 == 0) address.capabilities.emplace_back(std::string("vision"));
    here.hear(seal(address, neighbours::mesh().id, device.key));
  }
  CHECK(here.registry.find({"arm"}, noon, 99).size() == 5);
  CHECK(here.registry.find({"arm", "vision"}, noon, 99).size() == 1);
  CHECK(here.registry.find({"arm"}, noon, 2).size() == 2);
  CHECK(here.registry.find({"leg"}, noon, 99).empty());
  CHECK(here.registry.find({}, noon, 99).size() == 10);
}

TEST_CASE("a node is called by its name, its label, or what its id generates") {
  Neighbour here(0);
  here.start();
  CHECK(here.registry.display_name(here.device.node, noon) == "device 0");
  here.registry.claim("robot-7", at()).value();
  CHECK(here.registry.display_name(here.device.node, noon) == "robot-7");
  CHECK(here.registry.display_name(NodeId{}, noon) == "amber-acorn-000");
}

TEST_CASE("who is no member any more is in no view") {
  Neighbour here(0);
  const Device guest(1, noon - 29 * neighbours::day);
  here.meet(guest);
  here.hear(guest.address(1, noon + 23h), at(23h));
  here.hear(guest.name("robot", 1));
  CHECK(here.registry.resolve("robot", noon + 24h - 1ms).has_value());
  CHECK_FALSE(here.registry.resolve("robot", noon + 24h).has_value());
  CHECK_FALSE(here.registry.resolve(to_string(guest.node), noon + 24h).has_value());
  CHECK(here.registry.find({"text"}, noon + 24h, 9).empty());
  CHECK(here.registry.names(noon + 24h).empty());
}
