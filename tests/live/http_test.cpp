// What one daemon says over HTTP, and through the command line.
#include "tests/live/connection.hpp"
#include "tests/live/fleet.hpp"
#include "tests/live/recordings.hpp"

#include <cstdlib>
#include <list>
#include <thread>

#include <doctest/doctest.h>
#include <httplib.h>

using namespace std::chrono_literals;
using namespace grapevine::live;

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* question = R"({"model":"local","messages":[{"role":"user","content":"why?"}]})";

/// One daemon whose model says these words at a pace; 0: at once.
struct Device {
  explicit Device(unsigned tokens_per_second, const std::string& words = "Because it is so.")
      : fleet(1, [&](std::size_t) {
          return recordings.model("parrot", {words, tokens_per_second});
        }) {
    fleet.start(0);
  }
  httplib::Client client() const {
    httplib::Client made("127.0.0.1", fleet.api_port(0));
    made.set_read_timeout(20s);
    return made;
  }
  bool runs_calls(int number) const {
    return fleet.get(0, "/api/mesh/status").body.find("\"running\":" + std::to_string(number)) !=
           std::string::npos;
  }

  Recordings recordings;
  Fleet fleet;
};

}  // namespace

TEST_CASE("a completion says what, and where it came from") {
  const Device device(0);
  const auto reply = device.fleet.post(0, "/v1/chat/completions", question);
  CHECK(reply.status == 200);
  CHECK(reply.body.find(R"("content":"Because it is so.")") != std::string::npos);
  CHECK(reply.body.find(R"("merge":"alone")") != std::string::npos);
  CHECK(reply.header("X-Grapevine-Shape") == "m0k0");
  CHECK(reply.header("X-Grapevine-Nodes") == "device-0");
}

