// The door before the store. A lock file keeps a second process out of a home; a child process looks at the
// files first, because a damaged LMDB file can kill whoever maps it; what is damaged is set aside, never
// deleted, and the node starts empty and refills from its peers.
#pragma once

#include "crypto/descriptor.hpp"
#include "dns/lmdb_store.hpp"

namespace grapevine::dns {

/// Holds a lock file for as long as it lives; the kernel lets go when the process ends, however it ends.
class HomeLock {
 public:
  /// refused when another process holds it; storage when the file cannot be made.
  static Result<HomeLock> take(const std::filesystem::path& home);

 private:
  explicit HomeLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

struct GuardedStore {
  HomeLock lock;
  LmdbStore store;
  std::optional<std::filesystem::path> set_aside = {};  // where a damaged store was moved
};

/// Opens `home`/data. Runs `checker --check-store home/data` first; unless that ends with 0 the folder is
/// renamed to data.corrupt-<unix seconds> and an empty one made. refused: another grapevined runs on this
/// home; storage: the disk.
Result<GuardedStore> open_guarded(const std::filesystem::path& home, const std::filesystem::path& checker);
/// What was set aside in a home and is there still, the latest last.
std::vector<std::filesystem::path> stores_set_aside(const std::filesystem::path& home);

}  // namespace grapevine::dns
