#include "node/api_routes.hpp"

#include <array>

namespace grapevine::node {

namespace {

/// A path that ends in `/` takes one more part, its argument.
struct Row {
  std::string_view method;
  std::string_view path;
  Route route;
};

constexpr std::array<Row, 23> rows{{
    {"GET", "/", Route::greeting},
    {"GET", "/health", Route::health},
    {"GET", "/health/ready", Route::ready},
    {"GET", "/v1/models", Route::models},
    {"GET", "/v1/models/", Route::model},
    {"POST", "/v1/chat/completions", Route::chat},
    {"GET", "/api/mesh/status", Route::status},
    {"GET", "/api/mesh/peers", Route::peers},
    {"GET", "/api/mesh/doctor", Route::doctor},
    {"GET", "/api/mesh/names", Route::names},
    {"GET", "/api/mesh/names/", Route::name},
    {"POST", "/api/mesh/names", Route::claim},
    {"GET", "/api/mesh/lookup", Route::lookup},
    {"POST", "/api/mesh/invites", Route::invite},
    {"POST", "/api/mesh/events", Route::tell},
    {"POST", "/api/mesh/verdicts", Route::verdict},
    {"GET", "/api/mesh/events", Route::events},
    {"POST", "/api/mesh/rotations", Route::rotate},
    {"POST", "/api/mesh/suspensions", Route::suspend},
    {"POST", "/api/mesh/retirements", Route::retire_node},
    {"GET", "/api/mesh/revocations/", Route::revocation},
    {"POST", "/api/mesh/revocations", Route::revoke},
    {"HEAD", "/", Route::greeting},
}};

bool matches(const Row& row, std::string_view path) {
  const bool takes_argument = row.path.size() > 1 && row.path.ends_with('/');
  return takes_argument ? path.starts_with(row.path) && path.size() > row.path.size() : path == row.path;
}

}  // namespace

Or<Routed> route(std::string_view method, std::string_view path) {
  std::string allowed;
  for (const auto& row : rows) {
    if (!matches(row, path)) continue;
    if (row.method == method) return Routed{row.route, std::string(path.substr(row.path.size()))};
    allowed.append(allowed.empty() ? "" : ", ").append(row.method);
  }
  if (!allowed.empty())
    return ApiError{
        .status = 405, .code = "method_not_allowed", .message = "this route answers to " + allowed};
  return not_found(
      "unsupported_route",
      "there is no such route; ask at /v1/chat/completions, look at /v1/models or /api/mesh/status");
}

bool needs_token(Route route) {
  return route == Route::invite || route == Route::claim || route == Route::tell || route == Route::verdict ||
         route == Route::rotate || route == Route::suspend || route == Route::retire_node ||
         route == Route::revoke;
}

}  // namespace grapevine::node
