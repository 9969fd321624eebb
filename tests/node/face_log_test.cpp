#include "node/log.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

TEST_CASE("what a stranger wrote cannot make a second line") {
  const Note note{.event = "hostile.name", .about = {}, .detail = "a\nb\x1b[31m\\"};
  CHECK(line_of(note, LogForm::text) == "hostile.name a\\x0ab\\x1b[31m\\x5c");
}

TEST_CASE("a note as JSON keeps its fields and its quotes") {
  const Note note{.event = "suspect", .about = {}, .detail = "says \"no\"\n"};
  CHECK(line_of(note, LogForm::json) == R"("event":"suspect","detail":"says \"no\"\\x0a")");
}

TEST_CASE("hostile notes warn, who comes and goes informs, the rest is for developers") {
  CHECK(loudness("hostile.bad_signature") == Loudness::warn);
  CHECK(loudness("store.failed") == Loudness::error);
  CHECK(loudness("member") == Loudness::info);
  CHECK(loudness("probe_failed") == Loudness::debug);
}

TEST_CASE("levels and forms are words, others are refused with the list") {
  CHECK(*parse_loudness("warn") == Loudness::warn);
  CHECK(parse_loudness("loud").error().text == "\"loud\" is none of error, warn, info, debug");
  CHECK(parse_log_form("xml").error().text == "\"xml\" is none of text, json");
}
