// What a daemon says to requests it cannot grant: always an error object of OpenAI's shape, and it stays as
// it was.
#include "tests/live/fleet.hpp"
#include "tests/live/provenance.hpp"
#include "tests/live/recordings.hpp"

#include <doctest/doctest.h>
#include <httplib.h>

using namespace grapevine::live;
using namespace std::chrono_literals;

namespace {

struct OneDevice {
  OneDevice() { fleet.start(0); }
  httplib::Client client() const { return httplib::Client("127.0.0.1", fleet.api_port(0)); }
  HttpReply chat(const std::string& json) const { return fleet.post(0, "/v1/chat/completions", json); }

  Recordings recordings;
  Fleet fleet{1, [this](std::size_t) { return recordings.model("parrot", {"Because it is so."}); }};
};

std::string asking(const std::string& content, const std::string& more = "") {
  return R"({"model":"grapevine","messages":[{"role":"user","content":)" + content + "}]" + more + "}";
}

/// Whether a refusal has this status, and the four members every OpenAI client reads.
void check_refusal(int status, const std::string& body, int wanted, const std::string& code) {
  CAPTURE(body.substr(0, 200));
  CHECK(status == wanted);
  const Json error = Json::parse(body).at("error");
  CHECK_FALSE(error.at("message").get<std::string>().empty());
  CHECK(error.at("type").is_string());
  CHECK(error.contains("param"));
  if (!code.empty()) CHECK(error.at("code") == code);
}

}  // namespace

TEST_CASE("a request that is none is told what is wrong with it") {
  const OneDevice device;
  const auto refused = [&](const std::string& json, int wanted, const std::string& code = "") {
    const auto reply = device.chat(json);
    check_refusal(reply.status, reply.body, wanted, code);
  };
  for (const char* none : {"", "{", "not JSON", "[]", "7", "{\"model\":\"grapevine\"}", "\xff\xfe"})
    refused(none, 400);
  for (const char* content : {"\"\"", "\" \\n\"", "7", "null", "{}", R"([{"type":"image_url"}])"})
    refused(asking(content), 400);
  for (const char* more : {R"(,"stream":"yes")", R"(,"temperature":9)", R"(,"n":2)",
                           R"(,"grapevine":{"layers":9})", R"(,"tools":[{}])", R"(,"max_tokens":-1)"})
    refused(asking("\"Why?\"", more), 400);
  refused(asking('"' + std::string(128 * 1024 + 1, 'a') + '"'), 413, "prompt_too_large");
  refused(std::string(1024 * 1024 + 1, ' '), 413, "body_too_large");
  refused(R"({"model":"grapevine","messages":)" + std::string(200'000, '['), 400);
  CHECK(device.chat(asking("\"Why?\"")).status == 200);
}

TEST_CASE("a conversation is taken up to its longest and refused above it") {
  const OneDevice device;
  const auto conversation = [&](std::size_t turns) {
    std::string messages;
    for (std::size_t i = 1; i < turns; ++i) messages += R"({"role":"assistant","content":"So?"},)";
    return R"({"model":"local","messages":[)" + messages + R"({"role":"user","content":"Why?"}]})";
  };
  CHECK(device.chat(conversation(64)).status == 200);
  for (const std::size_t turns : {65u, 257u}) {
    const auto reply = device.chat(conversation(turns));
    CHECK((reply.status == 400 || reply.status == 413));
    check_refusal(reply.status, reply.body, reply.status, "");
  }
  CHECK(device.fleet.get(0, "/health").status == 200);
}

TEST_CASE("an unknown model is answered with those there are") {
  const OneDevice device;
  for (const char* model : {"gpt-4", "parrot@device-9", "grapevine:m9k9", "grapevine:", "\\u0000"}) {
    const auto reply = device.chat(R"({"model":")" + std::string(model) +
                                   R"(","messages":[{"role":"user","content":"Why?"}]})");
    CAPTURE(model);
    CHECK((reply.status == 404 || reply.status == 400));
    check_refusal(reply.status, reply.body, reply.status, "");
  }
  const auto reply = device.chat(R"({"model":"gpt-4","messages":[{"role":"user","content":"Why?"}]})");
  CHECK(reply.body.find("parrot@device-0") != std::string::npos);
}

TEST_CASE("routes, methods, hosts and tokens that are not ours are refused in the same shape") {
  const OneDevice device;
  auto client = device.client();
  const auto refused = [](const httplib::Result& reply, int wanted, const std::string& code = "") {
    REQUIRE(reply);
    check_refusal(reply->status, reply->body, wanted, code);
  };
  refused(client.Get("/v1/embeddings"), 404, "unsupported_route");
  refused(client.Get("/v1/chat/completions"), 405, "method_not_allowed");
  refused(client.Delete("/api/mesh/peers"), 405);
  refused(client.Get("/health", {{"Host", "evil.example"}}), 403);
  refused(client.Get("/health", {{"Origin", "https://evil.example"}}), 403);
  refused(client.Post("/v1/chat/completions", {{"Origin", "null"}}, asking("\"Why?\""), "text/plain"), 403);
  refused(client.Post("/api/mesh/invites", "{}", "application/json"), 401);
  refused(client.Post("/api/mesh/names", {{"Authorization", "Bearer " + std::string(52, 'a')}},
                      R"({"name":"robot"})", "application/json"),
          401);
  refused(client.Get("/api/mesh/lookup"), 400);
  refused(client.Get("/api/mesh/lookup?name=Not%20A%20Name"), 400);
  refused(client.Get("/api/mesh/lookup?name=nobody-here"), 404);
  CHECK(client.Get("/health")->status == 200);
}
