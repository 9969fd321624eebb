#include "dns/lmdb_check.hpp"

#include "crypto/descriptor.hpp"
#include "dns/lmdb_mapping.hpp"

#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace grapevine::dns {

using namespace lmdb;

namespace {

constexpr unsigned check_seconds_max = 60;     // damaged pages may lead in circles
constexpr std::size_t map_bytes = 1ull << 30;  // as large as a store may grow

/// The reason why a store is not sound; empty when it is.
using Finding = std::string;

Finding check_size(MDB_env* env, const std::filesystem::path& file) {
  MDB_envinfo about{};
  MDB_stat shape{};
  if (mdb_env_info(env, &about) != 0 || mdb_env_stat(env, &shape) != 0) return "no description";
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return "no file";
  const auto needed = (std::uint64_t{about.me_last_pgno} + 1) * shape.ms_psize;
  return static_cast<std::uint64_t>(status.st_size) < needed ? "the file is cut short" : "";
}

/// Every entry is what was put, is found under its key, and none is missing.
Finding check_table(MDB_txn* transaction, Table table) {
  MDB_dbi handle = 0;
  const int opened = mdb_dbi_open(transaction, table_names[static_cast<std::size_t>(table)], 0, &handle);
  if (opened != 0) return opened == MDB_NOTFOUND ? "a table is missing" : mdb_strerror(opened);
  MDB_stat shape{};
  const Cursor cursor = cursor_over(transaction, handle);
  if (!cursor || mdb_stat(transaction, handle, &shape) != 0) return "a table does not open";
  MDB_val key{}, value{}, found{};
  std::size_t entries = 0;
  int error = 0;
  while ((error = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT)) == 0) {
    if (!is_intact(table, to_view(key), to_view(value))) return "an entry does not match its checksum";
    MDB_val again = key;
    if (mdb_get(transaction, handle, &again, &found) != 0 || found.mv_data != value.mv_data)
      return "an entry is not found under its key";
    if (++entries > shape.ms_entries) return "there are more entries than were put";
  }
  if (error != MDB_NOTFOUND) return mdb_strerror(error);
  return entries == shape.ms_entries ? "" : "entries are missing";
}

Finding check_entries(MDB_env* env) {
  MDB_txn* transaction = nullptr;
  if (mdb_txn_begin(env, nullptr, MDB_RDONLY, &transaction) != 0) return "it cannot be read";
  Finding finding;
  for (const Table table : every_table) {
    if (finding.empty()) finding = check_table(transaction, table);
  }
  mdb_txn_abort(transaction);
  return finding;
}

/// A copy of what is reachable, in place of the file: the list of free pages, which no walk can prove, starts
/// anew.
Finding rewrite(MDB_env* env, const std::filesystem::path& file) {
  const auto fresh = file.parent_path() / "data.fresh";
  const Descriptor copy(::open(fresh.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!copy) return "no room for a fresh copy";
  const bool written =
      mdb_env_copyfd2(env, copy.number(), MDB_CP_COMPACT) == 0 && ::fsync(copy.number()) == 0;
  std::error_code error;
  if (written) std::filesystem::rename(fresh, file, error);
  return written && !error ? "" : "a fresh copy cannot be written";
}

Finding check_files(const std::filesystem::path& folder) {
  const auto file = folder / "data.mdb";
  Mapping mapping;
  if (const int error = mapping.open(folder, map_bytes, MDB_RDONLY); error != 0) return mdb_strerror(error);
  if (auto finding = check_size(mapping.env, file); !finding.empty()) return finding;
  if (auto finding = check_entries(mapping.env); !finding.empty()) return finding;
  return rewrite(mapping.env, file);
}

}  // namespace

int check_store(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / "data.mdb")) return 0;
  ::alarm(check_seconds_max);
  const Finding finding = check_files(folder);
  ::alarm(0);
  if (finding.empty()) return 0;
  std::fprintf(stderr, "the store in %s is damaged: %s\n", folder.c_str(), finding.c_str());
  return 1;
}

}  // namespace grapevine::dns
