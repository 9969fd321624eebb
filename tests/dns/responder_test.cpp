#include "tests/dns/resolver.hpp"

#include <set>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using namespace grapevine::dns::resolver;

namespace {

const std::string robot = "robot.home.internal";

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a confirmed name answers with its address, byte for byte") {
  const Zone zone = zone_with({presence(1, "robot")});
  const Bytes query = Asked{.name = robot}.bytes();
  Bytes expected = query;
  expected[2] = 0x85;  // an answer, authoritative, recursion was desired
  expected[3] = 0x00;  // and is not available
  expected[7] = 1;
  append(expected, Bytes{0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1});
  CHECK(respond(zone, query, noon, Via::udp) == expected);
}

TEST_CASE("a name is found in any spelling and echoed in the one that was used") {
  const Zone zone = zone_with({presence(1, "robot")});
  const auto read = ask(zone, {.name = "RoBoT.HOME.internal"});
  CHECK(read.answer() == "RoBoT.HOME.internal. 60 IN A 192.0.2.1\n");
}

TEST_CASE("both kinds of address and the facts of a name are answered") {
  const Bytes v6{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7};
  const Zone zone = zone_with({presence(1, "robot", State::confirmed, {{192, 0, 2, 1}, v6, {192, 0, 2, 1}})});
  CHECK(ask(zone, {.name = robot}).answers() == 1);
  CHECK(holds(ask(zone, {.name = robot, .type = Type::aaaa}).answer(), "AAAA 2001:db8::7"));
  const auto facts = ask(zone, {.name = robot, .type = Type::txt}).answer();
  CHECK(holds(facts, "\"v=1\" \"id=" + to_string(Device(1).node) + "\" \"st=confirmed\" \"since="));
}

TEST_CASE("an id always answers, whatever names its node has") {
  const Zone zone = zone_with({presence(1, "")});
  CHECK(ask(zone, {.name = to_string(Device(1).node) + ".id.home.internal"}).answers() == 1);
}

TEST_CASE("a name that is not confirmed is shown to its own node, and to others by choice") {
  const auto shown = {presence(1, "robot", State::provisional), presence(0, "mine", State::provisional)};
  CHECK(ask(zone_with(shown), {.name = robot}).code() == LDNS_RCODE_NXDOMAIN);
  CHECK(ask(zone_with(shown), {.name = "mine.home.internal"}).answers() == 1);
  CHECK(ask(zone_with(shown, true), {.name = robot}).answers() == 1);
}

TEST_CASE("a TTL never outlives the lease") {
  const Zone zone = zone_with({presence(1, "robot")});
  CHECK(ask(zone, {.name = robot}, noon + 2h - 7s).answer() == robot + ". 7 IN A 192.0.2.1\n");
  const auto over = ask(zone, {.name = robot}, noon + 2h);
  CHECK(over.code() == LDNS_RCODE_NOERROR);  // the name is held, there is no address
  CHECK(over.answers() == 0);
  CHECK(ask(zone, {.name = robot}, noon + 14 * sample::day).code() == LDNS_RCODE_NXDOMAIN);
}

TEST_CASE("what is not there is denied for five seconds, in the name of the zone") {
  const Zone zone = zone_with({presence(1, "robot")});
  const auto nobody = ask(zone, {.name = "nobody.home.internal"});
  CHECK(nobody.code() == LDNS_RCODE_NXDOMAIN);
  CHECK(nobody.answers() == 0);
  CHECK(holds(nobody.authority(), "home.internal. 5 IN SOA ns.home.internal. hostmaster.home.internal. "));
  const auto no_mail = ask(zone, {.name = robot, .type = static_cast<Type>(15)});
  CHECK(no_mail.code() == LDNS_RCODE_NOERROR);
  CHECK(no_mail.authorities() == 1);
  for (const Type https :
       {static_cast<Type>(64), static_cast<Type>(65)})  // SVCB and HTTPS, which browsers ask for first
    CHECK(ask(zone, {.name = robot, .type = https}).authorities() == 1);
}

TEST_CASE("a name that only has names below it exists") {
  const Zone zone = zone_with({presence(1, "robot")});
  for (const char* name : {"id", "_tcp", "_udp", "_dns-sd._udp", "_sub._grapevine._tcp", "_grapevine._tcp"})
    CHECK(ask(zone, {.name = std::string(name) + ".home.internal"}).code() == LDNS_RCODE_NOERROR);
  CHECK(ask(zone, {.name = "_http._tcp.home.internal"}).code() == LDNS_RCODE_NXDOMAIN);
}

