// Rows 30 and 31 of what can go wrong with names, and the power cut that kill -9 cannot show.
#include "tests/dns/damage.hpp"
#include "tests/dns/home.hpp"
#include "tests/dns/killed_writer.hpp"
#include "tests/dns/power_cut.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;

namespace {

/// The disk is ill for as long as it lives.
struct Faulty {
  explicit Faulty(disk::Fault fault) { disk::set_fault(fault); }
  Faulty(const Faulty&) = delete;
  ~Faulty() { disk::set_fault(disk::Fault::none); }
};

}  // namespace

TEST_CASE("row 31: a power cut at any moment loses nothing acknowledged") {
  const auto found = cut_power(12, 1, disk::Syncing::as_opened, Random(1));
  MESSAGE(found.cuts << " cuts");
  CHECK(found.cuts > 100);
  CHECK(found.lost == 0);
}

TEST_CASE("row 31: a store that never waits for the disk is seen to lose what it acknowledged") {
  const auto found = cut_power(12, 1, disk::Syncing::never, Random(1));
  CHECK(found.lost > found.cuts / 4);
}

TEST_CASE("row 31: of what was heard a power cut takes the last commit at most, and never a part") {
  const auto found = cut_power(12, 1, disk::Syncing::as_opened, Random(1), Written::heard);
  MESSAGE(found.cuts << " cuts");
  CHECK(found.cuts > 50);
  CHECK(found.lost == 0);
  CHECK(found.set_aside == 0);
}

TEST_CASE("row 31: what was heard is seen to be lost when it is told as soon as it is written") {
  CHECK(cut_power(12, 2, disk::Syncing::as_opened, Random(1), Written::heard_and_told).lost > 0);
}

TEST_CASE("what is ours is written at once, what was heard is gathered") {
  const Home home;
  auto opened = home.open().value();
  const auto on_disk = [&](Table table, std::string_view key) {
    const Home copy;
    copy.write(home.read());
    return copy.open()->store.get(table, view(key)).has_value();
  };
  opened.store.put(Table::record, view("heard"), Bytes{1});
  REQUIRE(opened.store.commit(Urgency::soon));
  CHECK_FALSE(on_disk(Table::record, "heard"));
  opened.store.put(Table::meta, view("ours"), Bytes{2});
  REQUIRE(opened.store.commit(Urgency::soon));
  CHECK(on_disk(Table::meta, "ours"));
  CHECK(on_disk(Table::record, "heard"));

  for (unsigned i = 0; i < 256; ++i)
    opened.store.put(Table::record, view("many" + std::to_string(i)), Bytes{3});
  REQUIRE(opened.store.commit(Urgency::soon));
  CHECK(on_disk(Table::record, "many255"));
  opened.store.put(Table::record, view("awaited"), Bytes{4});
  REQUIRE(opened.store.commit(Urgency::now));
  CHECK(on_disk(Table::record, "awaited"));
}

