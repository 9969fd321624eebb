#include "tests/live/fleet.hpp"

#include <csignal>
#include <fstream>
#include <thread>

#include <doctest/doctest.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace std::chrono_literals;
using grapevine::live::Fleet;
using grapevine::live::free_port;

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* question = R"({"model":"local","messages":[{"role":"user","content":"why?"}]})";
constexpr const char* streamed_question =
    R"({"model":"local","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"why?"}]})";

/// One daemon whose model says "Because it is so." at a pace; 0: at once.
struct Device {
  explicit Device(unsigned tokens_per_second, const std::string& words = "Because it is so.")
      : answers(std::filesystem::temp_directory_path() /
                ("grapevine-http-" + std::to_string(::getpid()) + ".json")),
        fleet(1, [&](std::size_t) {
          std::ofstream(answers) << R"([{"instruction":"*","generator":"parrot","output":")" << words
                                 << "\"}]";
          return "[[model]]\nkind = \"recorded\"\nname = \"parrot\"\nfile = \"" + answers.string() +
                 "\"\ntokens_per_second = " + std::to_string(tokens_per_second) + "\n";
        }) {
    fleet.start(0);
  }
  ~Device() { std::filesystem::remove(answers); }

  httplib::Client client() const {
    httplib::Client made("127.0.0.1", fleet.api_port(0));
    made.set_read_timeout(20s);
    return made;
  }
  /// Waits until the model runs nothing; how long that took.
  Clock::duration until_idle() const {
    const auto begun = Clock::now();
    while (fleet.get(0, "/api/mesh/status").body.find("\"running\":0") == std::string::npos &&
           Clock::now() - begun < 10s)
      std::this_thread::sleep_for(10ms);
    return Clock::now() - begun;
  }

  std::filesystem::path answers;
  Fleet fleet;
};

/// A connection on which anything may be sent.
class RawClient {
 public:
  RawClient(std::uint16_t port, const std::string& bytes) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
    send(bytes);
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { ::close(socket_); }
  void send(const std::string& bytes) { (void)::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  /// What comes in that time; stops at the other side's end.
  std::string receive(std::chrono::milliseconds at_most) {
    const auto micro = std::chrono::duration_cast<std::chrono::microseconds>(at_most).count();
    const timeval time{static_cast<time_t>(micro / 1'000'000), static_cast<suseconds_t>(micro % 1'000'000)};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    char buffer[4096];
    const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
    return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : std::string();
  }

 private:
  int socket_;
};

std::string posted(const std::string& body, const std::string& host) {
  return "POST /v1/chat/completions HTTP/1.1\r\nHost: " + host +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

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
  const auto reply = device.fleet.post(0, "/v1/chat/completions", streamed_question);
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
  RawClient client(device.fleet.api_port(0), posted(streamed_question, "localhost"));
  CHECK(client.receive(2s).find("text/event-stream") != std::string::npos);
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

TEST_CASE("bad requests get OpenAI's errors") {
  const Device device(0);
  auto client = device.client();
  const auto status = [&](const std::string& body) {
    return client.Post("/v1/chat/completions", body, "application/json")->status;
  };
  CHECK(status("{") == 400);
  CHECK(status(R"({"model":"local"})") == 400);
  CHECK(status(R"({"model":"gpt-4","messages":[{"role":"user","content":"x"}]})") == 404);
  CHECK(status(R"({"model":"local","messages":[{"role":"user","content":")" + std::string(131'073, 'a') +
               "\"}]}") == 413);
  CHECK(status(std::string(1024 * 1024 + 1, ' ')) == 413);
  CHECK(client.Get("/v1/chat/completions")->status == 405);
  CHECK(client.Delete("/v1/models")->status == 405);
  const auto unknown = client.Get("/v1/embeddings");
  CHECK(unknown->status == 404);
  CHECK(unknown->body.find(R"("code":"unsupported_route")") != std::string::npos);
}

TEST_CASE("curl need not say what it sends, however long") {
  const Device device(0);
  const std::string long_one =
      R"({"model":"local","messages":[{"role":"user","content":")" + std::string(20'000, 'a') + "\"}]}";
  CHECK(device.client().Post("/v1/chat/completions", long_one, "application/x-www-form-urlencoded")->status ==
        200);
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
  for (const char* body : {streamed_question, question}) {
    {
      RawClient client(device.fleet.api_port(0), posted(body, "localhost"));
      std::this_thread::sleep_for(300ms);
      REQUIRE(device.fleet.get(0, "/api/mesh/status").body.find("\"running\":1") != std::string::npos);
    }
    CHECK(device.until_idle() < 1s);
  }
}

TEST_CASE("clients that trickle are cut, and others are served meanwhile") {
  const Device device(0);
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 16; ++i)
    slow.push_back(std::make_unique<RawClient>(device.fleet.api_port(0), "GET /health HT"));
  CHECK(device.fleet.get(0, "/health").status == 200);
  const auto begun = Clock::now();
  for (int i = 0; i < 12; ++i) {  // one byte each half second: never silent for long
    for (auto& client : slow) client->send("T");
    std::this_thread::sleep_for(500ms);
  }
  (void)slow.front()->receive(100ms);  // whatever it was told
  CHECK(slow.front()->receive(2s).empty());
  CHECK(Clock::now() - begun < 8s);
}

TEST_CASE("a second daemon on one home, and on one port, ends with a line") {
  const Device device(0);
  CHECK(device.fleet.run(0, "up").status == 1);
  CHECK(device.fleet.log(0).find("runs on this home") != std::string::npos);
  const auto other = (device.fleet.folder(0) / "other").string();
  REQUIRE(device.fleet.run(0, "init --data '" + other + "'").status == 0);
  CHECK(device.fleet.run(0, "up --data '" + other + "'").status == 1);
  CHECK(device.fleet.log(0).find("Address already in use") != std::string::npos);
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

TEST_CASE("a daemon with a question in hand still ends in time") {
  Device device(1, std::string(4'000, 'a'));
  RawClient client(device.fleet.api_port(0), posted(streamed_question, "localhost"));
  std::this_thread::sleep_for(200ms);
  device.fleet.signal(0, SIGTERM);
  CHECK(device.fleet.wait_end(0, 5s) == 0);
}
