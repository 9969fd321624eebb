// A streamed answer whose last words are made on another device: they are heard while that device speaks, the
// stream is never silent, and it stops when nobody listens.
#include "tests/live/connection.hpp"
#include "tests/live/fleet.hpp"
#include "tests/live/recordings.hpp"

#include <doctest/doctest.h>

using namespace grapevine::live;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

/// Device 0 cannot merge; device 1 can, and speaks slowly, also when it proposes: so many seconds.
struct TwoDevices {
  explicit TwoDevices(unsigned seconds) : time_of_a_call(seconds) {
    fleet.start_all();
    REQUIRE(fleet.wait_willing(0, 2, 10s));
  }
  bool runs_calls(std::size_t device, int number) const {
    return fleet.get(device, "/api/mesh/status").body.find("\"running\":" + std::to_string(number)) !=
           std::string::npos;
  }

  std::chrono::seconds time_of_a_call;
  Recordings recordings;
  Fleet fleet{2, [this](std::size_t i) {
                if (i == 0) return recordings.model("quick", {"bbbb"});
                const auto tokens = static_cast<std::size_t>(10 * time_of_a_call.count());
                return recordings.model(
                    "slow",
                    {.words = std::string(4 * tokens, 'a'), .tokens_per_second = 10, .synthesizes = true});
              }};
};

const std::string first_words = R"("delta":{"content":"a)";

}  // namespace

TEST_CASE("a device elsewhere merges: its first words come long before its last") {
  const TwoDevices two(2);
  Connection client(two.fleet.api_port(0), chat_request(streamed("grapevine:m1k1", "Why?")));
  REQUIRE(client.receive_until(first_words, 10s).find(first_words) != std::string::npos);
  const auto heard = Clock::now();
  const std::string rest = client.receive_until("[DONE]", 10s);
  CHECK(Clock::now() - heard > two.time_of_a_call / 2);
  CHECK(rest.find(R"("merge":"synthesized")") != std::string::npos);
}

TEST_CASE("while devices think for long, a comment says that they do") {
  const TwoDevices two(12);
  Connection client(two.fleet.api_port(0), chat_request(streamed("grapevine:m1k1", "Why?")));
  const std::string one_has_answered = ": asking 1 of 2\n\n";
  REQUIRE(client.receive_until(one_has_answered, 5s).find(one_has_answered) != std::string::npos);
  CHECK(client.receive_until(one_has_answered, 10s).find(one_has_answered) != std::string::npos);
}

TEST_CASE("a client that goes while another device merges takes that device's work with it") {
  const TwoDevices two(2);
  {
    Connection client(two.fleet.api_port(0), chat_request(streamed("grapevine:m1k1", "Why?")));
    REQUIRE(client.receive_until(first_words, 10s).find(first_words) != std::string::npos);
    CHECK(two.runs_calls(1, 1));
  }
  CHECK(wait_until(two.time_of_a_call / 2, [&] { return two.runs_calls(1, 0); }));
}
