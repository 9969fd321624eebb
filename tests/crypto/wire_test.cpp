#include "crypto/wire.hpp"

#include "tests/crypto/sample.hpp"

#include <doctest/doctest.h>

using namespace grapevine;

namespace {

enum class Colour : std::uint8_t { red, green };
constexpr Colour wire_last(Colour) {
  return Colour::green;
}

struct Inner {
  std::uint8_t x = 0;
  static auto fields(auto& self) { return std::tie(self.x); }
  bool operator==(const Inner&) const = default;
};

// One field of each kind.
struct Everything {
  std::uint32_t number = 70'000;
  bool yes = true;
  Colour colour = Colour::green;
  Fixed<2> fixed{{1, 2}};
  Strong<struct TestTag, Fixed<1>> strong{{{3}}};
  Text<8> text = std::string("hi");
  Blob<8> blob = Bytes{4};
  List<Inner, 2> list = std::vector<Inner>{{.x = 5}, {.x = 6}};
  WallTime wall{7ms};
  Duration duration{8us};
  std::optional<std::uint8_t> none = std::nullopt;
  std::optional<std::uint8_t> some = 9;
  Inner inner{.x = 10};
  static auto fields(auto& self) {
    return std::tie(self.number, self.yes, self.colour, self.fixed, self.strong, self.text, self.blob,
                    self.list, self.wall, self.duration, self.none, self.some, self.inner);
  }
  bool operator==(const Everything&) const = default;
};

constexpr std::string_view everything =
    "9dce00011170c301c4020102c40103a26869c401049291059106070890910991"
    "0a";

struct Hello {
  static constexpr std::uint8_t number = 1;
  Text<8> name;
  static auto fields(auto& self) { return std::tie(self.name); }
};
struct Bye {
  static constexpr std::uint8_t number = 2;
  static auto fields(auto&) { return std::tie(); }
};
using Greeting = std::variant<Hello, Bye>;

template <class T>
Code refusal(std::string_view hex) {
  const auto value = wire::decode<T>(from_hex(hex).value());
  REQUIRE_FALSE(value);
  return value.error().code;
}

Code message_refusal(std::string_view hex) {
  const auto message = wire::decode_message<Greeting>(from_hex(hex).value());
  REQUIRE_FALSE(message);
  return message.error().code;
}

}  // namespace

TEST_CASE("one field of each kind has its golden bytes and is read back") {
  CHECK(to_hex(wire::encode(Everything{})) == everything);
  CHECK(wire::decode<Everything>(from_hex(everything).value()).value() == Everything{});
}

