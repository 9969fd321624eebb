#include "dns/lmdb_store.hpp"

#include "crypto/hash.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

namespace grapevine::dns {

namespace {

constexpr std::size_t map_bytes = 256u << 20;  // sparse: only what is used takes room
constexpr unsigned readers_max = 512;
constexpr unsigned named_tables_max = 16;
constexpr std::array<const char*, tables> table_names{"record", "meta"};
constexpr std::size_t check_bytes = 8;
constexpr unsigned check_seconds_max = 60;  // damaged pages may lead in circles

MDB_val to_val(View bytes) {
  return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}
View to_view(const MDB_val& val) {
  return {static_cast<const std::uint8_t*>(val.mv_data), val.mv_size};
}

Fixed<check_bytes> checksum(Table table, View key, View value) {
  const std::uint8_t number = static_cast<std::uint8_t>(table);
  const std::uint8_t key_bytes[2] = {static_cast<std::uint8_t>(key.size() >> 8),
                                     static_cast<std::uint8_t>(key.size())};
  return hash<check_bytes>(purpose::stored, {View(&number, 1), key_bytes, key, value});
}

/// A mapped file; nobody may have two of the same in one process.
struct Mapping {
  MDB_env* env = nullptr;

  Mapping() = default;
  Mapping(const Mapping&) = delete;
  ~Mapping() {
    if (env != nullptr) mdb_env_close(env);
  }
  int open(const std::filesystem::path& folder, unsigned flags) {
    int error = mdb_env_create(&env);
    if (error == 0) error = mdb_env_set_mapsize(env, map_bytes);
    if (error == 0) error = mdb_env_set_maxreaders(env, readers_max);
    if (error == 0) error = mdb_env_set_maxdbs(env, named_tables_max);
    if (error == 0) error = mdb_env_open(env, folder.c_str(), flags | MDB_NOTLS, 0600);
    return error;
  }
};

struct CloseCursor {
  void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
};
using Cursor = std::unique_ptr<MDB_cursor, CloseCursor>;

/// A cursor over a table; empty when there is none to be had.
Cursor cursor_over(MDB_txn* transaction, MDB_dbi handle) {
  MDB_cursor* cursor = nullptr;
  return Cursor(mdb_cursor_open(transaction, handle, &cursor) == 0 ? cursor : nullptr);
}

bool begins_with(View key, View prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

}  // namespace

struct LmdbStore::Environment {
  Mapping mapping;
  std::array<MDB_dbi, tables> handles{};
  MDB_txn* writing = nullptr;
  MDB_txn* reading = nullptr;  // reset between uses: no page is held back
  int failure = 0;             // the first error since the last commit

  ~Environment() {
    if (writing != nullptr) mdb_txn_abort(writing);
    if (reading != nullptr) mdb_txn_abort(reading);
  }

  int open_tables() {
    MDB_txn* transaction = nullptr;
    int error = mdb_txn_begin(mapping.env, nullptr, 0, &transaction);
    if (error != 0) return error;
    for (std::size_t i = 0; i < tables && error == 0; ++i)
      error = mdb_dbi_open(transaction, table_names[i], MDB_CREATE, &handles[i]);
    if (error != 0) {
      mdb_txn_abort(transaction);
      return error;
    }
    error = mdb_txn_commit(transaction);
    if (error == 0) error = mdb_txn_begin(mapping.env, nullptr, MDB_RDONLY, &reading);
    if (error == 0) mdb_txn_reset(reading);
    return error;
  }

  MDB_dbi handle(Table table) const { return handles[static_cast<std::size_t>(table)]; }

  /// The open write transaction; nullptr after a failure, until commit has reported it.
  MDB_txn* to_write() {
    if (failure == 0 && writing == nullptr) fail_with(mdb_txn_begin(mapping.env, nullptr, 0, &writing));
    return failure == 0 ? writing : nullptr;
  }
  void fail_with(int error) {
    if (failure == 0) failure = error;
  }

