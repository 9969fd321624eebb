// The registry on disk, in LMDB: one writer, readers that never wait, a crash leaves the last commit. What is
// put stays in memory, where it is read back from, until a commit writes all of it in one transaction. What
// this node must not forget of itself (Table::meta: sequence numbers, votes, invites) is on the disk when
// commit() returns, and whoever acts on it waits for that. What was heard of others, peers tell again: it is
// gathered for 50 ms or 256 changes and written without waiting for the root page (MDB_NOMETASYNC), so a
// power cut may take the last such commit, but never part of one. A commit that fails (disk full, EIO) has
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

  /// storage: what was put since the last commit is not on the disk, nor is anything else that a failed one
  /// has left. Without news it answers for nothing, and tries what was left again, once a second at most.
  Result<void> commit(Urgency urgency = Urgency::now);

  /// Reads the next hundredth of the records on the disk again; false when one is not what was put there.
  bool scrub();

 private:
  struct Environment;
  explicit LmdbStore(std::unique_ptr<Environment> environment);
  std::unique_ptr<Environment> environment_;
};

}  // namespace grapevine::dns
