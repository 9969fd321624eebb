#include "dns/record.hpp"

#include "tests/dns/neighbours.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::Device;
using neighbours::mesh;
using neighbours::noon;

namespace {

Sealed unsealed(View envelope) {
  return std::get<Sealed>(unseal(envelope, mesh().id));
}

std::string digest_of(View envelope) {
  return to_hex(hash<16>(purpose::text, {envelope}).view());
}

/// The payload under another type or form, with the signature it had.
Bytes retyped(const Bytes& envelope, std::uint8_t type) {
  Bytes other = envelope;
  other[2] = type;
  return other;
}

}  // namespace

TEST_CASE("records keep their golden bytes") {
  const Device device(1);
  CHECK(digest_of(device.origin()) == "d78b28e973ff657d6b50c3125aae95e8");
  CHECK(digest_of(device.member()) == "8f0c572227e7719e5f87a8db1a7c0709");
  CHECK(digest_of(device.address(7)) == "bc2a88077fb21aac89f9d9dc17f9dfec");
  CHECK(digest_of(device.name("robot-7", 8)) == "c9e49a3c76f0139b21b998d782505a2a");
  CHECK(to_hex(unsealed(device.name("robot-7", 8)).id.value.view()) ==
        "e17bdf13fb80300bd23200096c5bc7e5d8ad3255f5dd516cab6da11028efa059");
}

TEST_CASE("a name record spells its fields in order") {
  const Device device(1);
  const Sealed sealed = unsealed(device.name("robot-7", 8));
  const Bytes expected = [&] {
    wire::Writer to;
    to.array(7);
    to.bytes(device.node.value.view());
    to.number(0);
    to.number(8);
    to.text("robot-7");
    to.number(1'209'600);
    to.bytes(Fixed<16>{}.view());
    to.number(1'800'000'000'000);
    return to.take();
  }();
  CHECK(to_bytes(sealed.payload()) == expected);
}

TEST_CASE("what is sealed is read back") {
  const Device device(1);
  const auto body = read_body(unsealed(device.address(7, noon, "vision")));
  REQUIRE(body);
  const auto& address = std::get<Address>(*body);
  CHECK(address.node == device.node);
  CHECK(address.seq == 7);
  CHECK(address.capabilities.front() == "vision");
  CHECK(end_of(address) == noon + 2h);
  CHECK(address.endpoints.front().port == 4781);
}

TEST_CASE("the record id does not depend on the signature") {
  const Device device(1);
  Bytes other = device.address(7);
  other.back() ^= 1;
  CHECK(unsealed(other).id == unsealed(device.address(7)).id);
  CHECK(unsealed(other).signature != unsealed(device.address(7)).signature);
}

TEST_CASE("the record id depends on mesh and type") {
  const Bytes record = Device(1).address(7);
  MeshId elsewhere;
  CHECK(std::get<Sealed>(unseal(record, elsewhere)).id != unsealed(record).id);
  CHECK(unsealed(retyped(record, 3)).id != unsealed(record).id);
}

TEST_CASE("sequences end below 2^63") {
  const Device device(1);
  CHECK(read_body(unsealed(device.address(sequence_last))).has_value());
  CHECK_FALSE(read_body(unsealed(device.address(sequence_last + 1))).has_value());
}

TEST_CASE("fields out of range are not canonical") {
  const Device device(1);
  const auto reads = [&](auto change) {
    Address address;
    address.lease_s = 7200;
    change(address);
    return read_body(unsealed(seal(address, mesh().id, device.key))).has_value();
  };
  CHECK(reads([](Address&) {}));
  CHECK(reads([](Address& a) {
    a.capabilities = std::vector<Text<32>>{std::string("a"), std::string("b")};
  }));
  CHECK_FALSE(reads([](Address& a) {
    a.capabilities = std::vector<Text<32>>{std::string("b"), std::string("a")};
  }));
  CHECK_FALSE(reads([](Address& a) {
    a.capabilities = std::vector<Text<32>>{std::string("a"), std::string("a")};
  }));
  CHECK_FALSE(reads([](Address& a) { a.capabilities = std::vector<Text<32>>{std::string("A b")}; }));
  CHECK_FALSE(reads([](Address& a) { a.lease_s = 59; }));
  CHECK_FALSE(reads([](Address& a) { a.lease_s = 7201; }));
  CHECK_FALSE(reads([](Address& a) {
    a.endpoints.push_back({.proto = 1, .ip = Bytes{1, 2, 3}, .port = 1});
  }));
  CHECK_FALSE(reads(
      [](Address& a) { a.services.push_back({.label = std::string("x"), .txt = std::string("\x1b[2J")}); }));
}

TEST_CASE("a name lease is at most 28 days") {
  const Device device(1);
  CHECK(read_body(unsealed(device.name("robot", 1, noon, 28 * 86400))).has_value());
  CHECK_FALSE(read_body(unsealed(device.name("robot", 1, noon, 28 * 86400 + 1))).has_value());
}

TEST_CASE("unknown forms and types are no records") {
  const Bytes record = Device(1).address(7);
  CHECK(std::get<Reason>(unseal(retyped(record, 12), mesh().id)) == Reason::bad_form);
  Bytes other_form = record;
  other_form[1] = 2;
  CHECK(std::get<Reason>(unseal(other_form, mesh().id)) == Reason::bad_form);
  CHECK(std::get<Reason>(unseal(retyped(record, 11), mesh().id)) ==
        Reason::bad_form);  // a MEMBER has no signature
}

TEST_CASE("the largest address still fits a datagram") {
  const Device device(1);
  Address address;
  address.seq = sequence_last;
  address.lease_s = 7200;
  for (int i = 0; i < 8; ++i) address.endpoints.push_back({.proto = 1, .ip = Bytes(16, 255), .port = 65535});
  for (int i = 0; i < 16; ++i)
    address.capabilities.emplace_back(std::string(31, 'c') + static_cast<char>('a' + i));
  CHECK(seal(address, mesh().id, device.key).size() <= record_bytes_max);
}
