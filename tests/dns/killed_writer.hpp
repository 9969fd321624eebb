// A registry killed with signal 9 again and again while it writes. Each life opens the home as the daemon
// does, takes the records of other devices, speaks for itself, commits, and tells what it has published
// through a pipe; the wall clock stands still, so that sequence numbers are unique by what is on the disk and
// by nothing else. After each death the home is opened once more and compared with what was told.
#pragma once

#include <cstdint>

namespace grapevine::dns {

/// What a life does first with what it has written; `tell` is the negative control.
enum class First { commit, tell };

struct Deaths {
  unsigned told = 0;      // records published in all lives
  unsigned unopened = 0;  // homes that did not open, or were set aside
  unsigned dropped = 0;   // records that were no longer valid when the registry was loaded
  unsigned reused = 0;    // own sequence numbers told twice, or lower than one told before
  unsigned lost = 0;      // lives after which something told was not on the disk
};

Deaths kill_writers(unsigned lives, First first, std::uint64_t seed);

}  // namespace grapevine::dns
