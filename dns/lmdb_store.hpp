// The registry on disk, in LMDB: one writer, readers that never wait, a crash leaves the last commit. What is
// put stays in memory, where it is read back from, until `commit()` writes all of it in one transaction that
// is on the disk when it returns; whoever acts on it waits for that. A commit that fails (disk full, EIO) has
// written nothing: its changes stay readable here and are tried again, and nobody may be told of them.
// Nothing is opened that another process, which may die of it, has not walked first (store_guard.hpp). Never
// WRITEMAP or NOSYNC: either trades safety for speed.
#pragma once

#include "dns/store.hpp"

#include <filesystem>
#include <memory>

namespace grapevine::dns {

class LmdbStore final : public Store {
 public:
  /// Bytes of address space: sparse, only what is used takes room on the disk. It is doubled, between
  /// commits, when 70 % are used.
  struct Map {
    std::size_t first = 256u << 20;
    std::size_t most = 1u << 30;
  };

  /// Opens the store of a home without looking at it first; see open_guarded. storage when the disk says no.
  static Result<LmdbStore> open(const std::filesystem::path& folder) { return open(folder, Map{}); }
  static Result<LmdbStore> open(const std::filesystem::path& folder, Map map);
  LmdbStore(LmdbStore&&) noexcept;
  LmdbStore& operator=(LmdbStore&&) noexcept;
  ~LmdbStore() override;  // what was not committed is gone

  std::optional<Bytes> get(Table table, View key) const override;
  void put(Table table, View key, View value) override;
  void erase(Table table, View key) override;
  void each(Table table, View prefix, const Visit& visit) const override;

  /// storage: what was put since the last call is not on the disk, nor is anything else that a failed commit
  /// has left. Without news it answers for nothing, and tries what was left again, once a second at most.
  Result<void> commit();

 private:
  struct Environment;
  explicit LmdbStore(std::unique_ptr<Environment> environment);
  std::unique_ptr<Environment> environment_;
};

}  // namespace grapevine::dns