TEST_CASE("a stream is role, words, reason, usage, end") {
  const Device device(0);
  const auto reply = device.fleet.post(0, "/v1/chat/completions", streamed("local", "why?"));
  CHECK(reply.status == 200);
  CHECK(reply.header("Content-Type") == "text/event-stream");
  const auto at = [&](const std::string& what) { return reply.body.find(what); };
  CHECK(at(R"("delta":{"role":"assistant")") < at(R"("delta":{"content":)"));
  CHECK(at(R"("delta":{"content":)") < at(R"("finish_reason":"stop")"));
  CHECK(at(R"("finish_reason":"stop")") < at(R"("choices":[],"usage")"));
  CHECK(reply.body.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("the first words come long before the last") {
  const Device device(4, std::string(80, 'a'));  // 20 tokens: 5 s
  const auto begun = Clock::now();
  Connection client(device.fleet.api_port(0), chat_request(streamed("local", "why?")));
  CHECK(client.receive_until(R"("delta":{"content":"a)", 2s).find("text/event-stream") != std::string::npos);
  CHECK(Clock::now() - begun < 2s);
}

TEST_CASE("foreign Hosts and Origins are refused on every route") {
  const Device device(0);
  auto client = device.client();
  for (const char* path : {"/health", "/v1/models", "/api/mesh/peers", "/nowhere"}) {
    CHECK(client.Get(path, {{"Host", "evil.test"}})->status == 403);
    CHECK(client.Get(path, {{"Origin", "https://evil.test"}})->status == 403);
  }
  CHECK(client.Get("/health")->status == 200);
}

TEST_CASE("a page of an allowed Origin may ask and read, and no other page learns of that") {
  ::setenv("GRAPEVINE_API_ALLOWED_ORIGINS", "https://chat.home.example", 1);
  const Device device(0);
  ::unsetenv("GRAPEVINE_API_ALLOWED_ORIGINS");
  auto client = device.client();
  const auto told = [](const httplib::Result& reply) {
    return reply->get_header_value("Access-Control-Allow-Origin");
  };
  const std::string page = "https://chat.home.example";
  const httplib::Headers from_page{{"Origin", page}, {"Access-Control-Request-Method", "POST"}};
  const auto preflight = client.Options("/v1/chat/completions", from_page);
  CHECK(preflight->status == 200);
  CHECK(preflight->get_header_value("Access-Control-Allow-Headers").find("Authorization") !=
        std::string::npos);
  CHECK(preflight->get_header_value("Vary") == "Origin");
  CHECK(told(preflight) == page);
  for (const auto& body : {streamed("local", "why?"), std::string(question), std::string("no question")})
    CHECK(told(client.Post("/v1/chat/completions", from_page, body, "application/json")) == page);
  CHECK(told(client.Get("/nowhere", from_page)) == page);

  const auto own = "http://127.0.0.1:" + std::to_string(device.fleet.api_port(0));
  for (const auto& other : {std::string("https://evil.test"), std::string("null"), own}) {
    CAPTURE(other);
    const httplib::Headers from_other{{"Origin", other}, {"Access-Control-Request-Method", "POST"}};
    CHECK(client.Options("/v1/chat/completions", from_other)->status >= 400);
    CHECK(told(client.Options("/v1/chat/completions", from_other)) == "");
    CHECK(told(client.Get("/health", from_other)) == "");
  }
  CHECK(told(client.Get("/health")) == "");
}

TEST_CASE("curl need not say what it sends, however long") {
  const Device device(0);
  const std::string long_one =
      R"({"model":"local","messages":[{"role":"user","content":")" + std::string(20'000, 'a') + "\"}]}";
  CHECK(device.client().Post("/v1/chat/completions", long_one, "application/x-www-form-urlencoded")->status ==
        200);
}

TEST_CASE("what a body holds is never taken for a request") {
  const Device device(0);
  const std::string smuggled = chat_request(question);
  const auto after = [&](const std::string& line, const std::string& type) {
    Connection client(device.fleet.api_port(0),
                      line + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type +
                          "\r\nContent-Length: " + std::to_string(smuggled.size()) + "\r\n\r\n" + smuggled);
    return client.receive_until("Because it is so.", 4s);
  };
  const std::string form = "multipart/form-data; boundary=x";
  for (const auto& [line, type] : std::vector<std::pair<std::string, std::string>>{
           {"POST /v1/chat/completions", form},
           {"DELETE /health", form},
           {"GET /health", "text/plain"},
           {"HEAD /", "text/plain"},
           {"OPTIONS /v1/chat/completions", "text/plain"},
           {"POST /" + std::string(9'000, 'a'), "text/plain"},                        // too long a path
           {"POST /health", "text/plain\r\nRange: all of it"},                        // no range
           {"POST /health", "text/plain\r\nTransfer-Encoding: gzip"},                 // an end seen elsewhere
           {"POST /health", "text/plain\r\nContent-Length: 0\r\nX: two lengths"}}) {  // likewise
    const auto answers = after(line, type);
    CAPTURE(line + " " + type);
    CHECK(answers.starts_with("HTTP/1.1 "));
    CHECK(answers.rfind("HTTP/1.1 ") == 0);
    CHECK(answers.find("Connection: close") != std::string::npos);
  }
}

TEST_CASE("a connection serves one request after the other") {
  const Device device(0);
  Connection client(device.fleet.api_port(0), chat_request(question) + chat_request(question) +
                                                  "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto answers = client.receive_until("alive", 4s);
  CHECK(answers.find("Because it is so.") != answers.rfind("Because it is so."));
  CHECK(answers.find("alive") != std::string::npos);
}

TEST_CASE("a body over the limit is refused, also one that unpacks to more, and the client can read that") {
  const Device device(0);
  for (const bool packed : {false, true}) {
    auto client = device.client();
    client.set_compress(packed);
    const auto reply = client.Post("/v1/chat/completions", std::string(3 << 20, 'a'), "text/plain");
    REQUIRE(reply);
    CHECK(reply->status == 413);
    CHECK(reply->body.find("body_too_large") != std::string::npos);
  }
}

TEST_CASE("changes need the token") {
  const Device device(0);
  auto client = device.client();
  CHECK(client.Post("/api/mesh/invites", "{}", "application/json")->status == 401);
  CHECK(
      client
          .Post("/api/mesh/names", {{"Authorization", "Bearer x"}}, R"({"name":"robot"})", "application/json")
          ->status == 401);
  const auto invite = device.fleet.run(0, "invite --for 1h");
  CHECK(invite.status == 0);
  CHECK(invite.out.starts_with("grapevine join gv1-"));
}

TEST_CASE("a client that goes takes its work with it, streamed or not") {
  const Device device(1, std::string(4'000, 'a'));  // 1000 s
  for (const auto& body : {streamed("local", "why?"), std::string(question)}) {
    {
      const Connection client(device.fleet.api_port(0), chat_request(body));
      REQUIRE(wait_until(10s, [&] { return device.runs_calls(1); }));
    }
    CHECK(wait_until(10s, [&] { return device.runs_calls(0); }));
  }
}

TEST_CASE("clients that trickle are cut, and others are served meanwhile") {
  const Device device(0);
  std::list<Connection> slow;
  for (int i = 0; i < 16; ++i) slow.emplace_back(device.fleet.api_port(0), "GET /health HT");
  CHECK(device.fleet.get(0, "/health").status == 200);
  for (int i = 0; i < 12; ++i) {  // one byte each half second: never silent for long
    for (auto& client : slow) client.send("T");
    std::this_thread::sleep_for(500ms);
  }
  for (auto& client : slow) CHECK(client.ends_within(10s));
}

TEST_CASE("the command line shows the node as it is") {
  const Device device(0);
  CHECK(device.fleet.run(0, "status --json").out.find("\"ready\":true") != std::string::npos);
  CHECK(device.fleet.run(0, "ask 'why?'").out == "Because it is so.\n");
  CHECK(device.fleet.run(0, "lookup nobody").status == 3);
  CHECK(device.fleet.run(0, "name claim 'No Name'").status == 1);
  CHECK(device.fleet.run(0, "name claim robot").status == 0);
  CHECK(device.fleet.run(0, "lookup robot").status == 4);
  CHECK(device.fleet.run(0, "lookup robot --provisional").status == 0);
}
