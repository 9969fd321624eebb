// Model servers behind daemons: of both protocols, well-behaved and hostile. One bad server costs a voice,
// not the answer.
#include "tests/live/connection.hpp"
#include "tests/live/fleet.hpp"
#include "tests/live/provenance.hpp"
#include "tests/live/recordings.hpp"
#include "tests/live/stubs/stub_process.hpp"

#include <list>

#include <doctest/doctest.h>

using namespace grapevine::live;
using namespace std::chrono_literals;
using grapevine::stub::StubProcess;

namespace {

using Flags = std::vector<std::string>;

/// Devices whose models are stub servers, each started with its flags; without flags, a recorded model.
class Served {
 public:
  explicit Served(const std::vector<Flags>& flags)
      : fleet(flags.size(), [&](std::size_t i) { return flags[i].empty() ? parrot() : served(flags[i]); }) {
    fleet.start_all();
    REQUIRE(fleet.wait_alive(0, flags.size(), 10s));
    REQUIRE(fleet.wait_willing(0, flags.size(), 10s));
  }
  HttpReply ask(const std::string& model, int seconds) const {
    return fleet.post(0, "/v1/chat/completions",
                      R"({"model":")" + model + R"(","grapevine":{"deadline_s":)" + std::to_string(seconds) +
                          R"(},"messages":[{"role":"user","content":"What is the answer?"}]})");
  }
  void end_servers() { stubs_.clear(); }

 private:
  std::string parrot() const { return recordings_.model("parrot", {"Forty-two."}); }
  std::string served(const Flags& flags) {
    const bool ollama = std::find(flags.begin(), flags.end(), "ollama") != flags.end();
    stubs_.emplace_back(flags);
    // Merging stays at home, so that a test knows whose words it gets.
    return "[moa]\ndelegate = \"never\"\n[[model]]\nkind = \"" + std::string(ollama ? "ollama" : "openai") +
           "\"\nurl = \"" + stubs_.back().url() + "\"\nname = \"stub\"\n";
  }
  Recordings recordings_;
  std::list<StubProcess> stubs_;

 public:
  Fleet fleet;
};

}  // namespace

TEST_CASE("servers of both protocols propose, and the asking device's merges") {
  const Served three({{"--answer", "Merged words."},
                      {"--protocol", "ollama", "--answer", "Words of one."},
                      {"--answer", "Words of another."}});
  const auto reply = three.ask("grapevine:m1k2", 20);
  REQUIRE(reply.status == 200);
  CHECK(content_of(reply) == "Merged words.");
  CHECK(provenance_of(reply).at("merge") == "synthesized");
  CHECK(who(reply, "answered") == "device-0 device-1 device-2");
  CHECK(is_used(reply, "device-1"));
  CHECK(is_used(reply, "device-2"));
}

TEST_CASE("servers that talk nonsense, fail or are gone cost a voice each") {
  Served five({{},
               {"--mode", "garbage"},
               {"--mode", "error500"},
               {"--protocol", "ollama", "--mode", "trouble"},
               {"--protocol", "ollama", "--mode", "deep"}});
  const auto reply = five.ask("grapevine:m1k4", 20);
  REQUIRE(reply.status == 200);
  CHECK(content_of(reply) == "Forty-two.");
  CHECK(who(reply, "failed") == "device-1 device-2 device-3 device-4");
  five.end_servers();
  CHECK(content_of(five.ask("grapevine:m1k4", 20)) == "Forty-two.");
  for (std::size_t i = 0; i < 5; ++i) CHECK(five.fleet.get(i, "/health").status == 200);
}

TEST_CASE("servers that hang, trickle or never stop are waited for no longer than the deadline") {
  const Served five({{},
                     {"--mode", "hang"},
                     {"--mode", "trickle"},
                     {"--mode", "endless"},
                     {"--protocol", "ollama", "--mode", "longline"}});
  const auto begun = std::chrono::steady_clock::now();
  const auto reply = five.ask("grapevine:m1k4", 4);
  CHECK(std::chrono::steady_clock::now() - begun < 6s);
  REQUIRE(reply.status == 200);
  CHECK(who(reply, "answered").starts_with("device-0"));
  CHECK_FALSE(is_used(reply, "device-1"));
  for (std::size_t i = 0; i < 5; ++i)
    CHECK(wait_until(10s, [&] {
      return Json::parse(five.fleet.get(i, "/api/mesh/status").body).at("queue").at("running") == 0;
    }));
}

TEST_CASE("a question nobody can answer in time is refused, not kept") {
  const Served one({Flags{"--mode", "hang"}});
  const auto reply = one.ask("local", 1);
  CHECK(reply.status == 504);
  CHECK(Json::parse(reply.body).at("error").at("message").is_string());
}

TEST_CASE("a client that goes is heard by the model server") {
  const Served one({Flags{"--mode", "endless"}});
  const auto running = [&] {
    return Json::parse(one.fleet.get(0, "/api/mesh/status").body).at("queue").at("running").get<int>();
  };
  {
    Connection asking(one.fleet.api_port(0), chat_request(streamed("local", "Why?")));
    CHECK(asking.receive_until(R"("delta":{"content":"w)", 3s).size() > 0);
  }
  CHECK(wait_until(10s, [&] { return running() == 0; }));
}
