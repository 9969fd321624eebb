// Waiting that ends early when nobody waits for the outcome any more.
#pragma once

#include "crypto/time.hpp"

#include <semaphore>
#include <stop_token>

namespace grapevine::node {

/// Blocks this thread for `length`, or until a stop is requested.
inline void pause(Duration length, const std::stop_token& stop) {
  std::binary_semaphore stopped{0};
  const std::stop_callback wake(stop, [&] { stopped.release(); });
  static_cast<void>(stopped.try_acquire_for(length));
}

}  // namespace grapevine::node
