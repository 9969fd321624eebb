// A truth about our own code. Broken means a bug of ours, never a peer's nonsense, so it ends the process with the
// place and the values, in every build: a node that is wrong about itself must not go on talking to others.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace grapevine {

/// Ends the process unless `truth` holds; `claim` says in words what was believed.
inline void ensure(bool truth, const char* claim,
                   std::source_location where = std::source_location::current()) {
  if (truth) [[likely]] return;
  std::fprintf(stderr, "%s:%u: broken promise: %s (in %s)\n", where.file_name(), static_cast<unsigned>(where.line()),
               claim, where.function_name());
  std::abort();
}

}  // namespace grapevine
