#include "node/descriptors.hpp"

#include <algorithm>

#include <dirent.h>
#include <sys/resource.h>

namespace grapevine::node {

Descriptors descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  Descriptors found{.used = limit.rlim_cur, .limit = limit.rlim_cur};
  DIR* const open = ::opendir("/proc/self/fd");
  if (open == nullptr) return found;  // the one more that looking takes is already too many
  found.used = 0;
  while (const dirent* entry = ::readdir(open)) found.used += entry->d_name[0] != '.' ? 1 : 0;
  ::closedir(open);
  found.used = std::min(found.used - 1, found.limit);  // the look itself does not count
  return found;
}

}  // namespace grapevine::node