TEST_CASE("the zone says who speaks for it, and a change counts up its serial number") {
  Zone zone = zone_with({});
  const auto serial = [&] {
    const auto read = ask(zone, {.name = "home.internal", .type = Type::soa});
    return ldns_rdf2native_int32(ldns_rr_rdf(ldns_rr_list_rr(ldns_pkt_answer(read.packet.get()), 0), 2));
  };
  const auto before = serial();
  zone.show(presence(1, "robot"));
  CHECK(serial() == before + 1);
  CHECK(holds(ask(zone, {.name = "home.internal", .type = Type::ns}).answer(), "NS ns.home.internal."));
  CHECK(holds(ask(zone, {.name = "ns.home.internal"}).answer(), "A 127.0.0.1"));
}

TEST_CASE("services are found by type, by capability and by instance") {
  const Zone zone = zone_with({presence(1, "robot")});
  const auto pointer = [&](const std::string& label) {
    return ask(zone, {.name = label + ".home.internal", .type = Type::ptr}).answer();
  };
  CHECK(holds(pointer("_services._dns-sd._udp"), "PTR _grapevine._tcp.home.internal."));
  CHECK(holds(pointer("_grapevine._tcp"), "PTR robot._grapevine._tcp.home.internal."));
  CHECK(holds(pointer("_vision._sub._grapevine._tcp"), "PTR robot._grapevine._tcp.home.internal."));
  CHECK(pointer("_gripper._sub._grapevine._tcp").empty());
  const auto where = ask(zone, {.name = "robot._grapevine._tcp.home.internal", .type = Type::srv}).answer();
  CHECK(holds(where, "SRV 0 0 4781 robot.home.internal."));
}

TEST_CASE("a list of instances holds 64, and by turns all of them") {
  Zone zone = zone_with({});
  for (unsigned device = 1; device <= 200; ++device)
    zone.show(presence(device, "robot-" + std::to_string(device)));
  std::set<std::string> seen;
  for (unsigned turn = 0; turn < 64; ++turn) {
    const Asked asked{.name = "_grapevine._tcp.home.internal",
                      .type = Type::ptr,
                      .id = static_cast<std::uint16_t>(turn << 10)};
    const auto read = ask(zone, asked, noon, Via::tcp);
    CHECK(read.answers() == 64);
    std::string lines = read.answer();
    for (std::size_t end; (end = lines.find('\n')) != std::string::npos; lines.erase(0, end + 1))
      seen.insert(lines.substr(0, end));
  }
  CHECK(seen.size() == 200);
}

TEST_CASE("a node that moved, lost its name or left is shown as it is now") {
  Zone zone = zone_with({presence(1, "robot"), presence(2, "crane")});
  zone.show(presence(1, "robot", State::confirmed, {{192, 0, 2, 9}}));
  CHECK(holds(ask(zone, {.name = robot}).answer(), "192.0.2.9"));
  zone.show(
      presence(2, "robot", State::confirmed, {{192, 0, 2, 2}}));  // handed over; the old holder comes later
  zone.show(presence(1, ""));
  CHECK(holds(ask(zone, {.name = robot}).answer(), "192.0.2.2"));
  CHECK(ask(zone, {.name = "crane.home.internal"}).code() == LDNS_RCODE_NXDOMAIN);
  zone.show({.node = Device(2).node});
  CHECK(ask(zone, {.name = robot}).code() == LDNS_RCODE_NXDOMAIN);
}

TEST_CASE("ANY is answered shortly") {
  const Zone zone = zone_with({presence(1, "robot")});
  CHECK(holds(ask(zone, {.name = robot, .type = Type::any}).answer(), "HINFO \"RFC8482\" \"\""));
  CHECK(ask(zone, {.name = "nobody.home.internal", .type = Type::any}).code() == LDNS_RCODE_NXDOMAIN);
}

TEST_CASE("EDNS is answered in kind, and an unknown version of it refused") {
  const Zone zone = zone_with({presence(1, "robot")});
  const auto with = ask(zone, {.name = robot, .edns_bytes = 4096});
  CHECK(ldns_pkt_edns_udp_size(with.packet.get()) == 1232);
  CHECK(ldns_pkt_edns_udp_size(ask(zone, {.name = robot}).packet.get()) == 0);
  const auto future = ask(zone, {.name = robot, .edns_bytes = 4096, .edns_version = 1});
  CHECK(ldns_pkt_edns_extended_rcode(future.packet.get()) == 1);  // BADVERS is 16
  CHECK(future.answers() == 0);
}

TEST_CASE("the name of a mesh becomes a label") {
  CHECK(zone_name("Home", "internal") == "home.internal");
  CHECK(zone_name("Anna's house", "home.arpa") == "anna-s-house.home.arpa");
}
