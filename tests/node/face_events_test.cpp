// Events as programs say them to the node, and as the node says them back.
#include "node/api_events.hpp"
#include "tests/crypto/sample.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

const bool started = (start_crypto(), true);
constexpr Now noon{Time(1h), sample::noon};

/// The admin's node of the sample household, alone.
struct Alone {
  dns::MemoryStore store;
  SodiumVerifier verifier;
  gossip::Book book{1};
  Core core{{.seed = 1},
            {.mesh = sample::mesh(),
             .node = sample::node(2),
             .inception = sample::inception(2),
             .certificate = sample::sign(sample::certificate(2, Role::admin), 1),
             .operational = sample::key(2)},
            store,
            verifier,
            book};
  Alone() { (void)core.start(noon); }
};

std::uint64_t listened(const ApiRequest& request) {
  return parse_listening(request)->after;
}
std::string at_fault(const std::string& body) {
  return parse_event_wish(body).error().param;
}

}  // namespace

TEST_CASE("an event has a name, and a text if it likes") {
  const auto wish = *parse_event_wish(R"({"name":"bell","text":"at the door"})");
  CHECK(wish.name == "bell");
  CHECK(wish.text == "at the door");
  CHECK(parse_event_wish(R"({"name":"bell"})")->text.empty());
  CHECK(at_fault("bell") == "name");
  CHECK(at_fault(R"({"text":"at the door"})") == "name");
  CHECK(at_fault(R"({"name":"bell","text":7})") == "text");
}

TEST_CASE("a listener says where it stopped, as a parameter or as EventSource does") {
  CHECK(listened({}) == 0);
  CHECK(listened({.method = "GET", .path = "", .query = {{"after", "7"}}, .headers = {}, .body = ""}) == 7);
  CHECK(
      listened({.method = "GET", .path = "", .query = {}, .headers = {{"last-event-id", "8"}}, .body = ""}) ==
      8);
  for (const char* wrong : {"", "-1", "7x", "99999999999999999999"})
    CHECK_FALSE(
        parse_listening({.method = "GET", .path = "", .query = {{"after", wrong}}, .headers = {}, .body = ""})
            .has_value());
}

TEST_CASE("what was told is listed and streamed, each once for one listener") {
  Alone alone;
  CHECK(events_json(alone.core, noon, 0) == R"({"events":[],"latest":0})");
  REQUIRE(alone.core.tell("bell", "at the\ndoor", noon).has_value());
  const std::string event = told_json(alone.core, noon);
  CHECK(event.starts_with(R"({"number":1,"name":"bell","text":"at the\ndoor","node":")"));
  CHECK(events_json(alone.core, noon, 0) == R"({"events":[)" + event + R"(],"latest":1})");

  Listening listening;
  CHECK(events_stream(alone.core, noon, listening) == "id: 1\ndata: " + event + "\n\n");
  CHECK(listening.after == 1);
  CHECK(events_stream(alone.core, noon, listening).empty());
}
