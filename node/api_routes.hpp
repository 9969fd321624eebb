// Every address we answer to, in one table, with what it may be asked by.
#pragma once

#include "node/api.hpp"

namespace grapevine::node {

enum class Route {
  greeting,
  health,
  ready,
  models,
  model,
  chat,
  status,
  peers,
  doctor,
  names,
  name,
  lookup,
  whois,
  trust,
  pin,
  invite,
  claim,
  renew,
  retire,
  transfer,
  accept,
  tell,
  verdict,
  events,
  rotate,
  suspend,
  retire_node,
  revocation,
  revoke
};

struct Routed {
  Route route = Route::health;
  std::string argument;  // the last part of the path, for a model or a name
};

/// Where a request belongs; 404 `unsupported_route` or 405 with what there is.
Or<Routed> route(std::string_view method, std::string_view path);
/// Whether the route changes the mesh and so needs the token: whatever is posted does, but for a question.
bool needs_token(Route route);

}  // namespace grapevine::node
