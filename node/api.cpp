#include "node/api.hpp"

#include "node/json.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>

#include <nlohmann/json.hpp>

namespace grapevine::node {

namespace {

// Clients give up on waits above 120 s, and take 0 for "at once".
constexpr Duration wait_least = 1s;
constexpr Duration wait_most = 120s;

nlohmann::ordered_json or_null(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}

}  // namespace

const std::string* ApiRequest::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? nullptr : &found->second;
}

ApiResponse to_response(const ApiError& error) {
  ApiResponse response;
  response.status = error.status;
  response.body = error_body(error);
  response.headers.emplace_back("x-should-retry", error.retry_after ? "true" : "false");
  if (error.retry_after) {
    const Duration wait = std::clamp(*error.retry_after, wait_least, wait_most);
    response.headers.emplace_back("Retry-After", std::to_string(static_cast<int>(std::ceil(seconds(wait)))));
  }
  if (error.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

std::string error_body(const ApiError& error) {
  return text_of({{"error",
                   {{"message", error.message},
                    {"type", error.type},
                    {"param", or_null(error.param)},
                    {"code", or_null(error.code)}}}});
}

Result<nlohmann::json, ApiError> parse_object(std::string_view body) {
  auto json = parse_json(body.empty() ? "{}" : body);
  if (!json || !json->is_object()) return fail(bad_request("", "the body is no JSON object"));
  return *std::move(json);
}

ApiError bad_request(std::string param, std::string message) {
  return {.status = 400, .param = std::move(param), .message = std::move(message)};
}

ApiError not_found(std::string code, std::string message) {
  return {.status = 404, .code = std::move(code), .message = std::move(message)};
}

ApiError api_error(const Error& error) {
  ApiError made{.code = std::string(name(error.code)), .message = error.text};
  switch (error.code) {
    case Code::malformed:
    case Code::not_canonical:
    case Code::bad_signature:
    case Code::expired:
    case Code::early: made.status = 400; break;
    case Code::too_big: made.status = 413; break;
    case Code::unknown: made.status = 404; break;
    case Code::refused: made.status = 403; break;
    case Code::conflict: made.status = 409; break;
    case Code::full: made.status = 429, made.type = "rate_limit_exceeded", made.retry_after = 60s; break;
    case Code::unavailable: made.status = 503, made.type = "unavailable", made.retry_after = 5s; break;
    case Code::storage: made.status = 500, made.type = "internal"; break;
  }
  return made;
}

ApiError api_error(const moa::Refused& refused) {
  using Reason = moa::Refused::Reason;
  switch (refused.reason) {
    case Reason::overloaded:
    case Reason::too_many:
      return {.status = 429,
              .type = "rate_limit_exceeded",
              .code = "rate_limit_exceeded",
              .message = refused.text,
              .retry_after = refused.wait};
    case Reason::no_model:
      return {
          .status = 503, .type = "no_model", .code = "no_model", .message = refused.text, .retry_after = 5s};
    case Reason::deadline:
      return {
          .status = 504, .type = "deadline_exceeded", .code = "deadline_exceeded", .message = refused.text};
    case Reason::too_big:
      return {.status = 413, .code = "prompt_too_large", .param = "messages", .message = refused.text};
    case Reason::failed: break;
  }
  return {
      .status = 503, .type = "no_model", .code = "all_failed", .message = refused.text, .retry_after = 5s};
}

std::string rfc3339(WallTime time) {
  const auto since = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch());
  const auto second = static_cast<std::time_t>(since.count());
  std::tm parts{};
  gmtime_r(&second, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace grapevine::node
