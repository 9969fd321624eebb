// The bytes on the wire are fixed here: a change of these tests is a change of protocol.
#include "gossip/message.hpp"

#include "alone.hpp"
#include "gossip/remembered.hpp"

#include <doctest/doctest.h>

namespace grapevine::gossip {

namespace {
std::string hex(const Message& message) {
  return to_hex(wire::encode_message(message));
}
}  // namespace

TEST_CASE("small messages have these bytes") {
  CHECK(hex(Bye{.reason = Farewell::leaving}) == "920203");
  CHECK(hex(Parcel{.topic = Topic::record, .payload = Bytes{1, 2}}) == "941e0001c4020102");
  CHECK(hex(IHave{.names = {{IHave::Name{.id = {}, .round = 3}}}}) ==
        "921f9192c410" + std::string(32, '0') + "03");
  CHECK(hex(Graft{}) == "922090");
  CHECK(hex(Prune{}) == "9121");
  CHECK(hex(Neighbour{.purpose = Purpose::neighbour}) == "921600");
  CHECK(hex(Rows{}) == "932a9090");
  CHECK(hex(Digest{.sums = {{1, 2}}}) == "9228920102");
  CHECK(hex(Branches{.which = 6, .sums = {{3}}}) ==
        "932906"
        "9103");
  CHECK(hex(Rumors{}) == "932b9090");
  CHECK(hex(YouAreDown{}) == "920f93909090");
}

TEST_CASE("a ping with one bulletin has these bytes") {
  Ping ping{.probe = 300, .news = {}};
  ping.news.words.push_back({.node = {}, .incarnation = 7, .number = 9, .body = Bytes{5}});
  const std::string zeros16(32, '0'), zeros32(64, '0');
  CHECK(hex(ping) == "930acd012c94c410" + zeros16 + "c410" + zeros16 + "9194c420" + zeros32 + "0709c4010590");
}

TEST_CASE("a signed alive has these bytes, for this key and mesh") {
  Alone alone;
  const Rumor rumor = alone.is_here(alone.anna, 3);
  const auto golden = hash<16>(purpose::text, {wire::encode(rumor)});
  CHECK(to_hex(golden.view()) == "eb324c292da4b35f48df41f301f9e7cf");
  CHECK(wire::encode(rumor).size() < 704);
}

TEST_CASE("every message survives the wire") {
  Alone alone;
  const Rumor rumor = alone.is_here(alone.anna);
  News news;
  news.rumors = {{rumor, alone.leaves(alone.anna, 2)}};
  const std::vector<Message> all{
      Hello{.incarnation = 4},
      Bye{},
      Ping{.probe = 1, .news = news},
      Ack{.probe = 2, .news = news},
      PingRequest{.probe = 3, .target = alone.anna.self.node},
      IndirectAck{.probe = 3, .target = alone.anna.self.node},
      Nack{.probe = 3, .target = alone.anna.self.node},
      YouAreDown{.rumor = rumor},
      Neighbour{.purpose = Purpose::errand},
      Parcel{.round = 4, .topic = Topic::rumor, .payload = Bytes(4096)},
      IHave{.names = {{IHave::Name{}}}},
      Graft{.id = GossipId{}},
      Prune{},
      Digest{.sums = {{1, 1ull << 63}}},
      Branches{.which = ~0u, .sums = {{7}}},
      Rows{.leaves = {{1023}}, .rows = {{Row{.node = {}, .incarnation = 1, .status = Status::left}}}},
      Rumors{.rumors = {{rumor}}, .wanted = {{NodeId{}}}}};
  REQUIRE(all.size() == std::variant_size_v<Message>);
  for (const Message& message : all) {
    const Bytes bytes = wire::encode_message(message);
    const auto read = wire::decode_message<Message>(bytes);
    REQUIRE(read.has_value());
    CHECK(read->index() == message.index());
    CHECK(wire::encode_message(*read) == bytes);
  }
}

TEST_CASE("seven rumors in a ping, or a status beyond left, are refused") {
  Bytes bytes = wire::encode_message(Message(Rows{.leaves = {}, .rows = {{Row{.status = Status::left}}}}));
  bytes.back() = 4;
  CHECK_FALSE(wire::decode_message<Message>(bytes));
  Bytes ping = wire::encode_message(Message(Ping{}));
  REQUIRE(ping.back() == 0x90);
  ping.back() = 0x97;
  for (int i = 0; i < 7; ++i) append(ping, Bytes{0x93, 0x90, 0x90, 0x90});
  CHECK_FALSE(wire::decode_message<Message>(ping));
}

TEST_CASE("what is remembered has these bytes") {
  CHECK(to_hex(wire::encode(Remembered{.version = 1, .incarnation = 12, .contacts = {}})) == "93010c90");
}

TEST_CASE("every status and evidence has its own name") {
  std::set<std::string_view> names;
  for (const Status status : {Status::alive, Status::suspect, Status::dead, Status::left})
    names.insert(name(status));
  for (const Evidence evidence : {Evidence::silent, Evidence::closed, Evidence::refused})
    names.insert(name(evidence));
  CHECK(names.size() == 7);
}

}  // namespace grapevine::gossip
