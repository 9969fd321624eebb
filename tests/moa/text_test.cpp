#include "moa/text.hpp"

#include "moa/sentences.hpp"

#include <doctest/doctest.h>

using namespace grapevine::moa;
using namespace std::string_literals;

namespace {

using Sentences = std::vector<std::string_view>;

}  // namespace

TEST_CASE("a cut never splits a character") {
  constexpr std::string_view text = "ab\u20ac";
  CHECK(cut(text, 5) == text);
  CHECK(cut(text, 4) == "ab");
  CHECK(cut(text, 2) == "ab");
  CHECK(cut("\u20ac", 1).empty());
}

TEST_CASE("control characters go, tabs and line feeds stay") {
  CHECK(printable("a\x1b[31m\tb\r\n\x7f"
                  "c\x01\0d"s) == "a[31m\tb\ncd");
  CHECK(printable("x\u0085y\u00a0z") == "xy\u00a0z");
}

TEST_CASE("sentences end at marks before a new beginning") {
  CHECK(sentences_of("It rains. Why? \"Go!\" she said. 3.5 mm fell.") ==
        Sentences{"It rains.", "Why?", "\"Go!\" she said.", "3.5 mm fell."});
}

TEST_CASE("abbreviations, initials and numbers end no sentence") {
  CHECK(sentences_of("Dr. J. Smith of St. Ives paid 3.50 e.g. today. He left.") ==
        Sentences{"Dr. J. Smith of St. Ives paid 3.50 e.g. today.", "He left."});
}

TEST_CASE("items of a list are sentences") {
  CHECK(sentences_of("Buy:\n- milk\n- two eggs\n2) and rest") ==
        Sentences{"Buy:", "- milk", "- two eggs", "2) and rest"});
}

TEST_CASE("text without marks is one sentence, white space none") {
  CHECK(sentences_of("  no end in sight ") == Sentences{"no end in sight"});
  CHECK(sentences_of(" \n ").empty());
}
