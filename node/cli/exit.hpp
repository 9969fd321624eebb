// How a verb ends: the number for scripts, and for people what went wrong, which rule it broke and what to
// do.
#pragma once

#include "crypto/result.hpp"

#include <optional>
#include <string>

namespace grapevine::node::cli {

enum class Exit : int {
  done = 0,
  failed = 1,  // refused or failed; the reason is printed
  usage = 2,   // wrong arguments or configuration
  not_found = 3,
  short_of = 4,     // found, but less than was asked: a name not yet confirmed
  not_trusted = 5,  // token, certificate, altered key
  no_daemon = 6,    // the local node does not answer
  too_late = 7,     // time ran out
  mesh_full = 8,    // come again later; says when
};

struct Failure {
  Exit exit = Exit::failed;
  std::string code;  // for programs
  std::string message;
  std::string hint = {};  // what to do
};

/// nullopt: the verb did what it was asked.
using Outcome = std::optional<Failure>;

/// A failure from a Result of the floors below.
Failure failure(const Error& error);

}  // namespace grapevine::node::cli
