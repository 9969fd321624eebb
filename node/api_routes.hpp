// Every address we answer to, in one table, with what is done there: a route is added by a line of it and the
// function that it names.
#pragma once

#include "node/desk.hpp"

namespace grapevine::node {

/// Shows what the Core knows: all of a kind, ...
using Look = std::string (*)(const Core& core, Now now);
/// ... the one that the path ends with, ...
using LookAt = Result<std::string, ApiError> (*)(const Core& core, Now now, std::string_view argument);
/// ... or those that the parameters mean.
using Search = Result<std::string, ApiError> (*)(const Core& core, Now now, const Parameters& parameters);
/// Reads what is to be changed; it is done for those who show the token.
using Wish = Result<Change, ApiError> (*)(std::string_view body);
/// What takes more than the Core.
using Own = Reply (Desk::*)(const ApiRequest& request);

/// A path that ends in `/` takes one more part, its argument.
struct Route {
  std::string_view method;
  std::string_view path;
  std::variant<Look, LookAt, Search, Wish, Own> does;
};

struct Routed {
  const Route* route = nullptr;
  std::string_view argument;  // of the path that was asked for
};
/// Where a request belongs; 404 `unsupported_route` or 405 with what there is.
Result<Routed, ApiError> route(std::string_view method, std::string_view path);

}  // namespace grapevine::node
