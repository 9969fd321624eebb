#include "node/beacon.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

template <class Id>
Id filled_with(std::uint8_t byte) {
  Id id;
  id.value.bytes.fill(byte);
  return id;
}

const auto home = filled_with<MeshId>(1);
const auto laptop = filled_with<NodeId>(7);
const Ipv4 address{{192, 168, 1, 20}};
const Beacon beacon{laptop, {address, 4781}};

Fixed<16> blind(std::uint8_t byte) {
  Fixed<16> made;
  made.bytes.fill(byte);
  return made;
}

bool contains(View bytes, View part) {
  return std::search(bytes.begin(), bytes.end(), part.begin(), part.end()) != bytes.end();
}

}  // namespace

TEST_CASE("a member recognises who speaks, and where to dial") {
  const auto frame = to_frame(beacon, home, blind(3));
  const auto heard = open_beacon(frame.view(), address, home);
  REQUIRE(heard);
  CHECK(heard->node == laptop);
  CHECK(heard->origin.address == address);
  CHECK(heard->origin.port == 4781);
}

TEST_CASE("the bytes of a beacon stay as they are") {
  CHECK(to_hex(to_frame(beacon, home, blind(3)).view()) ==
        "47564201"                                                          // magic and version
        "12ad"                                                              // port
        "03030303030303030303030303030303"                                  // blind
        "280c8da24fdc4b939790dd555f554d4ba8077dd5dd5ad2f074b333f9e3e48256"  // node id, masked
        "490984cd3fc8dd4a9e305d1cdc5ae32e");                                // tag
}

TEST_CASE("another mesh hears nothing in it") {
  const auto frame = to_frame(beacon, home, blind(3));
  CHECK(open_beacon(frame.view(), address, filled_with<MeshId>(2)).error().code == Code::refused);
}

TEST_CASE("a copy sent from elsewhere is no beacon") {
  const auto frame = to_frame(beacon, home, blind(3));
  CHECK(open_beacon(frame.view(), Ipv4{{192, 168, 1, 66}}, home).error().code == Code::refused);
}

TEST_CASE("no byte of a beacon can be changed") {
  const auto frame = to_frame(beacon, home, blind(3));
  for (std::size_t i = 0; i < beacon_bytes; ++i) {
    auto altered = frame;
    altered.bytes.at(i) ^= 1;
    CHECK_FALSE_MESSAGE(open_beacon(altered.view(), address, home), i);
  }
}

TEST_CASE("what is no beacon of this version is malformed") {
  const auto frame = to_frame(beacon, home, blind(3));
  const auto code = [](View datagram) { return open_beacon(datagram, address, home).error().code; };
  CHECK(code({}) == Code::malformed);
  CHECK(code(frame.view().first(beacon_bytes - 1)) == Code::malformed);
  auto longer = to_bytes(frame.view());
  longer.push_back(0);
  CHECK(code(longer) == Code::malformed);
  auto later = frame;
  later.bytes[3] = '2';
  CHECK(code(later.view()) == Code::malformed);
  CHECK(code(Bytes(beacon_bytes, 0xff)) == Code::malformed);
}

TEST_CASE("a port of zero is nowhere") {
  const auto frame = to_frame({laptop, {address, 0}}, home, blind(3));
  CHECK_FALSE(open_beacon(frame.view(), address, home));
}

TEST_CASE("a stranger sees no id, and nothing that two beacons of a node share but version and port") {
  const auto one = to_frame(beacon, home, blind(3));
  const auto two = to_frame(beacon, home, blind(4));
  CHECK_FALSE(contains(one.view(), laptop.value.view().first(4)));
  CHECK_FALSE(contains(one.view(), home.value.view().first(4)));
  CHECK(std::equal(one.bytes.begin(), one.bytes.begin() + 6, two.bytes.begin()));
  for (std::size_t at = 6; at + 4 <= beacon_bytes; ++at)
    CHECK_FALSE_MESSAGE(contains(two.view(), one.view().subspan(at, 4)), at);
}

TEST_CASE("a node speaks at once and quickly, then now and then") {
  BeaconPace pace;
  Random random(1);
  Time now{10s};
  pace.begin(now);
  CHECK(pace.is_due(now));
  for (const Duration usual : {200ms, 500ms, 1000ms, 2000ms, 5000ms, 5000ms}) {
    pace.spoken(now, random);
    CHECK_FALSE(pace.is_due(now));
    CHECK(pace.next() - now >= usual * 8 / 10);
    CHECK(pace.next() - now <= usual * 12 / 10);
    now = pace.next();
  }
  pace.begin(now + 1s);
  CHECK(pace.next() == now + 1s);
  pace.spoken(now + 1s, random);
  CHECK(pace.next() - now < 1500ms);
}

TEST_CASE("devices switched on together do not speak together for long") {
  const auto tenth = [](std::uint64_t seed) {
    BeaconPace pace;
    Random random(seed);
    pace.begin(Time{});
    for (int i = 0; i < 10; ++i) pace.spoken(pace.next(), random);
    return pace.next();
  };
  CHECK(tenth(1) - tenth(2) != Duration{});
  CHECK(tenth(1) == tenth(1));
}
