#include "tests/dns/power_cut.hpp"

#include "crypto/wire.hpp"
#include "tests/dns/home.hpp"

namespace grapevine::dns {

namespace {

constexpr std::string_view number_key = "commit";

using Content = std::map<std::string, Bytes>;

/// So many keys, how many of them a commit touches, and the size of a value, which varies by as much again.
struct Load {
  unsigned keys;
  unsigned changes;
  unsigned bytes;
};
Load load_of(Written written) {
  if (written == Written::own) return {.keys = 120, .changes = 6, .bytes = 500};
  return {.keys = 1200, .changes = 600, .bytes = 20};  // more than are gathered before they are written
}

/// The table of the number that goes with each commit.
Table table_of(Written written) {
  return written == Written::own ? Table::meta : Table::record;
}

/// What commit `number` does to each key it touches: a new value, or none.
template <class Change>
void for_each_change(Load load, std::uint32_t number, Change change) {
  Random random(number);
  for (unsigned i = 0; i < load.changes; ++i) {
    const std::string key = "key " + std::to_string(random.below(load.keys));
    if (random.chance(0.3)) {
      change(key, std::optional<Bytes>());
    } else {
      change(key,
             std::optional(Bytes(load.bytes + random.below(load.bytes), static_cast<std::uint8_t>(number))));
    }
  }
}

void write_commit(LmdbStore& store, Written written, std::uint32_t number) {
  for_each_change(load_of(written), number, [&](const std::string& key, const std::optional<Bytes>& value) {
    value ? store.put(Table::record, view(key), *value) : store.erase(Table::record, view(key));
  });
  store.put(table_of(written), view(number_key), wire::encode(number));
  ensure(store.commit(Urgency::soon).has_value(), "a sound disk takes a commit");
}

Content content_after(Load load, std::uint32_t commits) {
  Content content;
  for (std::uint32_t number = 1; number <= commits; ++number) {
    for_each_change(load, number, [&](const std::string& key, const std::optional<Bytes>& value) {
      content.erase(key);
      if (value) content.emplace(key, *value);
    });
  }
  return content;
}

/// Whether the store holds what some commit from `acknowledged` on has left, and nothing else.
bool is_whole(const LmdbStore& store, Written written, std::uint32_t acknowledged) {
  const auto kept = store.get(table_of(written), view(number_key));
  const std::uint32_t number = kept ? wire::decode<std::uint32_t>(*kept).value_or(0) : 0;
  Content content;
  store.each(Table::record, view("key "), [&](View key, View value) {
    content.emplace(text(key), to_bytes(value));
    return Walk::on;
  });
  return number >= acknowledged && content == content_after(load_of(written), number);
}

std::vector<disk::Event> record_commits(unsigned commits, disk::Syncing syncing, Written written) {
  const Home home;
  std::filesystem::create_directories(home.folder());
  disk::set_syncing(syncing);
  disk::record();
  {
    auto store = LmdbStore::open(home.folder()).value();
    for (std::uint32_t number = 1; number <= commits; ++number) {
      write_commit(store, written, number);
      disk::acknowledge(written == Written::heard ? number - 1 : number);
    }
  }
  disk::set_syncing(disk::Syncing::as_opened);
  return disk::take_recording();
}

}  // namespace

PowerCuts cut_power(unsigned commits, unsigned draws, disk::Syncing syncing, Random random, Written written) {
  const auto events = record_commits(commits, syncing, written);
  const Home home;
  PowerCuts found;
  std::uint32_t acknowledged = 0;
  for (std::size_t count = 1; count <= events.size(); ++count) {
    if (const auto* told = std::get_if<disk::Acknowledged>(&events[count - 1])) acknowledged = told->number;
    for (unsigned draw = 0; draw < draws; ++draw) {
      home.write(disk::after_power_cut(std::span(events).first(count), random));
      const auto opened = home.open();
      ensure(opened.has_value(), "a damaged store never stops the start");
      if (opened->set_aside) {
        found.set_aside += acknowledged > 0 ? 1 : 0;
        std::filesystem::remove_all(*opened->set_aside);
      }
      if (!is_whole(opened->store, written, acknowledged)) ++found.lost;
      ++found.cuts;
    }
  }
  return found;
}

}  // namespace grapevine::dns
