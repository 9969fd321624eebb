#include "node/log.hpp"
#include "tests/dns/neighbours.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

TEST_CASE("what a stranger wrote cannot make a second line") {
  const Note note{.event = "hostile.name", .about = {}, .detail = "a\nb\x1b[31m\\"};
  CHECK(line_of(note, LogForm::text) == "hostile.name a\\x0ab\\x1b[31m\\x5c");
}

TEST_CASE("row 21: no name a stranger gives itself reaches a log unescaped") {
  using namespace std::string_view_literals;
  namespace neighbours = dns::neighbours;
  const neighbours::Device device(1);
  neighbours::Neighbour here(0);
  here.meet(device);
  std::size_t lines = 0;
  for (const auto name :
       {"ro\0bot"sv, "robot\n"sv, "\x1b[2Jrobot"sv, "r\xd0\xbe\xd0\xb1ot"sv, "-robot"sv, "a..b"sv}) {
    const auto effects = here.registry.arrived(device.node, device.name(name, 1), neighbours::at()).second;
    for (const auto& note : neighbours::only<Note>(effects)) {
      for (const auto form : {LogForm::text, LogForm::json}) {
        const std::string line = line_of(note, form);
        CHECK(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; }));
        ++lines;
      }
    }
    CHECK(here.registry.claim(name, neighbours::at()).error().text.find(name) == std::string::npos);
  }
  CHECK(lines == 12);
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
