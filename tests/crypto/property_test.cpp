// Round trips over values nobody thought of. rapidcheck shrinks what fails and prints the seed to repeat it.
#include "tests/crypto/sample.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace grapevine;

namespace {

struct Anything {
  std::uint64_t number = 0;
  Text<64> text;
  Blob<300> blob;
  List<std::uint16_t, 100> list;
  std::optional<std::uint8_t> perhaps;
  static auto fields(auto& self) {
    return std::tie(self.number, self.text, self.blob, self.list, self.perhaps);
  }
  bool operator==(const Anything&) const = default;
};

template <class Container>
Container at_most(Container from, std::size_t size) {
  if (from.size() > size) from.resize(size);
  return from;
}

}  // namespace

TEST_CASE("what was encoded is decoded as the same value") {
  CHECK(rc::check([](std::uint64_t number, std::string text, Bytes blob, std::vector<std::uint16_t> list) {
    Anything value;
    value.number = number;
    value.text = at_most(std::move(text), 64);
    value.blob = at_most(std::move(blob), 300);
    value.list = at_most(std::move(list), 100);
    if (number % 2 == 1) value.perhaps = static_cast<std::uint8_t>(number);
    const auto read = wire::decode<Anything>(wire::encode(value));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == value);
  }));
}

TEST_CASE("whatever decodes is spelled as we spell it") {
  CHECK(rc::check([](Bytes noise) {
    noise.insert(noise.begin(), 0x92);
    const auto value = wire::decode<Signed<Certificate>>(noise);
    if (value) RC_ASSERT(wire::encode(*value) == noise);
  }));
}

TEST_CASE("hex and base32 give back the bytes they spell") {
  CHECK(rc::check([](const Bytes& bytes) {
    RC_ASSERT(from_hex(to_hex(bytes)).value() == bytes);
    RC_ASSERT(from_base32(to_base32(bytes)).value() == bytes);
  }));
}

TEST_CASE("base32 has one spelling: what is read is written the same") {
  CHECK(rc::check([](const Bytes& choices) {
    std::string digits;
    for (const auto choice : choices) digits += "abcdefghijklmnopqrstuvwxyz234567"[choice % 32];
    const auto bytes = from_base32(digits);
    if (bytes) RC_ASSERT(to_base32(*bytes) == digits);
  }));
}

TEST_CASE("an invite survives the journey through its text") {
  CHECK(rc::check([](const std::string& address, std::uint32_t later) {
    Invite invite = sample::invite();
    invite.addresses.at(0) = at_most(address, 64);
    invite.not_after += std::chrono::milliseconds(later);
    const auto read = parse_invite(to_text(invite));
    RC_ASSERT(read.has_value());
    RC_ASSERT(wire::encode(*read) == wire::encode(invite));
  }));
}
