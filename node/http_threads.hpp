// The threads that serve HTTP, started as they are needed: most nodes answer one client at a time, and a
// thread that waits for nobody costs memory all the same. What has been started stays for the next burst.
#pragma once

#include "node/inbox.hpp"

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include <httplib.h>

namespace grapevine::node {

/// enqueue() and shutdown() are called by the accepting thread alone, which waits while the queue is full.
class HttpThreads final : public httplib::TaskQueue {
 public:
  explicit HttpThreads(std::size_t threads_max) : threads_max_(threads_max) {}

  void enqueue(std::function<void()> task) override;
  /// Returns when all that was enqueued is done.
  void shutdown() override;

 private:
  using Task = std::function<void()>;
  static constexpr std::size_t tasks_max = 1'024;  // each is a connection; more of them wait in the kernel
  void work();

  const std::size_t threads_max_;
  Inbox<Task> tasks_{tasks_max};
  std::atomic<std::size_t> unfinished_ = 0;
  std::vector<std::jthread> threads_;
};

}  // namespace grapevine::node
