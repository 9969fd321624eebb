#include "dns/lmdb_store.hpp"

#include "dns/lmdb_mapping.hpp"

#include <chrono>
#include <map>

namespace grapevine::dns {

using namespace lmdb;

namespace {

using Clock = std::chrono::steady_clock;

// A full disk is seldom emptied sooner, and asking costs a transaction.
constexpr auto try_again_after = std::chrono::seconds(1);
// A commit waits for the disk, 2 to 6 ms; who joins a large mesh hears forty thousand records.
constexpr auto gathered_for = std::chrono::milliseconds(50);
constexpr std::size_t gathered_most = 256;
constexpr double map_used_most = 0.7;

/// What is to become of each key: its value, or nothing. At most what is on the disk and what the registry
/// holds.
using Changes = std::map<std::string, std::optional<Bytes>, std::less<>>;

}  // namespace

struct LmdbStore::Environment {
  std::filesystem::path folder;
  Map map;
  Mapping mapping{};
  std::array<MDB_dbi, tables> handles{};
  MDB_txn* reading = nullptr;  // reset between uses: no page is held back
  std::array<Changes, tables> unsaved{};
  bool has_news = false;          // something was put or erased since the last commit
  Clock::time_point try_again{};  // not before, after a failure
  std::optional<Clock::time_point> gathering_since{};
  Bytes scrubbed_to{};  // the least key not yet looked at; empty: the first

  Environment(std::filesystem::path where, Map size) : folder(std::move(where)), map(size) {}
  ~Environment() { close(); }

  int open();
  void close();
  int open_tables();
  bool is_saved() const;
  bool is_due(Urgency urgency);
  int save(Urgency urgency);
  bool is_readable() const;
  int grow_when_due();
  int write_all();
  int write(MDB_txn* transaction, Table table, View key, const std::optional<Bytes>& value) const;
  bool scrub(MDB_cursor* cursor, std::size_t entries);
  std::optional<Bytes> read(Table table, View key) const;
  void each_saved(Table table, View prefix, const Visit& visit) const;

