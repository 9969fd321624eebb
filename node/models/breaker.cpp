#include "node/models/breaker.hpp"

#include <algorithm>

namespace grapevine::node {
namespace {

// A call with less says more about the caller's hurry than about the server.
constexpr Duration fair_time = 10s;

bool is_server_failure(const Error& error, Duration time_left) {
  if (error.code == Code::expired) return time_left >= fair_time;
  return error.code == Code::unavailable || error.code == Code::malformed || error.code == Code::too_big;
}

}  // namespace

Duration Breaker::wait_after(std::uint32_t failures) {
  if (failures < failures_max) return Duration{};
  // 5 s doubled four times is past the longest wait.
  const auto doublings = std::min(failures - failures_max, 4u);
  return std::min(first_wait * (1 << doublings), longest_wait);
}

bool Breaker::allows(Time now) {
  if (!is_open()) return true;
  Time due = next_probe_;
  if (now < due) return false;
  return next_probe_.compare_exchange_strong(due, now + wait_after(failures_));
}

void Breaker::succeeded() {
  failures_ = 0;
}

void Breaker::failed(Time now) {
  const std::uint32_t failures = ++failures_;
  next_probe_ = now + wait_after(failures);
}

GuardedModel::GuardedModel(std::unique_ptr<Model> model) : model_(std::move(model)) {}

Result<moa::Finished> GuardedModel::generate(const Request& request, Sink& sink, std::stop_token stop) {
  if (!breaker_.allows(now()))
    return fail(Code::unavailable, "the model server failed repeatedly and is left alone");
  auto finished = model_->generate(request, sink, std::move(stop));
  if (finished) {
    if (finished->finish != moa::Finish::cancelled) breaker_.succeeded();
  } else if (is_server_failure(finished.error(), request.time_left)) {
    breaker_.failed(now());
  }
  return finished;
}

Time GuardedModel::now() const {
  return Time(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start_));
}

}  // namespace grapevine::node
