#include "dns/ledger.hpp"

#include "tests/dns/neighbours.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::Device;
using neighbours::Neighbour;
using neighbours::noon;

TEST_CASE("equal sets have equal roots however they came about") {
  RecordSet one, other;
  std::vector<RecordId> ids(300);
  for (std::size_t i = 0; i < ids.size(); ++i)
    ids[i].value =
        hash<32>(purpose::text, {Bytes{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)}});
  for (const auto& id : ids) one.insert(RecordType::name, id);
  const auto full = one.root();
  for (std::size_t i = ids.size(); i-- > 100;) other.insert(RecordType::name, ids[i]);
  CHECK(other.root() != full);
  for (std::size_t i = 0; i < 100; ++i) other.insert(RecordType::name, ids[i]);
  CHECK(other.root() == full);
  for (const auto& path : RecordSet::coarsest()) CHECK(other.hash_of(path, {}) == one.hash_of(path, {}));
  for (const auto& id : ids) one.erase(RecordType::name, id);
  CHECK(one.root() == RecordSet{}.root());
  CHECK(one.size() == 0);
}

TEST_CASE("ranges hold all records once, in order, apart by type, and so do their parts") {
  RecordSet set;
  for (std::uint8_t i = 0; i < 200; ++i) {
    const RecordId id{hash<32>(purpose::text, {Bytes{i}})};
    set.insert(i % 2 == 0 ? RecordType::member : RecordType::address, id);
  }
  std::vector<RecordId> all, by_parts;
  for (const auto& path : RecordSet::coarsest()) {
    const auto ids = set.in(path);
    all.insert(all.end(), ids.begin(), ids.end());
    for (const auto& part : RecordSet::parts(path)) {
      const auto some = set.in(part);
      by_parts.insert(by_parts.end(), some.begin(), some.end());
    }
  }
  CHECK(all.size() == 200);
  CHECK(all == by_parts);
  CHECK(std::is_sorted(all.begin(), all.begin() + 100));
  CHECK(std::is_sorted(all.begin() + 100, all.end()));
}

TEST_CASE("a range hashes differently under every key, and to zero when it is empty") {
  RecordSet set;
  const Path path(Bytes{0, 0});
  CHECK(set.hash_of(path, {}) == RangeHash{});
  set.insert(RecordType::member, RecordId{});
  CHECK(set.hash_of(path, {}) != RangeHash{});
  CHECK(set.hash_of(path, {}) != set.hash_of(path, neighbours::filled<8>(1)));
  CHECK(set.hash_of(Path(Bytes{1, 0}), {}) == RangeHash{});
}

TEST_CASE("what is no path is not taken for one") {
  CHECK(RecordSet::is_path(Path(Bytes{3, 15, 0})));
  for (const Bytes& wrong : {Bytes{}, Bytes{0}, Bytes{4, 0}, Bytes{0, 16}, Bytes{0, 0, 255}})
    CHECK_FALSE(RecordSet::is_path(Path(wrong)));
}

TEST_CASE("a greater sequence replaces a lesser one and leaves nothing behind") {
  Neighbour here(0);
  const Device device(1);
  here.meet(device);
  CHECK(here.hear(device.address(1)) == Verdict::accept);
  CHECK(here.hear(device.address(2, noon, "vision")) == Verdict::accept);
  CHECK(here.registry.size() == 3);
  CHECK(here.registry.find({"text"}, noon, 9).empty());
  CHECK(here.registry.find({"vision"}, noon, 9).size() == 1);
  std::size_t stored = 0;
  here.store.each(Table::record, {}, [&](View, View) {
    ++stored;
    return Walk::on;
  });
  CHECK(stored == 3);
}

TEST_CASE("with a membership goes all that the member said of itself") {
  Neighbour here(0);
  here.start();
  const Device guest(1, noon - 29 * neighbours::day);
  here.meet(guest);
  here.hear(guest.address(1));
  here.hear(guest.name("robot", 2));
  const auto before = here.registry.size();
  here.registry.tick(at(28h));
  CHECK(here.registry.resolve("robot", at(28h).wall).error().code == Code::unknown);
  CHECK(here.registry.size() == before - 2);
}

TEST_CASE("the memory store walks in byte order and under a prefix") {
  MemoryStore store;
  for (const Bytes& key : {Bytes{2}, Bytes{1, 9}, Bytes{1}, Bytes{1, 255}, Bytes{0, 7}})
    store.put(Table::meta, key, key);
  store.put(Table::record, Bytes{1, 1}, Bytes{});
  std::vector<Bytes> seen;
  store.each(Table::meta, Bytes{1}, [&](View key, View) {
    seen.push_back(to_bytes(key));
    return Walk::on;
  });
  CHECK(seen == std::vector{Bytes{1}, Bytes{1, 9}, Bytes{1, 255}});
  store.erase(Table::meta, Bytes{1});
  CHECK_FALSE(store.get(Table::meta, Bytes{1}).has_value());
  CHECK(store.get(Table::meta, Bytes{1, 9}) == Bytes{1, 9});
}
