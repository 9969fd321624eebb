#include "node/api_routes.hpp"

#include <algorithm>
#include <array>

namespace grapevine::node {

namespace {

/// A path that ends in `/` takes one more part, its argument.
struct Row {
  std::string_view method;
  std::string_view path;
  Route route;
};

constexpr auto rows = std::to_array<Row>({
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
    {"POST", "/api/mesh/names/renew", Route::renew},
    {"POST", "/api/mesh/names/retire", Route::retire},
    {"POST", "/api/mesh/transfers", Route::transfer},
    {"POST", "/api/mesh/transfers/accept", Route::accept},
    {"GET", "/api/mesh/lookup", Route::lookup},
    {"GET", "/api/mesh/trust", Route::trust},
    {"POST", "/api/mesh/pins", Route::pin},
    {"GET", "/api/mesh/whois/", Route::whois},
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
});

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
  if (route == Route::chat) return false;
  return std::any_of(rows.begin(), rows.end(),
                     [route](const Row& row) { return row.route == route && row.method == "POST"; });
}

}  // namespace grapevine::node
