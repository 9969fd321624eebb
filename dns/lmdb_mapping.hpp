// What the two sides that know LMDB share: a mapped file, the names of its tables, and the checksum every
// value ends with. LMDB has no page checksums, so a value is believed only together with the table and key it
// was put under. For lmdb_store.cpp and lmdb_check.cpp alone.
#pragma once

#include "crypto/hash.hpp"
#include "dns/store.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

#include <lmdb.h>

namespace grapevine::dns::lmdb {

inline constexpr unsigned readers_max = 512;
inline constexpr unsigned named_tables_max = 16;
inline constexpr std::array<const char*, tables> table_names{"record", "meta", "told", "met", "pin"};
inline constexpr std::size_t check_bytes = 8;

inline MDB_val to_val(View bytes) {
  return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}
inline View to_view(const MDB_val& val) {
  return {static_cast<const std::uint8_t*>(val.mv_data), val.mv_size};
}

inline Fixed<check_bytes> checksum(Table table, View key, View value) {
  const std::uint8_t number = static_cast<std::uint8_t>(table);
  const std::uint8_t key_bytes[2] = {static_cast<std::uint8_t>(key.size() >> 8),
                                     static_cast<std::uint8_t>(key.size())};
  return hash<check_bytes>(purpose::stored, {View(&number, 1), key_bytes, key, value});
}

inline bool begins_with(View bytes, View prefix) {
  return bytes.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

/// Whether a value on the disk is what was put under its key.
inline bool is_intact(Table table, View key, View value) {
  return value.size() >= check_bytes &&
         begins_with(value.last(check_bytes),
                     checksum(table, key, value.first(value.size() - check_bytes)).view());
}

/// A mapped file; nobody may have two of the same in one process.
struct Mapping {
  MDB_env* env = nullptr;

  Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() { close(); }

  /// `map_bytes` of address space; a file that is larger already gets as much as it needs.
  int open(const std::filesystem::path& folder, std::size_t map_bytes, unsigned flags) {
    int error = mdb_env_create(&env);
    if (error == 0) error = mdb_env_set_mapsize(env, map_bytes);
    if (error == 0) error = mdb_env_set_maxreaders(env, readers_max);
    if (error == 0) error = mdb_env_set_maxdbs(env, named_tables_max);
    if (error == 0) error = mdb_env_open(env, folder.c_str(), flags | MDB_NOTLS, 0600);
    return error;
  }
  void close() {
    if (env != nullptr) mdb_env_close(env);
    env = nullptr;
  }
};

struct CloseCursor {
  void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
};
using Cursor = std::unique_ptr<MDB_cursor, CloseCursor>;

/// A cursor over a table; empty when there is none to be had.
inline Cursor cursor_over(MDB_txn* transaction, MDB_dbi handle) {
  MDB_cursor* cursor = nullptr;
  return Cursor(mdb_cursor_open(transaction, handle, &cursor) == 0 ? cursor : nullptr);
}

}  // namespace grapevine::dns::lmdb
