#include "node/models/utf8.hpp"

#include <doctest/doctest.h>

using namespace grapevine::node;
using namespace std::string_literals;

TEST_CASE("text in every length of character is UTF-8") {
  CHECK(is_utf8("a \u00e9 \u20ac \U0001f347"));
}

TEST_CASE("overlong forms, surrogates and numbers above U+10FFFF are not UTF-8") {
  for (const auto* bytes :
       {"\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"}) {
    CAPTURE(bytes);
    CHECK_FALSE(is_utf8(bytes));
  }
}

TEST_CASE("a character that is cut off at the end of the text is not UTF-8") {
  CHECK_FALSE(is_utf8("caf\xc3"));
  CHECK_FALSE(is_utf8("\xe2\x82"));
}

TEST_CASE("each broken byte becomes one replacement character and the rest stays") {
  CHECK(repair_utf8("a\xff"
                    "b\xc3(") ==
        "a\ufffd"
        "b\ufffd("s);
  CHECK(repair_utf8("\u20ac") == "\u20ac");
}

TEST_CASE("what is repaired is UTF-8, whatever the bytes were") {
  std::string bytes;
  for (int i = 0; i < 4096; ++i) bytes.push_back(static_cast<char>(i * 7919 >> 3));
  CHECK_FALSE(is_utf8(bytes));
  CHECK(is_utf8(repair_utf8(bytes)));
}
