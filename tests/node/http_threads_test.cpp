#include "node/http_threads.hpp"

#include <future>

#include <doctest/doctest.h>

using namespace grapevine::node;

TEST_CASE("no connection is lost, however many come while all threads are busy") {
  constexpr int clients = 3'000;
  std::atomic<int> served = 0;
  HttpThreads threads(1);
  std::promise<void> free;
  threads.enqueue([busy = free.get_future().share()] { busy.wait(); });
  auto accepting = std::async(std::launch::async, [&] {
    for (int i = 0; i < clients; ++i) threads.enqueue([&] { ++served; });
  });
  const auto all_taken = accepting.wait_for(std::chrono::milliseconds(200)) == std::future_status::ready;
  CHECK_FALSE(all_taken);  // who accepts waits, and so does whoever knocks
  free.set_value();
  accepting.get();
  threads.shutdown();
  CHECK(served == clients);
}
