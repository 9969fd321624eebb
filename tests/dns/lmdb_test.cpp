#include "crypto/random.hpp"
#include "tests/dns/home.hpp"

#include <fstream>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace grapevine;
using namespace grapevine::dns;
namespace fs = std::filesystem;

namespace {

Bytes key_of(unsigned n) {
  return {static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)};
}
Bytes value_of(unsigned n) {
  return Bytes(100 + n % 300, static_cast<std::uint8_t>(n));
}

void fill(LmdbStore& store, unsigned from, unsigned to) {
  for (unsigned n = from; n < to; ++n) store.put(Table::record, key_of(n), value_of(n));
}

/// How many of the entries are there; each that is there is right.
unsigned count(const LmdbStore& store) {
  unsigned found = 0;
  store.each(Table::record, {}, [&](View key, View value) {
    const unsigned n = key[0] * 256u + key[1];
    REQUIRE(to_bytes(value) == value_of(n));
    ++found;
    return Walk::on;
  });
  return found;
}

/// Ends the child with what `work` leaves undone.
template <class Work>
void in_dying_child(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
}

}  // namespace

TEST_CASE("what was committed is there after reopening, what was not is not") {
  const Home home;
  {
    auto opened = home.open().value();
    fill(opened.store, 0, 500);
    opened.store.erase(Table::record, key_of(7));
    REQUIRE(opened.store.commit());
    fill(opened.store, 500, 600);
    CHECK(opened.store.get(Table::record, key_of(550)) == value_of(550));  // puts are seen before the commit
  }
  const auto again = home.open().value();
  CHECK_FALSE(again.set_aside);
  CHECK(count(again.store) == 499);
  CHECK_FALSE(again.store.get(Table::record, key_of(7)).has_value());
  CHECK(again.store.get(Table::record, key_of(8)) == value_of(8));
}

TEST_CASE("tables are apart and walked by prefix") {
  const Home home;
  auto opened = home.open().value();
  fill(opened.store, 250, 260);
  opened.store.put(Table::meta, view("sequence"), Bytes{1});
  const auto walk = [&] {
    std::vector<Bytes> keys;
    opened.store.each(Table::record, Bytes{1}, [&](View key, View) {
      keys.push_back(to_bytes(key));
      return keys.size() == 3 ? Walk::stop : Walk::on;
    });
    return keys;
  };
  CHECK(walk() == std::vector{key_of(256), key_of(257), key_of(258)});
  REQUIRE(opened.store.commit());
  CHECK(walk() == std::vector{key_of(256), key_of(257), key_of(258)});
}

TEST_CASE("a process that dies in the middle loses nothing committed") {
  const Home home;
  in_dying_child([&] {
    auto opened = home.open();
    if (!opened) ::_exit(1);
    fill(opened->store, 0, 300);
    if (!opened->store.commit()) ::_exit(1);
    fill(opened->store, 300, 400);
  });
  const auto again = home.open().value();
  CHECK_FALSE(again.set_aside);
  CHECK(count(again.store) == 300);
}

TEST_CASE("a second process is refused while the first runs") {
  const Home home;
  auto first = home.open();
  REQUIRE(first);
  const auto second = home.open();
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Code::refused);
  CHECK(second.error().text.find("another grapevined runs on this home") != std::string::npos);
  first = fail(Code::unavailable, "closed");
  CHECK(home.open().has_value());
}

TEST_CASE("a checker that cannot run stops the start, and harms nothing") {
  const Home home;
  {
    auto opened = home.open().value();
    fill(opened.store, 0, 10);
    REQUIRE(opened.store.commit());
  }
  CHECK(open_guarded(home.path, "/no/such/program").error().code == Code::storage);
  CHECK(count(home.open().value().store) == 10);
}
