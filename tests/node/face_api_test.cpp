#include "node/api_gate.hpp"
#include "node/api_names.hpp"
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

bool leads_to(const std::string& method, const std::string& path, decltype(Route::does) there) {
  return route(method, path)->route->does == there;
}
int route_status(const std::string& method, const std::string& path) {
  return route(method, path).error().status;
}

/// A desk whose loop has ended: who is let in hears 503, or what is wrong with the request.
struct Closing {
  Inbox<Handed> inbox{1};
  Front front{inbox};
  Desk desk{gate, {}, KeyRing(""), front, [](Time) { return Surroundings{}; }};
  Closing() { inbox.close(); }

  int status(const std::string& method, const std::string& path, const std::string& token = "") {
    const auto reply = desk.take({.method = method,
                                  .path = path,
                                  .query = {},
                                  .headers = {{"host", "localhost"}, {"authorization", "Bearer " + token}},
                                  .body = ""});
    return std::get<ApiResponse>(reply).status;
  }
};

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

TEST_CASE("only pages of allowed Origins are told that they may read") {
  const auto from = [](const std::string& origin, const std::string& method) {
    return ApiRequest{.method = method,
                      .path = "/health",
                      .query = {},
                      .headers = {{"host", "localhost:4780"},
                                  {"origin", origin},
                                  {"access-control-request-method", "POST"}},
                      .body = ""};
  };
  CHECK(gate.sharing(from("https://Chat.home.example", "GET")).front().second == "https://Chat.home.example");
  CHECK(gate.preflight(from("https://chat.home.example", "OPTIONS")).has_value());
  CHECK_FALSE(gate.preflight(from("https://chat.home.example", "GET")).has_value());
  for (const char* origin : {"https://evil.test", "null", "http://localhost:4780", "http://localhost"}) {
    CAPTURE(origin);
    CHECK(gate.sharing(from(origin, "GET")).empty());
    CHECK_FALSE(gate.preflight(from(origin, "OPTIONS")).has_value());
  }
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
  CHECK(leads_to("POST", "/v1/chat/completions", &Desk::ask));
  CHECK(leads_to("GET", "/api/mesh/names", names_json));
  CHECK(leads_to("GET", "/api/mesh/names/robot", name_json));
  CHECK(leads_to("POST", "/api/mesh/names", claim_name));
  CHECK(leads_to("POST", "/api/mesh/names/renew", renew_names));
  CHECK(leads_to("POST", "/api/mesh/transfers/accept", accept_name));
  CHECK(route("GET", "/v1/models/llama3.2:3b@kitchen")->argument == "llama3.2:3b@kitchen");
  CHECK(route("GET", "/api/mesh/names/robot")->argument == "robot");
  CHECK(route("GET", "/api/mesh/whois/robot")->argument == "robot");
}

TEST_CASE("an unknown route is 404, another method 405 with what there is") {
  CHECK(route_status("GET", "/v2/models") == 404);
  CHECK(route_status("POST", "/v1/responses") == 404);
  CHECK(route_status("GET", "/api/mesh/names/") == 404);
  CHECK(route_status("GET", "/../etc/passwd") == 404);
  const auto wrong = route("GET", "/v1/chat/completions").error();
  CHECK(wrong.status == 405);
  CHECK(wrong.message == "this route answers to POST");
}

TEST_CASE("what changes the mesh needs the token, and only that") {
  Closing node;
  for (const char* change :
       {"names", "names/renew", "names/retire", "transfers", "transfers/accept", "pins", "invites", "events",
        "verdicts", "rotations", "suspensions", "retirements", "revocations"}) {
    const std::string path = std::string("/api/mesh/") + change;
    CHECK_MESSAGE(node.status("POST", path) == 401, path);
    CHECK_MESSAGE(node.status("POST", path, "sesam") == 401, path);
    CHECK_MESSAGE(node.status("POST", path, "sesame") != 401, path);
  }
  for (const char* look : {"status", "peers", "doctor", "names", "names/robot", "lookup", "whois/robot",
                           "trust", "events", "revocations/robot"})
    CHECK_MESSAGE(node.status("GET", std::string("/api/mesh/") + look) == 503, look);
  CHECK(node.status("POST", "/v1/chat/completions") == 400);  // it has no body
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
