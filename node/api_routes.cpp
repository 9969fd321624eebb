#include "node/api_routes.hpp"

#include "node/api_keys.hpp"
#include "node/api_mesh.hpp"
#include "node/api_names.hpp"
#include "node/api_social.hpp"
#include "node/api_verdict.hpp"
#include "node/api_whois.hpp"

#include <array>

namespace grapevine::node {

namespace {

constexpr auto routes = std::to_array<Route>({
    {"GET", "/", &Desk::greet},
    {"HEAD", "/", &Desk::greet},
    {"GET", "/health", health_json},
    {"GET", "/health/ready", &Desk::check_ready},
    {"GET", "/v1/models", models_json},
    {"GET", "/v1/models/", model_json},
    {"POST", "/v1/chat/completions", &Desk::ask},
    {"GET", "/api/mesh/status", status_json},
    {"GET", "/api/mesh/peers", peers_json},
    {"GET", "/api/mesh/doctor", &Desk::examine},
    {"GET", "/api/mesh/names", names_json},
    {"GET", "/api/mesh/names/", name_json},
    {"POST", "/api/mesh/names", claim_name},
    {"POST", "/api/mesh/names/renew", renew_names},
    {"POST", "/api/mesh/names/retire", retire_name},
    {"POST", "/api/mesh/transfers", transfer_name},
    {"POST", "/api/mesh/transfers/accept", accept_name},
    {"GET", "/api/mesh/lookup", lookup_json},
    {"GET", "/api/mesh/whois/", whois_json},
    {"GET", "/api/mesh/trust", trust_json},
    {"POST", "/api/mesh/pins", change_pin},
    {"POST", "/api/mesh/invites", &Desk::invite},
    {"POST", "/api/mesh/events", tell_event},
    {"GET", "/api/mesh/events", &Desk::listen},
    {"POST", "/api/mesh/verdicts", judge_answer},
    {"POST", "/api/mesh/rotations", &Desk::rotate},
    {"POST", "/api/mesh/suspensions", suspend_key},
    {"POST", "/api/mesh/retirements", retire_node},
    {"GET", "/api/mesh/revocations/", expulsion_json},
    {"POST", "/api/mesh/revocations", revoke_node},
});

bool matches(const Route& route, std::string_view path) {
  const bool takes_argument = route.path.size() > 1 && route.path.ends_with('/');
  return takes_argument ? path.starts_with(route.path) && path.size() > route.path.size()
                        : path == route.path;
}

}  // namespace

Result<Routed, ApiError> route(std::string_view method, std::string_view path) {
  std::string allowed;
  for (const auto& each : routes) {
    if (!matches(each, path)) continue;
    if (each.method == method) return Routed{&each, path.substr(each.path.size())};
    allowed.append(allowed.empty() ? "" : ", ").append(each.method);
  }
  if (!allowed.empty())
    return fail(
        ApiError{.status = 405, .code = "method_not_allowed", .message = "this route answers to " + allowed});
  return fail(not_found(
      "unsupported_route",
      "there is no such route; ask at /v1/chat/completions, look at /v1/models or /api/mesh/status"));
}

}  // namespace grapevine::node
