#include "crypto/bytes.hpp"

#include <doctest/doctest.h>

using namespace grapevine;

TEST_CASE("hex has two lower-case digits a byte and reads both cases") {
  const Bytes bytes = {0x00, 0x9f, 0xff};
  CHECK(to_hex(bytes) == "009fff");
  CHECK(from_hex("009fff").value() == bytes);
  CHECK(from_hex("009FfF").value() == bytes);
}

TEST_CASE("hex of an odd length or with a foreign digit is malformed") {
  CHECK(from_hex("abc").error().code == Code::malformed);
  CHECK(from_hex("0g").error().text == "character 2 is no hex digit");
}

TEST_CASE("base32 spells the vectors of RFC 4648, lower case and without padding") {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "my"},
                                                                   {"fo", "mzxq"},
                                                                   {"foo", "mzxw6"},
                                                                   {"foob", "mzxw6yq"},
                                                                   {"fooba", "mzxw6ytb"},
                                                                   {"foobar", "mzxw6ytboi"}};
  for (const auto& [plain, digits] : vectors) {
    CHECK(to_base32(view(plain)) == digits);
    CHECK(text(from_base32(digits).value()) == plain);
  }
}

TEST_CASE("base32 reads capitals, as people type them") {
  CHECK(text(from_base32("MZXW6").value()) == "foo");
}

TEST_CASE("base32 of a length that no bytes have is malformed") {
  for (const std::string_view digits : {"m", "mzx", "mzxw6y"})
    CHECK(from_base32(digits).error().code == Code::malformed);
}

TEST_CASE("base32 refuses the digits that look like others") {
  for (const std::string_view digits : {"m0", "m1", "m8", "m9", "m="}) {
    CHECK(from_base32(digits).error().text == "character 2 is no base32 digit");
  }
}

TEST_CASE("base32 with spare bits that are not zero is a second spelling and refused") {
  CHECK(from_base32("my").has_value());
  for (const std::string_view digits : {"mz", "m2", "m3"})
    CHECK(from_base32(digits).error().code == Code::malformed);
}

TEST_CASE("32 bytes take 52 characters of base32") {
  CHECK(to_base32(Fixed<32>{}.view()).size() == 52);
}

TEST_CASE("fixed bytes take exactly their number") {
  const Bytes four = {1, 2, 3, 4};
  CHECK(Fixed<4>::of(four).value().bytes == std::array<std::uint8_t, 4>{1, 2, 3, 4});
  CHECK(Fixed<3>::of(four).error().code == Code::malformed);
  CHECK(Fixed<5>::of(four).error().code == Code::malformed);
}

TEST_CASE("fixed bytes are ordered as memory is") {
  CHECK(Fixed<2>{{0, 255}} < Fixed<2>{{1, 0}});
  CHECK(Fixed<2>{{128, 0}} > Fixed<2>{{127, 255}});
}
