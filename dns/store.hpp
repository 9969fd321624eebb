// Four verbs between the registry and whatever keeps its bytes: get, put, erase, each. Secondary indexes are
// composite keys, so there is no fifth. The in-memory twin serves tests; lmdb_store.hpp keeps the same on
// disk. A store that fails behaves as one that forgot: the registry treats every answer as news from outside.
#pragma once

#include "crypto/bytes.hpp"

#include <array>
#include <functional>
#include <map>
#include <optional>

namespace grapevine::dns {

/// record: record id -> envelope, the only source of truth. meta: what this node must remember of itself.
/// told: record id -> who told us of it and when (ledger.hpp). met: node -> what came of meeting it
/// (social.hpp). pin: skeleton -> what a name meant (pins.hpp).
enum class Table : std::uint8_t { record, meta, told, met, pin };
inline constexpr std::array every_table{Table::record, Table::meta, Table::told, Table::met, Table::pin};
inline constexpr std::size_t tables = every_table.size();

enum class Walk : std::uint8_t { on, stop };

/// How soon what was put has to be on the disk, when it is for the one who puts it to say.
enum class Urgency : std::uint8_t {
  now,   // somebody waits for it
  soon,  // as its kind asks for: what is ours at once, what others have too within moments
};

class Store {
 public:
  using Visit = std::function<Walk(View key, View value)>;

  virtual ~Store() = default;
  virtual std::optional<Bytes> get(Table table, View key) const = 0;
  /// Keys have 1 to 511 bytes.
  virtual void put(Table table, View key, View value) = 0;
  /// Erasing what is not there is no error.
  virtual void erase(Table table, View key) = 0;
  /// Every entry whose key begins with `prefix`, in byte order, until told to stop. The store must not change
  /// meanwhile.
  virtual void each(Table table, View prefix, const Visit& visit) const = 0;
};

class MemoryStore final : public Store {
 public:
  std::optional<Bytes> get(Table table, View key) const override;
  void put(Table table, View key, View value) override;
  void erase(Table table, View key) override;
  void each(Table table, View prefix, const Visit& visit) const override;

 private:
  using Entries = std::map<std::string, Bytes, std::less<>>;
  Entries& entries(Table table) { return tables_[static_cast<std::size_t>(table)]; }
  const Entries& entries(Table table) const { return tables_[static_cast<std::size_t>(table)]; }

  std::array<Entries, tables> tables_;
};

}  // namespace grapevine::dns
