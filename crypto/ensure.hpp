// A truth about our own code. Broken means a bug of ours, never a peer's nonsense, so it ends the process
// with the place and the values, in every build: a node that is wrong about itself must not go on talking to
// others.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace grapevine {

/// Ends the process unless `truth` holds; `claim` says in words what was believed. The caller gives no more
/// than these two: the place is filled in by the compiler (clang 14 has the builtins but not yet
/// std::source_location).
inline void ensure(bool truth, const char* claim, const char* file = __builtin_FILE(),
                   int line = __builtin_LINE(), const char* function = __builtin_FUNCTION()) {
  if (truth) [[likely]]
    return;
  std::fprintf(stderr, "%s:%d: broken promise: %s (in %s)\n", file, line, claim, function);
  std::abort();
}

}  // namespace grapevine
