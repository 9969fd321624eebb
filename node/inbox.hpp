// Where threads hand things over: one queue with a stated maximum, and the only mutex of the program. Whoever
// waits for nothing else takes from it; whoever also waits for sockets polls its descriptor, which can be
// read exactly while there is something to take or the inbox is closed. Nothing is lost silently: put() says
// whether the item went in. Closing lets what is inside be taken, refuses more, and wakes everybody.
#pragma once

#include "crypto/descriptor.hpp"
#include "crypto/ensure.hpp"
#include "crypto/time.hpp"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/eventfd.h>

namespace grapevine::node {

template <class T>
class Inbox {
 public:
  /// Holds at most `capacity` items. Throws std::system_error when no descriptor is left.
  explicit Inbox(std::size_t capacity)
      : capacity_(capacity), bell_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!bell_) throw std::system_error(errno, std::generic_category(), "cannot make an inbox");
  }
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  /// Hands an item over, waiting so long for room. False: still full, or closed; the item is gone.
  bool put(T item, Duration wait = Duration::zero()) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, wait, [this] { return closed_ || items_.size() < capacity_; });
    if (closed_ || items_.size() >= capacity_) return false;
    items_.push_back(std::move(item));
    tell();
    return true;
  }

  /// The oldest item; nullopt when none came in that time, or none will come because the inbox is closed.
  std::optional<T> take(Duration wait) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, wait, [this] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    tell();
    return item;
  }

  /// What is there now, oldest first, at most `most`; never waits.
  std::vector<T> take_all(std::size_t most) {
    const std::unique_lock lock(mutex_);
    const auto end = items_.begin() + static_cast<std::ptrdiff_t>(std::min(most, items_.size()));
    std::vector<T> taken(std::make_move_iterator(items_.begin()), std::make_move_iterator(end));
    items_.erase(items_.begin(), end);
    tell();
    return taken;
  }

  /// Takes back the first item for which `is_it` holds; nullopt: it has been taken, or never was there.
  template <class Predicate>
  std::optional<T> withdraw(Predicate is_it) {
    const std::unique_lock lock(mutex_);
    const auto found = std::find_if(items_.begin(), items_.end(), is_it);
    if (found == items_.end()) return std::nullopt;
    std::optional<T> item(std::move(*found));
    items_.erase(found);
    tell();
    return item;
  }

  void close() {
    const std::unique_lock lock(mutex_);
    closed_ = true;
    tell();
  }
  bool is_closed() const {
    const std::unique_lock lock(mutex_);
    return closed_;
  }

  /// For poll(): readable while there is something to take or the inbox is closed.
  int readable() const { return bell_.number(); }

 private:
  // Under the lock, to the end: once it is released, the taker may destroy the inbox.
  void tell() {
    const bool ring = closed_ || !items_.empty();
    if (ring != rung_) {
      std::uint64_t count = 1;
      const auto moved =
          ring ? ::write(bell_.number(), &count, sizeof count) : ::read(bell_.number(), &count, sizeof count);
      ensure(moved == sizeof count, "a bell that was silent can be rung, and one that rang be silenced");
      rung_ = ring;
    }
    changed_.notify_all();
  }

  const std::size_t capacity_;
  const Descriptor bell_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> items_;
  bool closed_ = false;
  bool rung_ = false;
};

}  // namespace grapevine::node
