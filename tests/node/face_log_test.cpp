#include "node/log.hpp"
#include "tests/dns/neighbours.hpp"

#include <chrono>
#include <future>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

/// A pipe in the place of stderr, which nobody reads unless told to.
class PipeForStderr {
 public:
  PipeForStderr() {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    out_ = ends[0];
    usual_ = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[1]);
    ::fcntl(out_, F_SETFL, O_NONBLOCK);
  }
  ~PipeForStderr() {
    ::dup2(usual_, STDERR_FILENO);
    ::close(usual_);
    ::close(out_);
  }
  PipeForStderr(const PipeForStderr&) = delete;
  PipeForStderr& operator=(const PipeForStderr&) = delete;
  std::string read() const {
    std::string text;
    char bytes[4096];
    for (ssize_t got; (got = ::read(out_, bytes, sizeof bytes)) > 0;)
      text.append(bytes, static_cast<std::size_t>(got));
    return text;
  }

 private:
  int out_ = -1;
  int usual_ = -1;
};

}  // namespace

TEST_CASE("a log nobody reads keeps nobody waiting, and tells later how much was lost") {
  const PipeForStderr pipe;
  const Log log({.level = Loudness::debug});
  auto writing = std::async(std::launch::async, [&] {
    for (int i = 0; i < 5'000; ++i) log.say(Loudness::info, "event", std::string(100, 'a'));
  });
  const bool waits = writing.wait_for(std::chrono::seconds(5)) != std::future_status::ready;
  CHECK_FALSE(waits);
  std::string read = pipe.read();
  while (writing.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) read += pipe.read();
  CHECK(read.ends_with("a\n"));
  log.say(Loudness::info, "event", "heard again");
  const auto later = pipe.read();
  CHECK(later.find("log.dropped ") < later.find("heard again"));
}

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
