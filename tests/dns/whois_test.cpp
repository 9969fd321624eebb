// What is known of a node and from whom.
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

Whois whois(const Neighbour& here, const NodeId& node, WallTime now = noon) {
  return here.registry.whois(to_string(node), now).value();
}

std::optional<Told> told(const Whois& found, RecordType type) {
  for (const auto& held : found.records) {
    if (held.type == type) return held.told;
  }
  return std::nullopt;
}

std::size_t entries(const Store& store, Table table) {
  std::size_t count = 0;
  store.each(table, {}, [&](View, View) {
    ++count;
    return Walk::on;
  });
  return count;
}

}  // namespace

TEST_CASE("of its own records a node was told by itself, of others by who brought them") {
  Neighbour here(0), middle(1), far(2);
  here.start();
  middle.start();
  far.start();
  neighbours::make_equal(middle, far, at(1s));
  neighbours::make_equal(here, middle, at(30s));
  const auto own = whois(here, here.device.node);
  for (const auto& held : own.records) CHECK(held.told->by == here.device.node);
  for (const auto& held : whois(here, far.device.node).records) {
    REQUIRE(held.told.has_value());
    CHECK(held.told->by == middle.device.node);
    CHECK(held.told->at == at(30s).wall);
  }
}

TEST_CASE("who told us of a record that had to wait is who brought it, not who brought what it waited for") {
  Neighbour here(0);
  here.start();
  const Device other(1), early(2), late(3);
  const auto by = [&](const Device& from, const Bytes& record) {
    here.registry.arrived(from.node, record, at());
  };
  by(early, other.address(1));
  by(late, other.member());
  by(late, other.origin());
  const auto found = whois(here, other.node);
  CHECK(told(found, RecordType::address)->by == early.node);
  CHECK(told(found, RecordType::id)->by == late.node);
}

TEST_CASE("who told us survives a restart, and is forgotten with the record") {
  Neighbour here(0);
  here.start();
  const Device other(1), teller(2);
  for (const auto& record : {other.member(), other.origin(), other.address(1), other.address(2)})
    here.registry.arrived(teller.node, record, at());
  CHECK(entries(here.store, Table::told) == entries(here.store, Table::record));
  Roster roster(neighbours::mesh(), neighbours::verifier());
  Registry reborn(Config{}, here.device.self(), here.store, roster, Random(3));
  reborn.start({}, at(1h));
  const auto found = reborn.whois(to_string(other.node), noon + 1h).value();
  CHECK(told(found, RecordType::address)->by == teller.node);
  CHECK(told(found, RecordType::address)->at == noon);
  CHECK(entries(here.store, Table::told) == entries(here.store, Table::record));
}

TEST_CASE("the teller of a record is never sent") {
  Neighbour here(0), far(1);
  const Device teller(7);
  here.start();
  here.registry.arrived(teller.node, Device(2).member(), at());
  std::string said;
  neighbours::exchange(here, far, here.registry.meet(far.device.node, at()), at(),
                       [&](const NodeId&, const Effects& effects) {
                         for (const auto& send : only<Send<Message>>(effects))
                           said += std::string(text(wire::encode_message(send.message)));
                       });
  CHECK(said.find(std::string(text(Device(2).node.value.view()))) != std::string::npos);
  CHECK(said.find(std::string(text(teller.node.value.view()))) == std::string::npos);
}

TEST_CASE("whois shows every key, the stop of the last one, and why") {
  Neighbour here(0);
  here.start();
  const auto second = key_of(0, 1);
  here.registry.rotate(second, neighbours::promise_of(0, 1), at(1s)).value();
  here.registry.suspend(Cause::stolen, at(2s)).value();
  const auto found = whois(here, here.device.node);
  REQUIRE(found.keys.size() == 2);
  CHECK(found.keys[0].key == here.device.inception.key);
  CHECK(found.keys[1].key == second.public_key());
  REQUIRE(found.suspended.has_value());
  CHECK(found.suspended->rot == 1);
  CHECK(found.suspended->cause == Cause::stolen);
  CHECK_FALSE(found.retired.has_value());
}

TEST_CASE("whois finds a retired node by its id, with its certificate and no name") {
  Neighbour here(0);
  here.start();
  const Device other(1);
  here.meet(other);
  here.hear(other.name("robot", 1));
  here.hear(other.retirement());
  CHECK(here.registry.resolve(to_string(other.node), noon).error().code == Code::unknown);
  const auto found = whois(here, other.node);
  CHECK(found.retired->cause == Cause::lost);
  CHECK(found.certificate->label == "device 1");
  CHECK(found.certificate->inception.inviter == NodeId{});
  CHECK_FALSE(found.is_member);
  CHECK(found.names.empty());
}

TEST_CASE("whois shows evidence with the kind of contradiction") {
  Neighbour here(0);
  here.start();
  const Device liar(1);
  here.meet(liar);
  here.hear(liar.address(5, noon, "cook"));
  here.hear(liar.address(5, noon, "thief"));
  const auto found = whois(here, liar.node);
  REQUIRE(found.evidence.size() == 1);
  CHECK(found.evidence.front().kind == Evidence::Kind::sequence);
  CHECK(told(found, RecordType::evidence)->by == here.device.node);  // which put the two side by side
}

TEST_CASE("whois asks by name, and says when a name leads to nobody or nobody is there") {
  Neighbour here(0);
  here.start();
  const Device one(1), other(2);
  here.meet(one);
  here.meet(other);
  here.hear(one.name("robot", 1));
  CHECK(here.registry.whois("r0bot", noon)->node == one.node);
  here.hear(other.name("robot", 1));
  CHECK(here.registry.whois("robot", noon).error().code == Code::conflict);
  CHECK(here.registry.whois("ghost", noon).error().code == Code::unknown);
  CHECK(here.registry.whois(to_string(Device(9).node), noon).error().code == Code::unknown);
  CHECK(here.registry.whois("--", noon).error().code == Code::malformed);
}

TEST_CASE("names are found by how they begin, and devices by eight characters of their id") {
  Neighbour here(0);
  here.start();
  const Device one(1), other(2);
  here.meet(one);
  here.meet(other);
  here.hear(one.name("kitchen-arm", 1));
  here.hear(one.name("kitchen-lamp", 2));
  here.hear(other.name("garage", 1));
  CHECK(here.registry.beginning_with("Kitchen-", noon, 10).size() == 2);
  CHECK(here.registry.beginning_with("kitchen-", noon, 1).size() == 1);
  CHECK(here.registry.beginning_with("cellar", noon, 10).empty());
  const auto id = to_string(other.node);
  const auto found = here.registry.beginning_with(id.substr(0, 8), noon, 10);
  REQUIRE(found.size() == 1);
  CHECK(found.front().node == other.node);
  CHECK(here.registry.beginning_with(id.substr(0, 7), noon, 10).empty());
}
