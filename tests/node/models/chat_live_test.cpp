// The two chat protocols against a stub that behaves, and against one that misbehaves in every way we know.
#include "node/models/models.hpp"
#include "node/models/ollama.hpp"
#include "node/models/openai.hpp"
#include "tests/live/stubs/stub_process.hpp"
#include "tests/node/models/asked.hpp"

#include <chrono>
#include <thread>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;
using stub::StubProcess;

namespace {

/// Small enough that a hostile server costs a test half a second.
constexpr StreamLimits short_limits{.connect = 1s, .first_words = 400ms, .gap = 400ms, .whole = 3s};

ChatServer served_by(const StubProcess& process, const char* path, StreamLimits limits) {
  return {.server = {.origin = process.url(), .path = path, .key = {}},
          .model = "stub",
          .family = "stub",
          .limits = limits};
}

/// A stub in this mode and a model of either protocol that talks to it.
struct Scene {
  StubProcess process;
  std::unique_ptr<Model> model;

  Scene(const std::string& protocol, std::vector<std::string> flags, StreamLimits limits = short_limits)
      : process([&] {
          flags.insert(flags.end(), {"--protocol", protocol});
          return flags;
        }()) {
    if (protocol == "openai") {
      model = std::make_unique<OpenAi>(served_by(process, "/v1", limits));
    } else {
      model = std::make_unique<Ollama>(served_by(process, "", limits));
    }
  }

  Result<moa::Finished> ask(Duration time_left = 10s) {
    return test::answer(*model, "What is the answer?", time_left);
  }
};

const auto protocols = {"openai", "ollama"};

Code failure_of(const std::string& protocol, const std::string& mode) {
  const auto outcome = Scene(protocol, {"--mode", mode}).ask();
  REQUIRE_FALSE(outcome);
  return outcome.error().code;
}

std::chrono::milliseconds since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
}

}  // namespace

TEST_CASE("a server's answer comes whole, with the counts it states") {
  for (const auto* protocol : protocols) {
    CAPTURE(protocol);
    Scene scene(protocol, {"--answer", "Forty two, \"quoted\"\nand \u20ac more."});
    const auto finished = scene.ask();
    REQUIRE(finished);
    CHECK(finished->text == "Forty two, \"quoted\"\nand \u20ac more.");
    CHECK(finished->finish == moa::Finish::stop);
    CHECK(finished->tokens_in == 7);
    CHECK(finished->tokens_out == 3);
    CHECK(scene.model->profile().kind == protocol);
  }
}

TEST_CASE("words reach the sink while the server is still speaking") {
  for (const auto* protocol : protocols) {
    CAPTURE(protocol);
    Scene scene(protocol, {"--answer", "one two three four", "--tokens-per-second", "50"});
    test::Memory memory;
    REQUIRE(scene.model->generate(test::ask("?"), memory, {}));
    CHECK(memory.pieces.size() >= 4);
    CHECK(memory.text == "one two three four");
  }
}

TEST_CASE("a server that ignores the wish for a stream is understood") {
  const auto finished = Scene("openai", {"--mode", "plain", "--answer", "All at once."}).ask();
  REQUIRE(finished);
  CHECK(finished->text == "All at once.");
  CHECK(finished->tokens_out == 3);
}

TEST_CASE("no listener, a failure, a redirect, a report of trouble and a reply cut off are unavailable") {
  for (const auto* protocol : protocols) {
    for (const auto* mode : {"refuse", "error500", "redirect", "trouble", "cut"}) {
      CAPTURE(protocol);
      CAPTURE(mode);
      CHECK(failure_of(protocol, mode) == Code::unavailable);
    }
  }
}

TEST_CASE("garbage and JSON that nests without end are malformed") {
  for (const auto* protocol : protocols) {
    for (const auto* mode : {"garbage", "deep"}) {
      CAPTURE(protocol);
      CAPTURE(mode);
      CHECK(failure_of(protocol, mode) == Code::malformed);
    }
  }
}

TEST_CASE("a server that says nothing has until the first words are due") {
  const auto start = std::chrono::steady_clock::now();
  CHECK(failure_of("openai", "hang") == Code::expired);
  CHECK(since(start) >= 400ms);
  CHECK(since(start) < 2s);
  CHECK(failure_of("ollama", "hang") == Code::expired);
}

TEST_CASE("signs of life without words buy no time") {
  CHECK(failure_of("openai", "trickle") == Code::expired);
}

TEST_CASE("a call never takes longer than the time it has") {
  Scene scene("openai", {"--mode", "hang"}, {});
  const auto start = std::chrono::steady_clock::now();
  CHECK(scene.ask(200ms).error().code == Code::expired);
  CHECK(since(start) < 1s);
}

TEST_CASE("a gap between words ends the call and keeps the words") {
  Scene scene("openai", {"--answer", "one two", "--tokens-per-second", "1.2"},
              {.first_words = 2s, .gap = 100ms, .whole = 5s});
  const auto finished = scene.ask();
  REQUIRE(finished);
  CHECK(finished->text == "one ");
  CHECK(finished->finish == moa::Finish::deadline);
}

TEST_CASE("an endless answer is kept to the length of a proposal") {
  for (const auto* protocol : protocols) {
    CAPTURE(protocol);
    const auto finished = Scene(protocol, {"--mode", "endless"}, {}).ask();
    REQUIRE(finished);
    CHECK(finished->finish == moa::Finish::length);
    CHECK(finished->text.size() <= moa::proposal_bytes_max);
    CHECK(finished->text.size() > 1000);
  }
}

TEST_CASE("a response and a line have their limits") {
  CHECK(failure_of("openai", "longline") == Code::too_big);
  Scene scene("openai", {"--mode", "endless"}, {.response_bytes_max = 4096});
  const auto finished = scene.ask();
  REQUIRE(finished);
  CHECK(finished->finish == moa::Finish::length);
  CHECK(finished->text.size() < 4096);
}

TEST_CASE("a stop ends a call to a silent server within a second") {
  for (const auto* mode : {"hang", "trickle"}) {
    CAPTURE(mode);
    Scene scene("openai", {"--mode", mode}, {});
    std::stop_source source;
    std::chrono::steady_clock::time_point stopped;
    const std::jthread stopper([&] {
      std::this_thread::sleep_for(100ms);
      stopped = std::chrono::steady_clock::now();
      source.request_stop();
    });
    test::Memory memory;
    const auto finished = scene.model->generate(test::ask("?", 60s), memory, source.get_token());
    CHECK(since(stopped) < 1s);
    REQUIRE(finished);
    CHECK(finished->finish == moa::Finish::cancelled);
  }
}

TEST_CASE("a call that is stopped before it begins ends at once") {
  Scene scene("openai", {"--mode", "hang"}, {});
  std::stop_source source;
  source.request_stop();
  test::Memory memory;
  CHECK(scene.model->generate(test::ask("?", 60s), memory, source.get_token())->finish ==
        moa::Finish::cancelled);
}
