// The registry on disk, in LMDB: one writer, readers that never wait, a crash leaves the last commit. Puts go
// into the open write transaction and are read back from it; `commit()` makes them durable, and whoever acts
// on them waits for it. LMDB has no page checksums: of mutated files two in three kill the process that opens
// them, and some give wrong bytes silently. So every value carries a checksum of table, key and value, and
// nothing is opened that another process, which may die of it, has not walked first (`open_guarded`). Never
// WRITEMAP or NOSYNC: either trades safety for speed.
#pragma once

#include "dns/store.hpp"

#include <filesystem>
#include <memory>

namespace grapevine::dns {

/// Walks the store in `folder`, entry by entry, and rewrites it compactly so that no page left over from
/// before stays. 0: sound, or there is none; 1: damaged, with a line on stderr. May also die: run it in a
/// process of its own.
int check_store(const std::filesystem::path& folder);

class LmdbStore final : public Store {
 public:
  /// Opens the store of a home without looking at it first; see open_guarded. storage when the disk says no.
  static Result<LmdbStore> open(const std::filesystem::path& folder);
  LmdbStore(LmdbStore&&) noexcept;
  LmdbStore& operator=(LmdbStore&&) noexcept;
  ~LmdbStore() override;  // what was not committed is gone

  std::optional<Bytes> get(Table table, View key) const override;
  void put(Table table, View key, View value) override;
  void erase(Table table, View key) override;
  void each(Table table, View prefix, const Visit& visit) const override;

  /// Everything since the last commit is on disk, or nothing of it is: storage.
  Result<void> commit();

 private:
  struct Environment;
  explicit LmdbStore(std::unique_ptr<Environment> environment);
  std::unique_ptr<Environment> environment_;
};

}  // namespace grapevine::dns
