#include "dns/name.hpp"

#include "crypto/random.hpp"

#include <set>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;

TEST_CASE("a name is a label of letters, digits and hyphens, folded to lower case") {
  for (const char* good : {"abc", "robot-7", "kitchen-arm", "a-b", "x99", "g2345678901234567890123456789012"})
    CHECK_MESSAGE(Name::parse(good).has_value(), good);
  CHECK(Name::parse("Kitchen-ARM").value().text() == "kitchen-arm");
}

TEST_CASE("outside the grammar there is no name") {
  using namespace std::string_view_literals;
  for (const auto bad : {""sv, "ab"sv, "-abc"sv, "abc-"sv, "7up"sv, "a..b"sv, "a.b"sv, "a_b"sv, "a b"sv,
                         "abc\n"sv, "ab\0c"sv, "xn--abc"sv, "ab--c"sv,
                         "r\xd0\xbe"
                         "bot"sv,
                         "abcdefabcdefabcd"sv, "g23456789012345678901234567890123"sv,
                         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"sv}) {
    const auto name = Name::parse(bad);
    REQUIRE_MESSAGE(!name.has_value(), bad);
    CHECK(name.error().code == Code::malformed);
  }
  CHECK(Name::parse(std::string(64, 'a')).error().code == Code::malformed);
  CHECK(Name::parse("abcdefabcdefabc").has_value());  // fifteen hex digits are still a name
}

TEST_CASE("a refusal never repeats what was given") {
  const auto name = Name::parse("evil\x1b[2J");
  REQUIRE(!name);
  CHECK(name.error().text.find('\x1b') == std::string::npos);
}

TEST_CASE("reserved words are refused in every spelling of their skeleton") {
  for (const char* word :
       {"localhost", "local",     "internal", "mesh",    "gateway", "wpad",      "www",
        "any",       "all",       "test",     "invalid", "arpa",    "local-pin", "LOCALHOST",
        "1ocalhost", "loca1host", "lo-cal",   "te5t",    "vvww",    "vvpad"}) {
    const auto name = Name::parse(word);
    REQUIRE_MESSAGE(!name.has_value(), word);
  }
  CHECK(Name::parse("loca1").error().code == Code::refused);
  CHECK(Name::parse("locale").has_value());
}

TEST_CASE("names people confuse share a skeleton") {
  const auto robot = Name::parse("robot").value().skeleton();
  for (const char* look : {"r0bot", "ro-bot", "rob0t", "r-0-b-o-t", "ro8ot"})
    CHECK_MESSAGE(Name::parse(look).value().skeleton() == robot, look);
  CHECK(skeleton_of("kitchen") == skeleton_of("k1tchen"));
  CHECK(skeleton_of("corner") == skeleton_of("comer"));
  CHECK(skeleton_of("wave") == skeleton_of("vvave"));
  CHECK(skeleton_of("c-orn-er") == skeleton_of("comer"));
  CHECK(skeleton_of("robot-1") == skeleton_of("robot-l"));
  CHECK(skeleton_of("robot-1") != skeleton_of("robot-2"));
}

TEST_CASE("the skeleton of a skeleton is itself") {
  Random random(1);
  const std::string_view letters = "abilmnorsvwz01258-rnrnvv";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto left = random.below(20); left > 0; --left)
      text.push_back(letters[random.below(letters.size())]);
    const auto once = skeleton_of(text);
    REQUIRE(skeleton_of(once.value) == once);
  }
}

TEST_CASE("every node has a name of its own making, the same everywhere") {
  std::set<std::string> seen;
  for (unsigned adjective = 0; adjective < 64; ++adjective) {
    for (unsigned noun = 0; noun < 64; ++noun) {
      NodeId node;
      node.value.bytes[0] = static_cast<std::uint8_t>(adjective);
      node.value.bytes[1] = static_cast<std::uint8_t>(noun);
      seen.insert(generated_name(node).skeleton().value);  // aborts when a word is no name
    }
  }
  CHECK(seen.size() == 64 * 64);
  CHECK(generated_name(NodeId{}).text() == "amber-acorn-000");
}