  /// Runs `read` in the write transaction when there is one, so that it sees what was put.
  template <class Read>
  void read_with(Read read) {
    if (writing != nullptr) {
      read(writing);
    } else if (mdb_txn_renew(reading) == 0) {
      read(reading);
      mdb_txn_reset(reading);
    }
  }
};

Result<LmdbStore> LmdbStore::open(const std::filesystem::path& folder) {
  auto environment = std::make_unique<Environment>();
  int error = environment->mapping.open(folder, 0);
  if (error == 0) error = environment->open_tables();
  if (error != 0) return fail(Code::storage, "the store in " + folder.string() + ": " + mdb_strerror(error));
  return LmdbStore(std::move(environment));
}

LmdbStore::LmdbStore(std::unique_ptr<Environment> environment) : environment_(std::move(environment)) {}
LmdbStore::LmdbStore(LmdbStore&&) noexcept = default;
LmdbStore& LmdbStore::operator=(LmdbStore&&) noexcept = default;
LmdbStore::~LmdbStore() = default;

std::optional<Bytes> LmdbStore::get(Table table, View key) const {
  std::optional<Bytes> found;
  environment_->read_with([&](MDB_txn* transaction) {
    MDB_val at = to_val(key), value{};
    if (mdb_get(transaction, environment_->handle(table), &at, &value) != 0 || value.mv_size < check_bytes)
      return;
    found = to_bytes(to_view(value).first(value.mv_size - check_bytes));
  });
  return found;
}

void LmdbStore::put(Table table, View key, View value) {
  MDB_txn* transaction = environment_->to_write();
  if (transaction == nullptr) return;
  Bytes checked = to_bytes(value);
  append(checked, checksum(table, key, value).view());
  MDB_val at = to_val(key), with = to_val(checked);
  environment_->fail_with(mdb_put(transaction, environment_->handle(table), &at, &with, 0));
}

void LmdbStore::erase(Table table, View key) {
  MDB_txn* transaction = environment_->to_write();
  if (transaction == nullptr) return;
  MDB_val at = to_val(key);
  const int error = mdb_del(transaction, environment_->handle(table), &at, nullptr);
  if (error != MDB_NOTFOUND) environment_->fail_with(error);
}

void LmdbStore::each(Table table, View prefix, const Visit& visit) const {
  environment_->read_with([&](MDB_txn* transaction) {
    const Cursor cursor = cursor_over(transaction, environment_->handle(table));
    if (!cursor) return;
    MDB_val key = to_val(prefix), value{};
    int error = mdb_cursor_get(cursor.get(), &key, &value, prefix.empty() ? MDB_FIRST : MDB_SET_RANGE);
    while (error == 0 && begins_with(to_view(key), prefix) && value.mv_size >= check_bytes) {
      if (visit(to_view(key), to_view(value).first(value.mv_size - check_bytes)) == Walk::stop) break;
      error = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT);
    }
  });
}

Result<void> LmdbStore::commit() {
  Environment& here = *environment_;
  int error = std::exchange(here.failure, 0);
  MDB_txn* transaction = std::exchange(here.writing, nullptr);
  if (error != 0 && transaction != nullptr) mdb_txn_abort(transaction);
  if (error == 0 && transaction != nullptr) error = mdb_txn_commit(transaction);
  if (error != 0) return fail(Code::storage, std::string("nothing was stored: ") + mdb_strerror(error));
  return {};
}

namespace {

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
    const View bytes = to_view(value);
    if (bytes.size() < check_bytes) return "an entry is too short";
    const View content = bytes.first(bytes.size() - check_bytes);
    if (!begins_with(bytes.last(check_bytes), checksum(table, to_view(key), content).view()))
      return "an entry does not match its checksum";
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
  for (const Table table : {Table::record, Table::meta}) {
    if (finding.empty()) finding = check_table(transaction, table);
  }
  mdb_txn_abort(transaction);
  return finding;
}

/// A copy of what is reachable, in place of the file: the list of free pages, which no walk can prove, starts
/// anew.
Finding rewrite(MDB_env* env, const std::filesystem::path& file) {
  const auto fresh = file.parent_path() / "data.fresh";
  const int copy = ::open(fresh.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (copy < 0) return "no room for a fresh copy";
  const bool written = mdb_env_copyfd2(env, copy, MDB_CP_COMPACT) == 0 && ::fsync(copy) == 0;
  ::close(copy);
  std::error_code error;
  if (written) std::filesystem::rename(fresh, file, error);
  return written && !error ? "" : "a fresh copy cannot be written";
}

Finding check_files(const std::filesystem::path& folder) {
  const auto file = folder / "data.mdb";
  Mapping mapping;
  if (const int error = mapping.open(folder, MDB_RDONLY); error != 0) return mdb_strerror(error);
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
