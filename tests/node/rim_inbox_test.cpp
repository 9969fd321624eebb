#include "node/inbox.hpp"

#include <memory>
#include <thread>

#include <doctest/doctest.h>
#include <poll.h>

using namespace grapevine;
using node::Inbox;

namespace {

bool rings(const Inbox<int>& inbox) {
  pollfd waits{inbox.readable(), POLLIN, 0};
  return ::poll(&waits, 1, 0) == 1;
}

}  // namespace

TEST_CASE("an inbox gives back what was put in, oldest first") {
  Inbox<int> inbox(3);
  for (int i = 1; i <= 3; ++i) CHECK(inbox.put(i));
  CHECK(inbox.take(0s) == 1);
  CHECK(inbox.take_all(8) == std::vector<int>{2, 3});
  CHECK(inbox.take(0s) == std::nullopt);
}

TEST_CASE("a full inbox refuses more, until something was taken") {
  Inbox<int> inbox(2);
  CHECK(inbox.put(1));
  CHECK(inbox.put(2));
  CHECK_FALSE(inbox.put(3));
  CHECK(inbox.take(0s) == 1);
  CHECK(inbox.put(4));
}

TEST_CASE("no more is taken at once than asked for") {
  Inbox<int> inbox(8);
  for (int i = 0; i < 5; ++i) inbox.put(i);
  CHECK(inbox.take_all(3).size() == 3);
  CHECK(inbox.take_all(3).size() == 2);
}

TEST_CASE("the bell rings exactly while there is something to take") {
  Inbox<int> inbox(4);
  CHECK_FALSE(rings(inbox));
  inbox.put(1);
  inbox.put(2);
  CHECK(rings(inbox));
  inbox.take(0s);
  CHECK(rings(inbox));
  inbox.take(0s);
  CHECK_FALSE(rings(inbox));
}

TEST_CASE("a closed inbox rings, refuses more, and still gives what it held") {
  Inbox<int> inbox(4);
  inbox.put(1);
  inbox.close();
  CHECK(inbox.is_closed());
  CHECK_FALSE(inbox.put(2));
  CHECK(inbox.take(1s) == 1);
  CHECK(inbox.take(1h) == std::nullopt);
  CHECK(rings(inbox));
}

TEST_CASE("what was put in can be withdrawn until it is taken") {
  Inbox<int> inbox(4);
  inbox.put(1);
  inbox.put(2);
  CHECK(inbox.withdraw([](int item) { return item == 2; }) == 2);
  CHECK(inbox.withdraw([](int item) { return item == 2; }) == std::nullopt);
  CHECK(inbox.take(0s) == 1);
  CHECK_FALSE(rings(inbox));
}

TEST_CASE("whoever waits is woken by what another thread puts in") {
  Inbox<std::unique_ptr<int>> inbox(1);
  std::jthread other([&] { inbox.put(std::make_unique<int>(7)); });
  const auto taken = inbox.take(10s);
  REQUIRE(taken);
  CHECK(**taken == 7);
}

TEST_CASE("whoever waits for room is woken when something is taken") {
  Inbox<int> inbox(1);
  inbox.put(1);
  std::jthread other([&] { inbox.take(10s); });
  CHECK(inbox.put(2, 10s));
}

TEST_CASE("closing wakes whoever waits") {
  Inbox<int> inbox(1);
  std::jthread other([&] { inbox.close(); });
  CHECK(inbox.take(10s) == std::nullopt);
}

TEST_CASE("four threads lose nothing and double nothing") {
  constexpr int each = 500;
  Inbox<int> inbox(16);
  std::vector<int> seen(4 * each);
  {
    std::vector<std::jthread> threads;
    for (int start = 0; start < 4; ++start) {
      threads.emplace_back([&inbox, start] {
        for (int i = 0; i < each; ++i) inbox.put(start * each + i, 10s);
      });
    }
    for (int i = 0; i < 4 * each; ++i) {
      const auto taken = inbox.take(10s);
      REQUIRE(taken);
      ++seen[static_cast<std::size_t>(*taken)];
    }
  }
  CHECK(seen == std::vector<int>(4 * each, 1));
}
