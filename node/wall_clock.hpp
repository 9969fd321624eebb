// The clock on the wall, which the rim alone looks at: machines are given the time.
#pragma once

#include "crypto/time.hpp"

namespace grapevine::node {

inline WallTime wall_now() {
  return WallTime(
      std::chrono::duration_cast<WallTime::duration>(std::chrono::system_clock::now().time_since_epoch()));
}

}  // namespace grapevine::node
