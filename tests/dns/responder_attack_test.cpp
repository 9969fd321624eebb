// Rows 34, 35, 36 and 40 of the table of attacks: what strangers send to the DNS port, and what members write
// into their records for those who read them there.
#include "dns/source_limit.hpp"
#include "tests/dns/resolver.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using namespace grapevine::dns::resolver;

namespace {

const std::string robot = "robot.home.internal";

Bytes reply(const Bytes& query) {
  static const Zone zone = zone_with({presence(1, "robot")});
  return respond(zone, query, noon, Via::udp);
}
ldns_pkt_rcode code_of(const Bytes& query) {
  return Read(reply(query)).code();
}
/// A header that announces one question, and whatever follows.
Bytes raw(const Bytes& rest, std::uint8_t questions = 1) {
  Bytes made{0, 1, 1, 0, 0, questions, 0, 0, 0, 0, 0, 0};
  append(made, rest);
  return made;
}

}  // namespace

TEST_CASE("row 34: less than a header, and answers, meet silence") {
  for (std::size_t size = 0; size < 12; ++size) CHECK(reply(Bytes(size, 0x41)).empty());
  CHECK(reply(Asked{.name = robot, .flags = 0x8100}.bytes()).empty());
  CHECK_FALSE(reply(Asked{.name = robot}.bytes()).empty());
}

TEST_CASE("row 34: a question that cannot be read is FORMERR, at no more than a header") {
  const Bytes label_of_64 = [] {
    Bytes made{64};
    made.resize(65, 'a');
    append(made, Bytes{0, 0, 1, 0, 1});
    return made;
  }();
  Bytes name_of_300;
  for (int i = 0; i < 5; ++i) {
    name_of_300.push_back(59);
    name_of_300.resize(name_of_300.size() + 59, 'a');
  }
  append(name_of_300, Bytes{0, 0, 1, 0, 1});
  const Bytes pointer_to_itself{0xc0, 12, 0, 1, 0, 1};
  const Bytes pointer_behind_label{1, 'a', 0xc0, 12, 0, 1, 0, 1};
  const Bytes cut_off{5, 'r', 'o'};
  for (const Bytes& rest :
       {label_of_64, name_of_300, pointer_to_itself, pointer_behind_label, cut_off, Bytes{}}) {
    CHECK(code_of(raw(rest)) == LDNS_RCODE_FORMERR);
    CHECK(reply(raw(rest)).size() == 12);
  }
}

TEST_CASE("row 34: any number of questions but one is FORMERR") {
  const Bytes whole = Asked{.name = robot}.bytes();
  const Bytes question(whole.begin() + 12, whole.end());
  CHECK(code_of(raw(question, 0)) == LDNS_RCODE_FORMERR);
  CHECK(code_of(raw(question, 2)) == LDNS_RCODE_FORMERR);
  Bytes many = whole;
  many[4] = many[5] = 0xff;
  CHECK(code_of(many) == LDNS_RCODE_FORMERR);
  CHECK(code_of(raw(question, 1)) == LDNS_RCODE_NOERROR);
}