TEST_CASE("numbers take the shortest form, and no other is accepted") {
  const std::pair<std::uint64_t, std::string_view> forms[] = {{0, "00"},
                                                              {127, "7f"},
                                                              {128, "cc80"},
                                                              {255, "ccff"},
                                                              {256, "cd0100"},
                                                              {65'535, "cdffff"},
                                                              {65'536, "ce00010000"},
                                                              {0xffff'ffff, "ceffffffff"},
                                                              {0x1'0000'0000, "cf0000000100000000"},
                                                              {~0ull, "cfffffffffffffffff"}};
  for (const auto& [number, hex] : forms) {
    CHECK(to_hex(wire::encode(number)) == hex);
    CHECK(wire::decode<std::uint64_t>(from_hex(hex).value()).value() == number);
  }
  for (const std::string_view longer : {"cc7f", "cd00ff", "ce0000ffff", "cf00000000ffffffff"})
    CHECK(refusal<std::uint64_t>(longer) == Code::not_canonical);
  for (const std::string_view with_sign : {"d07f", "d1007f", "d20000007f", "d3000000000000007f"})
    CHECK(refusal<std::uint64_t>(with_sign) == Code::malformed);
}

TEST_CASE("it is the second packing that finds long numbers: the parser alone takes them") {
  const Bytes longer = {0xcc, 0x7f};
  CHECK(wire::Reader::parse(longer, {})->number() == 127);
}

TEST_CASE("texts, bytes and arrays in a longer form than needed are refused") {
  CHECK(refusal<Text<8>>("d9026869") == Code::not_canonical);
  CHECK(refusal<Blob<8>>("c5000104") == Code::not_canonical);
  CHECK(refusal<Inner>("dc00010a") == Code::not_canonical);
}

TEST_CASE("numbers too large for their field are malformed") {
  CHECK(refusal<std::uint8_t>("cd0100") == Code::malformed);
  CHECK(refusal<std::uint32_t>("cf0000000100000000") == Code::malformed);
  CHECK(refusal<Colour>("02") == Code::malformed);
  CHECK(refusal<WallTime>("cf0020000000000001") == Code::malformed);
  CHECK(refusal<Duration>("cf0020000000000001") == Code::malformed);
}

TEST_CASE("the kinds our form does not have are malformed") {
  for (const std::string_view foreign :
       {"c0", "ff", "d0ff", "ca3f800000", "cb3ff0000000000000", "80", "8101a0", "d40100", "c70100ff", "c1"})
    CHECK(refusal<std::uint8_t>(foreign) == Code::malformed);
}

TEST_CASE("foreign kinds end the parsing wherever they stand") {
  CHECK(wire::Reader::parse(from_hex("910a").value(), {}));
  for (const std::string_view foreign : {"c0", "ff", "ca3f800000", "cb3ff0000000000000", "80", "d40100"}) {
    CHECK_FALSE(wire::Reader::parse(from_hex(foreign).value(), {}));
    CHECK_FALSE(wire::Reader::parse(from_hex("91" + std::string(foreign)).value(), {}));
  }
}

TEST_CASE("a value of another kind is malformed") {
  CHECK(refusal<bool>("01") == Code::malformed);
  CHECK(refusal<std::uint8_t>("c3") == Code::malformed);
  CHECK(refusal<Text<8>>("c4026869") == Code::malformed);
  CHECK(refusal<Blob<8>>("a26869") == Code::malformed);
  CHECK(refusal<Inner>("0a") == Code::malformed);
}

TEST_CASE("lengths above their maximum are malformed") {
  CHECK(wire::decode<Text<2>>(from_hex("a26869").value()));
  CHECK(refusal<Text<1>>("a26869") == Code::malformed);
  CHECK(refusal<Blob<1>>("c4020102") == Code::malformed);
  CHECK(refusal<List<std::uint8_t, 1>>("920102") == Code::malformed);
  CHECK(refusal<std::optional<std::uint8_t>>("920102") == Code::malformed);
  CHECK(refusal<Fixed<2>>("c403010203") == Code::malformed);
}

TEST_CASE("a struct with a field too few or too many is malformed") {
  CHECK(refusal<Inner>("90") == Code::malformed);
  CHECK(refusal<Inner>("920a0b") == Code::malformed);
}

TEST_CASE("trailing bytes are malformed") {
  CHECK(refusal<Inner>("910a00") == Code::malformed);
  CHECK(refusal<Inner>("910ac1") == Code::malformed);
}

TEST_CASE("bytes cut at any offset are malformed") {
  const Bytes whole = wire::encode(sample::sign(sample::certificate(2, Role::admin), 1));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_MESSAGE(wire::decode<Signed<Certificate>>(View(whole).first(size)).error().code == Code::malformed,
                  size);
  }
  CHECK(wire::decode<Signed<Certificate>>(whole));
}

TEST_CASE("a header that claims 2^32-1 elements or bytes is malformed at once") {
  for (const std::string_view claim :
       {"ddffffffff", "dbffffffff", "c6ffffffff", "dfffffffff", "c9ffffffff00"}) {
    CHECK(refusal<Everything>(claim) == Code::malformed);
    CHECK(refusal<List<Inner, 1024>>(claim) == Code::malformed);
    CHECK(refusal<Inner>("91" + std::string(claim)) == Code::malformed);
  }
}

TEST_CASE("a million nested arrays are malformed") {
  CHECK_FALSE(wire::decode<Inner>(Bytes(1'000'000, 0x91)));
  Bytes closed(1'000'000, 0x91);
  closed.push_back(0x0a);
  CHECK(wire::decode<Inner>(closed).error().code == Code::malformed);
}

TEST_CASE("limits hold for depth, elements and bytes, each to its last") {
  const auto parses = [](std::string_view hex, wire::Limits limits) {
    return wire::Reader::parse(from_hex(hex).value(), limits).has_value();
  };
  const wire::Limits limits{.array_max = 2, .bytes_max = 3, .depth_max = 2};
  CHECK(parses("919101", limits));
  CHECK_FALSE(parses("91919101", limits));
  CHECK(parses("920102", limits));
  CHECK_FALSE(parses("93010203", limits));
  CHECK(parses("a3616263", limits));
  CHECK_FALSE(parses("a461626364", limits));
  CHECK_FALSE(parses("c40401020304", limits));
}

TEST_CASE("depth counts what is open, not what has been closed") {
  CHECK(wire::Reader::parse(from_hex("9391019102910"
                                     "3")
                                .value(),
                            {.depth_max = 2}));
}

TEST_CASE("after the first failed read all fail") {
  auto reader = wire::Reader::parse(from_hex("920102").value(), {}).value();
  CHECK(reader.array() == 2);
  CHECK_FALSE(reader.text());
  CHECK_FALSE(reader.number());
}

TEST_CASE("what a reader hands out points into what it was given") {
  const Bytes from = from_hex("a26869").value();
  auto reader = wire::Reader::parse(from, {}).value();
  CHECK(view(reader.text().value()).data() == from.data() + 1);
}

TEST_CASE("a message is its number and its fields") {
  Hello hello;
  hello.name.assign("anna");
  CHECK(to_hex(wire::encode_message(Greeting(hello))) == "9201a4616e6e61");
  CHECK(to_hex(wire::encode_message(Greeting(Bye{}))) == "9102");
  const auto read = wire::decode_message<Greeting>(from_hex("9201a4616e6e61").value()).value();
  CHECK(std::get<Hello>(read).name == "anna");
}

TEST_CASE("a message of no known number is unknown") {
  CHECK(message_refusal("9103") == Code::unknown);
}

TEST_CASE("a message that is none of ours is refused with a reason") {
  for (const std::string_view bad :
       {"", "90", "01", "91a0", "9101", "9202a0", "920101", "9201a9616161616161616161"})
    CHECK(message_refusal(bad) == Code::malformed);
  CHECK(message_refusal("91cc02") == Code::not_canonical);
  CHECK(message_refusal("9201d90161") == Code::not_canonical);
}