  MDB_dbi handle(Table table) const { return handles[static_cast<std::size_t>(table)]; }
  Changes& changes(Table table) { return unsaved[static_cast<std::size_t>(table)]; }
};

Result<LmdbStore> LmdbStore::open(const std::filesystem::path& folder, Map map) {
  auto environment = std::make_unique<Environment>(folder, map);
  if (const int error = environment->open(); error != 0)
    return fail(Code::storage, "the store in " + folder.string() + ": " + mdb_strerror(error));
  return LmdbStore(std::move(environment));
}

LmdbStore::LmdbStore(std::unique_ptr<Environment> environment) : environment_(std::move(environment)) {}
LmdbStore::LmdbStore(LmdbStore&&) noexcept = default;
LmdbStore& LmdbStore::operator=(LmdbStore&&) noexcept = default;
LmdbStore::~LmdbStore() = default;

std::optional<Bytes> LmdbStore::get(Table table, View key) const {
  const auto& changes = environment_->changes(table);
  const auto at = changes.find(text(key));
  return at != changes.end() ? at->second : environment_->read(table, key);
}

void LmdbStore::put(Table table, View key, View value) {
  auto& changes = environment_->changes(table);
  const auto on_disk = environment_->read(table, key);
  if (on_disk && text(*on_disk) == text(value)) {  // as with every record when a registry is loaded
    if (const auto at = changes.find(text(key)); at != changes.end()) changes.erase(at);
    return;
  }
  changes.insert_or_assign(std::string(text(key)), to_bytes(value));
  environment_->has_news = true;
}

void LmdbStore::erase(Table table, View key) {
  auto& changes = environment_->changes(table);
  if (environment_->read(table, key)) {
    changes.insert_or_assign(std::string(text(key)), std::nullopt);
    environment_->has_news = true;
  } else if (const auto at = changes.find(text(key)); at != changes.end()) {
    changes.erase(at);
  }
}

void LmdbStore::each(Table table, View prefix, const Visit& visit) const {
  const auto& changes = environment_->changes(table);
  auto next = changes.lower_bound(text(prefix));
  Walk walk = Walk::on;
  // Visits what was put and comes before `end`; all of it when there is no end.
  const auto visit_changes = [&](std::optional<View> end) {
    for (; walk == Walk::on && next != changes.end(); ++next) {
      if (!begins_with(view(next->first), prefix) || (end && next->first >= text(*end))) return;
      if (next->second) walk = visit(view(next->first), *next->second);
    }
  };
  environment_->each_saved(table, prefix, [&](View key, View value) {
    visit_changes(key);
    if (walk == Walk::on && !changes.contains(text(key))) walk = visit(key, value);
    return walk;
  });
  visit_changes(std::nullopt);
}

Result<void> LmdbStore::commit(Urgency urgency) {
  Environment& here = *environment_;
  if (!here.changes(Table::meta).empty()) urgency = Urgency::now;
  if (here.is_saved() || !here.is_due(urgency)) return {};
  const bool has_news = std::exchange(here.has_news, false);
  const int error = here.save(urgency);
  here.gathering_since.reset();
  if (error == 0) {
    for (Changes& changes : here.unsaved) changes.clear();
    return {};
  }
  here.try_again = Clock::now() + try_again_after;
  if (!has_news) return {};
  return fail(Code::storage, std::string("nothing was stored: ") + mdb_strerror(error));
}

bool LmdbStore::scrub() {
  Environment& here = *environment_;
  MDB_stat shape{};
  if (here.reading == nullptr || mdb_txn_renew(here.reading) != 0) return true;
  bool sound = true;
  const Cursor cursor = cursor_over(here.reading, here.handle(Table::record));
  if (cursor && mdb_stat(here.reading, here.handle(Table::record), &shape) == 0)
    sound = here.scrub(cursor.get(), shape.ms_entries / 100 + 1);
  mdb_txn_reset(here.reading);
  return sound;
}

int LmdbStore::Environment::open() {
  close();
  int error = mapping.open(folder, map.first, 0);
  if (error == 0) error = open_tables();
  if (error == 0) error = mdb_txn_begin(mapping.env, nullptr, MDB_RDONLY, &reading);
  if (error == 0) mdb_txn_reset(reading);
  return error;
}

void LmdbStore::Environment::close() {
  if (reading != nullptr) mdb_txn_abort(std::exchange(reading, nullptr));
  mapping.close();
}

int LmdbStore::Environment::open_tables() {
  MDB_txn* transaction = nullptr;
  int error = mdb_txn_begin(mapping.env, nullptr, 0, &transaction);
  if (error != 0) return error;
  for (std::size_t i = 0; i < tables && error == 0; ++i)
    error = mdb_dbi_open(transaction, table_names[i], MDB_CREATE, &handles[i]);
  if (error == 0) return mdb_txn_commit(transaction);
  mdb_txn_abort(transaction);
  return error;
}

bool LmdbStore::Environment::is_saved() const {
  return std::all_of(unsaved.begin(), unsaved.end(), [](const Changes& some) { return some.empty(); });
}

bool LmdbStore::Environment::is_due(Urgency urgency) {
  const auto now = Clock::now();
  if (!has_news) return now >= try_again;
  if (urgency == Urgency::now) return true;
  if (!gathering_since) gathering_since = now;
  return changes(Table::record).size() >= gathered_most || now - *gathering_since >= gathered_for;
}

/// All changes in one transaction, or none of them; synced now, or with the commit that follows.
int LmdbStore::Environment::save(Urgency urgency) {
  int error = reading == nullptr ? open() : 0;
  if (error == 0) error = mdb_env_set_flags(mapping.env, MDB_NOMETASYNC, urgency == Urgency::soon ? 1 : 0);
  if (error == 0) error = grow_when_due();
  if (error == 0) error = write_all();
  if (error != 0 && !is_readable()) (void)open();  // tried again with the next commit
  return error;
}

/// After a failed write of its root page LMDB neither writes nor reads until it is opened anew.
bool LmdbStore::Environment::is_readable() const {
  if (reading == nullptr || mdb_txn_renew(reading) != 0) return false;
  mdb_txn_reset(reading);
  return true;
}

int LmdbStore::Environment::grow_when_due() {
  MDB_envinfo about{};
  MDB_stat shape{};
  int error = mdb_env_info(mapping.env, &about);
  if (error == 0) error = mdb_env_stat(mapping.env, &shape);
  if (error != 0) return error;
  // What is to be written counts as used: a batch may be larger than what is left.
  std::size_t used = (about.me_last_pgno + 1) * shape.ms_psize;
  for (const Changes& changes : unsaved) {
    for (const auto& [key, value] : changes) used += key.size() + (value ? value->size() : 0);
  }
  std::size_t size = about.me_mapsize;
  while (static_cast<double>(used) > map_used_most * static_cast<double>(size) && size < map.most)
    size = std::min(2 * size, map.most);
  return size == about.me_mapsize ? 0 : mdb_env_set_mapsize(mapping.env, size);
}

int LmdbStore::Environment::write_all() {
  MDB_txn* transaction = nullptr;
  int error = mdb_txn_begin(mapping.env, nullptr, 0, &transaction);
  if (error != 0) return error;
  for (const Table table : every_table) {
    for (const auto& [key, value] : changes(table)) {
      if (error == 0) error = write(transaction, table, view(key), value);
    }
  }
  if (error == 0) return mdb_txn_commit(transaction);
  mdb_txn_abort(transaction);
  return error;
}

int LmdbStore::Environment::write(MDB_txn* transaction, Table table, View key,
                                  const std::optional<Bytes>& value) const {
  MDB_val at = to_val(key);
  if (!value) {
    const int error = mdb_del(transaction, handle(table), &at, nullptr);
    return error == MDB_NOTFOUND ? 0 : error;
  }
  Bytes checked = *value;
  append(checked, checksum(table, key, *value).view());
  MDB_val with = to_val(checked);
  return mdb_put(transaction, handle(table), &at, &with, 0);
}

/// Looks at so many entries from where the last look ended.
bool LmdbStore::Environment::scrub(MDB_cursor* cursor, std::size_t entries) {
  MDB_val key = to_val(scrubbed_to), value{};
  int error = mdb_cursor_get(cursor, &key, &value, scrubbed_to.empty() ? MDB_FIRST : MDB_SET_RANGE);
  for (; error == 0 && entries > 0; --entries) {
    if (!is_intact(Table::record, to_view(key), to_view(value))) return false;
    scrubbed_to = to_bytes(to_view(key));
    scrubbed_to.push_back(0);  // the least key behind it
    error = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
  }
  if (error == MDB_NOTFOUND) scrubbed_to.clear();
  return error == 0 || error == MDB_NOTFOUND;
}

std::optional<Bytes> LmdbStore::Environment::read(Table table, View key) const {
  if (reading == nullptr || mdb_txn_renew(reading) != 0) return std::nullopt;
  std::optional<Bytes> found;
  MDB_val at = to_val(key), value{};
  if (mdb_get(reading, handle(table), &at, &value) == 0 && value.mv_size >= check_bytes)
    found = to_bytes(to_view(value).first(value.mv_size - check_bytes));
  mdb_txn_reset(reading);
  return found;
}

void LmdbStore::Environment::each_saved(Table table, View prefix, const Visit& visit) const {
  if (reading == nullptr || mdb_txn_renew(reading) != 0) return;
  if (const Cursor cursor = cursor_over(reading, handle(table))) {
    MDB_val key = to_val(prefix), value{};
    int error = mdb_cursor_get(cursor.get(), &key, &value, prefix.empty() ? MDB_FIRST : MDB_SET_RANGE);
    while (error == 0 && begins_with(to_view(key), prefix) && value.mv_size >= check_bytes) {
      if (visit(to_view(key), to_view(value).first(value.mv_size - check_bytes)) == Walk::stop) break;
      error = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT);
    }
  }
  mdb_txn_reset(reading);
}

}  // namespace grapevine::dns
