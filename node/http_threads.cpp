#include "node/http_threads.hpp"

namespace grapevine::node {

namespace {

constexpr Duration room_wait = 1s;  // then it is asked for anew; who makes room wakes us before

}  // namespace

void HttpThreads::enqueue(std::function<void()> task) {
  if (++unfinished_ > threads_.size() && threads_.size() < threads_max_)
    threads_.emplace_back([this] { work(); });
  // A task that got lost would leave its connection open for ever.
  while (!tasks_.put(task, room_wait) && !tasks_.is_closed()) {
  }
}

void HttpThreads::shutdown() {
  tasks_.close();
  threads_.clear();
}

void HttpThreads::work() {
  constexpr Duration look_up_every = 1h;  // closing wakes it
  const auto do_next = [this](Duration wait) {
    const auto task = tasks_.take(wait);
    if (!task) return false;
    (*task)();
    --unfinished_;
    return true;
  };
  while (!tasks_.is_closed()) do_next(look_up_every);
  while (do_next(Duration::zero())) {
  }
}

}  // namespace grapevine::node