TEST_CASE("a hundred looks see every record, and one that went bad") {
  const Home home;
  auto opened = home.open().value();
  for (unsigned i = 0; i < 1000; ++i)
    opened.store.put(Table::record, view("record " + std::to_string(i)), Bytes(300, 0x5a));
  REQUIRE(opened.store.commit());
  const auto looks_until_bad = [&] {
    for (unsigned look = 1; look <= 200; ++look)
      if (!opened.store.scrub()) return look;
    return 0u;
  };
  CHECK(looks_until_bad() == 0);
  const Bytes before = home.read();
  const auto value = text(before).find(std::string(300, 0x5a), before.size() / 2);
  std::fstream file(home.file(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(value + 150)).put('!').flush();
  CHECK(looks_until_bad() > 0);
  CHECK(looks_until_bad() == 1);  // and it stays bad
}

TEST_CASE("row 30: on a full disk reads go on, nothing is acknowledged, and space brings it back") {
  const Home home;
  auto opened = home.open().value();
  opened.store.put(Table::meta, view("before"), Bytes{1});
  REQUIRE(opened.store.commit());
  for (const auto fault : {disk::Fault::full, disk::Fault::unsynced, disk::Fault::rootless}) {
    const Faulty faulty(fault);
    opened.store.put(Table::meta, view("during"), Bytes{2});
    CHECK(opened.store.commit().error().code == Code::storage);
    CHECK(opened.store.get(Table::meta, view("before")) == Bytes{1});
    CHECK(opened.store.get(Table::meta, view("during")) == Bytes{2});
    opened.store.erase(Table::meta, view("before"));
    opened.store.put(Table::meta, view("before"), Bytes{1});
    CHECK_FALSE(opened.store.commit());
    CHECK(opened.store.commit());  // nothing new: there is nothing to answer for
  }
  opened.store.put(Table::meta, view("after"), Bytes{3});
  CHECK(opened.store.commit());
  const Home copy;
  copy.write(home.read());
  const auto again = copy.open().value();
  for (const auto* key : {"before", "during", "after"}) CHECK(again.store.get(Table::meta, view(key)));
}

TEST_CASE("row 30: what a failed commit has left is tried again without being asked") {
  const Home home;
  auto opened = home.open().value();
  {
    const Faulty faulty(disk::Fault::full);
    opened.store.put(Table::meta, view("during"), Bytes{2});
    REQUIRE_FALSE(opened.store.commit());
  }
  const Home copy;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  const auto is_on_disk = [&] {
    REQUIRE(opened.store.commit());
    copy.write(home.read());
    return copy.open()->store.get(Table::meta, view("during")).has_value();
  };
  while (!is_on_disk()) REQUIRE(std::chrono::steady_clock::now() < deadline);
}

TEST_CASE("row 30: a map too small grows between commits, and at its largest says so") {
  const Home home;
  std::filesystem::create_directories(home.folder());
  auto store = LmdbStore::open(home.folder(), {.first = 1 << 20, .most = 8 << 20}).value();
  const Bytes value(64 << 10, 7);
  const auto put = [&](std::uint8_t number) { store.put(Table::meta, View(&number, 1), value); };
  std::uint8_t stored = 0;
  for (put(stored); store.commit(); put(stored)) ++stored;
  CHECK(stored > 60);
  CHECK(stored < 128);
  for (std::uint8_t number = 0; number <= stored; ++number) {
    CHECK(store.get(Table::meta, View(&number, 1)) == value);
    if (number > 0) store.erase(Table::meta, View(&number, 1));
  }
  CHECK(store.commit().has_value());
}

TEST_CASE("changes not yet committed are walked in order with what is on the disk") {
  const Home home;
  auto opened = home.open().value();
  for (const auto* key : {"b", "d", "f"}) opened.store.put(Table::meta, view(key), Bytes{1});
  REQUIRE(opened.store.commit());
  for (const auto* key : {"a", "d", "e", "g"}) opened.store.put(Table::meta, view(key), Bytes{2});
  opened.store.erase(Table::meta, view("f"));
  opened.store.erase(Table::meta, view("g"));
  std::string walked;
  opened.store.each(Table::meta, {}, [&](View key, View value) {
    walked += std::string(text(key)) + std::to_string(value[0]) + " ";
    return Walk::on;
  });
  CHECK(walked == "a2 b1 d2 e2 ");
}

TEST_CASE("row 31: killed again and again, a registry opens, keeps what it told, and repeats no number") {
  const auto found = kill_writers(50, First::commit, 1);
  CHECK(found.told > 50);
  CHECK(found.unopened == 0);
  CHECK(found.dropped == 0);
  CHECK(found.reused == 0);
  CHECK(found.lost == 0);
}

TEST_CASE("row 31: a registry that tells before it commits is seen to repeat its numbers") {
  const auto found = kill_writers(50, First::tell, 1);
  CHECK(found.reused + found.lost > 0);
}

TEST_CASE("row 29: a damaged file kills nobody, gives no record that was never written, and is refilled") {
  const auto found = damage_files(60, 1);
  CHECK(found.unopened == 0);
  CHECK(found.wrong == 0);
  CHECK(found.set_aside > 10);
  CHECK(found.whole == found.files);
  CHECK(found.seconds_most < 30);
}
