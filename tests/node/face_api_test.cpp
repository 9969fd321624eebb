#include "node/api_gate.hpp"
#include "node/api_routes.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

const Gate gate({.listen = {"127.0.0.1", 4780},
                 .allowed_hosts = {"grapes.home.example"},
                 .allowed_origins = {"https://chat.home.example"},
                 .body_bytes_max = 1024},
                4780, "sesame");

std::string code_of(const std::multimap<std::string, std::string>& headers,
                    const std::string& method = "POST") {
  const auto refusal =
      gate.refusal({.method = method, .path = "/health", .query = {}, .headers = headers, .body = ""});
  return refusal ? std::to_string(refusal->status) + " " + refusal->code : "";
}

std::string token_code(const std::multimap<std::string, std::string>& headers) {
  const auto refusal = gate.token_refusal(
      {.method = "POST", .path = "/api/mesh/invites", .query = {}, .headers = headers, .body = ""});
  return refusal ? std::to_string(refusal->status) + " " + refusal->message : "";
}

Route routed(const std::string& method, const std::string& path) {
  return std::get<Routed>(route(method, path)).route;
}
int route_status(const std::string& method, const std::string& path) {
  return std::get<ApiError>(route(method, path)).status;
}

}  // namespace

TEST_CASE("our own hosts pass, with and without the port, in any case") {
  for (const char* host :
       {"127.0.0.1:4780", "127.0.0.1", "localhost:4780", "LOCALHOST", "[::1]:4780", "grapes.home.example"})
    CHECK_MESSAGE(code_of({{"host", host}}) == "", host);
}

TEST_CASE("a foreign Host is refused: DNS rebinding ends here") {
  for (const char* host : {"evil.test", "127.0.0.1:4781", "localhost.evil.test", "", "127.0.0.1 evil.test"})
    CHECK_MESSAGE(code_of({{"host", host}}) == "403 forbidden_host", host);
  CHECK(code_of({}) == "403 forbidden_host");
  CHECK(code_of({{"host", "127.0.0.1"}, {"host", "evil.test"}}) == "403 forbidden_host");
}

TEST_CASE("a web page may call only from an allowed Origin") {
  const std::pair<const std::string, std::string> host{"host", "localhost:4780"};
  const std::pair<const std::string, std::string> json{"content-type", "application/json"};
  CHECK(code_of({host, json, {"origin", "http://localhost:4780"}}) == "");
  CHECK(code_of({host, json, {"origin", "https://chat.home.example"}}) == "");
  CHECK(code_of({host, json, {"origin", "https://evil.test"}}) == "403 forbidden_origin");
  CHECK(code_of({host, json, {"origin", "null"}}) == "403 forbidden_origin");
}

TEST_CASE("a browser must send JSON, curl need not say what it sends") {
  const std::pair<const std::string, std::string> host{"host", "localhost:4780"};
  CHECK(code_of({host, {"sec-fetch-site", "cross-site"}, {"content-type", "text/plain"}}) == "415 not_json");
  CHECK(code_of({host, {"content-type", "application/x-www-form-urlencoded"}}) == "");
  CHECK(code_of({host, {"transfer-encoding", "chunked"}}) == "411 length_required");
}

TEST_CASE("none, short, long and wrong tokens are refused alike") {
  const auto none = token_code({});
  CHECK(none.starts_with("401 "));
  for (const char* given :
       {"Bearer ", "Bearer sesam", "Bearer sesame ", "Bearer sesams", "sesame", "Basic sesame"})
    CHECK_MESSAGE(token_code({{"authorization", given}}) == none, given);
  CHECK(token_code({{"authorization", "Bearer sesame"}}) == "");
}

TEST_CASE("a node without a token lets nobody change the mesh") {
  const Gate closed({}, 4780, "");
  CHECK(closed
            .token_refusal({.method = "POST",
                            .path = "",
                            .query = {},
                            .headers = {{"authorization", "Bearer "}},
                            .body = ""})
            .has_value());
}

TEST_CASE("routes are found with their argument") {
  CHECK(routed("POST", "/v1/chat/completions") == Route::chat);
  CHECK(routed("GET", "/v1/models") == Route::models);
  CHECK(std::get<Routed>(route("GET", "/v1/models/llama3.2:3b@kitchen")).argument == "llama3.2:3b@kitchen");
  CHECK(std::get<Routed>(route("GET", "/api/mesh/names/robot")).argument == "robot");
  CHECK(routed("POST", "/api/mesh/names") == Route::claim);
  CHECK(routed("POST", "/api/mesh/names/renew") == Route::renew);
  CHECK(routed("POST", "/api/mesh/transfers/accept") == Route::accept);
  CHECK(std::get<Routed>(route("GET", "/api/mesh/whois/robot")).argument == "robot");
}

TEST_CASE("an unknown route is 404, another method 405 with what there is") {
  CHECK(route_status("GET", "/v2/models") == 404);
  CHECK(route_status("POST", "/v1/responses") == 404);
  CHECK(route_status("GET", "/api/mesh/names/") == 404);
  CHECK(route_status("GET", "/../etc/passwd") == 404);
  const auto wrong = std::get<ApiError>(route("GET", "/v1/chat/completions"));
  CHECK(wrong.status == 405);
  CHECK(wrong.message == "this route answers to POST");
}

TEST_CASE("what changes the mesh needs the token, and only that") {
  CHECK(needs_token(Route::invite));
  for (const auto route :
       {Route::claim, Route::renew, Route::retire, Route::transfer, Route::accept, Route::pin})
    CHECK(needs_token(route));
  CHECK_FALSE(needs_token(Route::chat));
  CHECK_FALSE(needs_token(Route::peers));
  CHECK_FALSE(needs_token(Route::names));
  CHECK_FALSE(needs_token(Route::whois));
  CHECK_FALSE(needs_token(Route::trust));
}

TEST_CASE("errors have the form OpenAI clients read") {
  CHECK(
      error_body(bad_request("messages", "is missing")) ==
      R"({"error":{"message":"is missing","type":"invalid_request_error","param":"messages","code":null}})");
}

TEST_CASE("overload is 429 with a wait between 1 and 120 seconds") {
  const auto header = [](Duration wait, const std::string& name) {
    for (const auto& [key, value] :
         to_response(api_error(moa::Refused{moa::Refused::Reason::overloaded, wait, "busy"})).headers)
      if (key == name) return value;
    return std::string();
  };
  CHECK(header(10ms, "Retry-After") == "1");
  CHECK(header(7200ms, "Retry-After") == "8");
  CHECK(header(1h, "Retry-After") == "120");
  CHECK(header(1s, "x-should-retry") == "true");
}

TEST_CASE("why there is no answer decides the status") {
  using Reason = moa::Refused::Reason;
  const auto status = [](Reason reason) { return api_error(moa::Refused{reason, 5s, ""}).status; };
  CHECK(status(Reason::overloaded) == 429);
  CHECK(status(Reason::too_many) == 429);
  CHECK(status(Reason::no_model) == 503);
  CHECK(status(Reason::deadline) == 504);
  CHECK(status(Reason::too_big) == 413);
  CHECK(to_response(api_error(moa::Refused{Reason::deadline, {}, ""})).headers.front().second == "false");
}

TEST_CASE("times are RFC 3339") {
  CHECK(rfc3339(WallTime(std::chrono::milliseconds(1'795'214'467'123))) == "2026-11-20T22:41:07Z");
}
