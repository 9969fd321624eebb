#include "tests/dns/power_cut.hpp"

#include "crypto/wire.hpp"
#include "tests/dns/home.hpp"

namespace grapevine::dns {

namespace {

constexpr unsigned keys = 120;
constexpr unsigned changes_a_commit = 6;
constexpr std::string_view number_key = "commit";

using Content = std::map<std::string, Bytes>;

/// What commit `number` does to each key it touches: a new value, or none.
template <class Change>
void for_each_change(std::uint32_t number, Change change) {
  Random random(number);
  for (unsigned i = 0; i < changes_a_commit; ++i) {
    const std::string key = "key " + std::to_string(random.below(keys));
    if (random.chance(0.3)) {
      change(key, std::optional<Bytes>());
    } else {
      change(key, std::optional(Bytes(100 + random.below(900), static_cast<std::uint8_t>(number))));
    }
  }
}

void write_commit(LmdbStore& store, std::uint32_t number) {
  for_each_change(number, [&](const std::string& key, const std::optional<Bytes>& value) {
    value ? store.put(Table::record, view(key), *value) : store.erase(Table::record, view(key));
  });
  store.put(Table::meta, view(number_key), wire::encode(number));
  ensure(store.commit().has_value(), "a sound disk takes a commit");
}

Content content_after(std::uint32_t commits) {
  Content content;
  for (std::uint32_t number = 1; number <= commits; ++number) {
    for_each_change(number, [&](const std::string& key, const std::optional<Bytes>& value) {
      content.erase(key);
      if (value) content.emplace(key, *value);
    });
  }
  return content;
}

/// Whether the store holds what some commit from `acknowledged` on has left, and nothing else.
bool is_whole(const LmdbStore& store, std::uint32_t acknowledged) {
  const auto kept = store.get(Table::meta, view(number_key));
  const std::uint32_t number = kept ? wire::decode<std::uint32_t>(*kept).value_or(0) : 0;
  Content content;
  store.each(Table::record, {}, [&](View key, View value) {
    content.emplace(text(key), to_bytes(value));
    return Walk::on;
  });
  return number >= acknowledged && content == content_after(number);
}

std::vector<disk::Event> record_commits(unsigned commits, disk::Syncing syncing) {
  const Home home;
  std::filesystem::create_directories(home.folder());
  disk::set_syncing(syncing);
  disk::record();
  {
    auto store = LmdbStore::open(home.folder()).value();
    for (std::uint32_t number = 1; number <= commits; ++number) {
      write_commit(store, number);
      disk::acknowledge(number);
    }
  }
  disk::set_syncing(disk::Syncing::as_opened);
  return disk::take_recording();
}

}  // namespace

PowerCuts cut_power(unsigned commits, unsigned draws, disk::Syncing syncing, Random random) {
  const auto events = record_commits(commits, syncing);
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
      if (!is_whole(opened->store, acknowledged)) ++found.lost;
      ++found.cuts;
    }
  }
  return found;
}

}  // namespace grapevine::dns
