// File descriptors: what this process has of what it may have. Connections of peers, clients and strangers
// each take some, so the limit is what bounds them all; a node that runs into it goes on with what it has.
// Source: getrlimit(2), proc_pid_fd(5).
#pragma once

#include <cstddef>

namespace grapevine::node {

struct Descriptors {
  std::size_t used = 0;
  std::size_t limit = 0;
};

/// Fewer left than this, and the next dial or client may find none.
inline constexpr std::size_t descriptors_spare = 16;

Descriptors descriptors();
inline bool are_short(const Descriptors& now) {
  return now.limit - now.used < descriptors_spare;
}
}  // namespace grapevine::node
