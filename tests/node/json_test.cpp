#include "node/json.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace grapevine::node;

namespace {
std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}
}  // namespace

TEST_CASE("JSON may nest 32 levels and not 33") {
  CHECK(parse_json(nested(32)));
  CHECK_FALSE(parse_json(nested(33)));
  CHECK_FALSE(parse_json(nested(200'000)));
}

TEST_CASE("what is no JSON, or more than one document, is nothing") {
  for (const auto* text : {"", "{", "{} {}", "nul", "{\"a\":\"\xff\"}", "\"\\ud800\""}) {
    CAPTURE(text);
    CHECK_FALSE(parse_json(text));
  }
}

TEST_CASE("a field is read only when it has the type we expect") {
  const auto document = parse_json(R"({"a":[{"b":"text","n":7,"big":4294967296,"minus":-1}],"s":"x"})");
  REQUIRE(document);
  CHECK(text_at(*document, "/a/0/b") == "text");
  CHECK(number_at(*document, "/a/0/n") == 7);
  CHECK_FALSE(text_at(*document, "/a/0/n"));
  CHECK_FALSE(number_at(*document, "/a/0/big"));
  CHECK_FALSE(number_at(*document, "/a/0/minus"));
  CHECK_FALSE(text_at(*document, "/a/1/b"));
  CHECK_FALSE(text_at(*document, "/s/0/b"));
}