TEST_CASE("row 34: 65 535 bytes are answered like the question they begin with, or refused") {
  Bytes padded = Asked{.name = robot}.bytes();
  padded.resize(65'535, 0);
  CHECK(code_of(padded) == LDNS_RCODE_NOERROR);
  CHECK(code_of(Bytes(65'535, 0)) == LDNS_RCODE_FORMERR);
  padded[11] = 255;  // additional records that are not there
  padded[10] = 255;
  CHECK(reply(padded).size() <= 1232);
}

TEST_CASE(
    "row 34: zone transfers, other classes and other zones are refused, other requests not implemented") {
  CHECK(code_of(Asked{.name = "home.internal", .type = Type::axfr}.bytes()) == LDNS_RCODE_REFUSED);
  CHECK(code_of(Asked{.name = "home.internal", .type = Type::ixfr}.bytes()) == LDNS_RCODE_REFUSED);
  CHECK(code_of(Asked{.name = "version.bind", .type = Type::txt, .record_class = 3}.bytes()) ==
        LDNS_RCODE_REFUSED);
  CHECK(code_of(Asked{.name = "example.com"}.bytes()) == LDNS_RCODE_REFUSED);
  CHECK(code_of(Asked{.name = "xhome.internal"}.bytes()) == LDNS_RCODE_REFUSED);
  CHECK(code_of(Asked{.name = "internal"}.bytes()) == LDNS_RCODE_REFUSED);
  CHECK(code_of(Asked{.name = robot, .flags = 0x2800}.bytes()) == LDNS_RCODE_NOTIMPL);  // UPDATE
}

TEST_CASE("an answer repeats the opcode of what was asked") {
  const Read read(reply(Asked{.name = robot, .flags = 0x2800}.bytes()));
  CHECK(ldns_pkt_get_opcode(read.packet.get()) == LDNS_PACKET_UPDATE);
}

TEST_CASE("row 34: two OPT records are FORMERR") {
  Bytes query = Asked{.name = robot, .edns_bytes = 1232}.bytes();
  append(query, Bytes{0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 0});
  query[11] = 2;
  CHECK(code_of(query) == LDNS_RCODE_FORMERR);
}

TEST_CASE("row 35: an answer over UDP has at most 512 bytes, 1232 with EDNS, and says when it was cut") {
  Zone zone = zone_with({});
  for (unsigned device = 1; device <= 64; ++device)
    zone.show(presence(device, "robot-" + std::to_string(device)));
  Asked asked{.name = "_grapevine._tcp.home.internal", .type = Type::ptr};
  CHECK(ask(zone, asked).is_truncated());
  CHECK(ask(zone, asked).size <= 512);
  asked.edns_bytes = 65'535;
  CHECK(ask(zone, asked).is_truncated());
  CHECK(ask(zone, asked).size <= 1232);
  const auto by_tcp = ask(zone, asked, noon, Via::tcp);
  CHECK_FALSE(by_tcp.is_truncated());
  CHECK(by_tcp.answers() == 64);
}

TEST_CASE("row 35: a source that asks too often gets nothing bigger than its question") {
  const Zone zone = zone_with({presence(1, "robot")});
  const Bytes query = Asked{.name = robot}.bytes();
  const Read throttled(respond(zone, query, noon, Via::udp_throttled));
  CHECK(throttled.is_truncated());
  CHECK(throttled.size == query.size());
  CHECK(respond(zone, query, noon, Via::udp).size() > query.size());
}

TEST_CASE("row 35: a source has two hundred answers a second, and its whole network shares them") {
  SourceLimit limit(7);
  const Bytes victim{192, 0, 2, 1}, neighbour{192, 0, 2, 200}, other{198, 51, 100, 1};
  int answered = 0;
  for (int i = 0; i < 1000; ++i) answered += limit.allows(i % 2 == 0 ? victim : neighbour, Time(1s)) ? 1 : 0;
  CHECK(answered == 200);
  CHECK(limit.allows(other, Time(1s)));
  CHECK(limit.allows(victim, Time(2s)));
}

TEST_CASE("row 36: a member's name never leads into the reader's own machine or network") {
  const std::vector<Bytes> traps{{127, 0, 0, 1},
                                 {0, 0, 0, 0},
                                 {169, 254, 1, 1},
                                 {224, 0, 0, 251},
                                 {255, 255, 255, 255},
                                 {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
                                 Bytes(16, 0),
                                 {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
                                 {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
                                 {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1}};
  for (const Bytes& trap : traps) {
    CAPTURE(to_hex(trap));
    CHECK_FALSE(is_routable(trap));
    const Zone zone = zone_with({presence(1, "robot", State::confirmed, {trap})});
    CHECK(ask(zone, {.name = robot}).answers() == 0);
    CHECK(ask(zone, {.name = robot, .type = Type::aaaa}).answers() == 0);
  }
}

TEST_CASE("row 36: a node may show itself where it is, and others where they can be reached") {
  const Zone own = zone_with({presence(0, "robot", State::confirmed, {{127, 0, 0, 1}})});
  CHECK(ask(own, {.name = robot}).answers() == 1);
  for (const Bytes& ip :
       {Bytes{10, 0, 0, 7}, Bytes{192, 168, 1, 7}, Bytes{0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}})
    CHECK(is_routable(ip));
}

TEST_CASE("row 40: escape codes in what a member offers come out as digits") {
  auto shown = presence(1, "robot");
  shown.services.emplace_back();
  shown.services.back().label.assign("model");
  shown.services.back().txt.assign("\x1b[31mred\"\\\n");
  const Zone zone = zone_with({shown});
  const Asked asked{.name = "robot._grapevine._tcp.home.internal", .type = Type::txt};
  const Bytes answer = respond(zone, asked.bytes(), noon, Via::udp);
  const std::string bytes(text(View(answer).subspan(asked.bytes().size())));
  CHECK(bytes.find("model=\\027[31mred\"\\\\010") != std::string::npos);
  CHECK(bytes.find('\x1b') == std::string::npos);
}
