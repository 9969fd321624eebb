// Requests and responses as plain structs, so that everything HTTP says can be tested without a socket. A
// request passes the gate (may this program talk to us at all), is routed, parsed into what the Core
// understands, and what comes back is written in the words of the OpenAI API. Errors are always
// {"error":{"message","type","param","code"}} and say what was wrong, which rule it broke and what to do;
// whether to try again stands in `x-should-retry`.
#pragma once

#include "crypto/result.hpp"
#include "crypto/time.hpp"
#include "moa/effect.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace grapevine::node {

/// The decoded parameters of a query string.
using Parameters = std::multimap<std::string, std::string>;

struct ApiRequest {
  std::string method;
  std::string path;  // without the query string
  Parameters query;
  std::multimap<std::string, std::string> headers;  // names in lower case
  std::string body;

  /// The first header of that lower-case name; nullptr when there is none.
  const std::string* header(const std::string& name) const;
};

struct ApiResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// A refusal, before it is written down.
struct ApiError {
  int status = 400;
  std::string type = "invalid_request_error";
  std::string code = {};   // for programs; empty: null
  std::string param = {};  // the field at fault; empty: null
  std::string message = {};
  std::optional<Duration> retry_after = std::nullopt;  // when it makes sense to come again
};
ApiResponse to_response(const ApiError& error);
/// The error object alone, as a stream ends with it.
std::string error_body(const ApiError& error);

/// The body as an object; an empty body is an empty object. 400 when it is anything else.
Result<nlohmann::json, ApiError> parse_object(std::string_view body);

/// 400 with the field at fault.
ApiError bad_request(std::string param, std::string message);
/// 404 for a thing that may be asked for but is not there.
ApiError not_found(std::string code, std::string message);
/// What a failed Result means over HTTP.
ApiError api_error(const Error& error);
/// Why the engine did not answer: 429 and 503 with Retry-After, 504, 413 or 500.
ApiError api_error(const moa::Refused& refused);

/// 2026-11-20T22:41:07Z.
std::string rfc3339(WallTime time);

}  // namespace grapevine::node
