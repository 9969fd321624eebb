// A circuit breaker around a model whose server may be down (Nygard, "Release It!", chapter 5): after three
// failures in a row calls fail at once instead of each waiting for its own time limit, and one call at a time
// probes whether the server is back, after 5 s, 10 s, 20 s, 40 s, then every 60 s. One success closes it.
#pragma once

#include "node/model.hpp"

#include <atomic>
#include <chrono>
#include <memory>

namespace grapevine::node {

/// The arithmetic, with the time given. Safe to use from as many threads as the model has slots.
class Breaker {
 public:
  static constexpr std::uint32_t failures_max = 3;
  static constexpr Duration first_wait = 5s;
  static constexpr Duration longest_wait = 60s;

  /// How long after the nth failure in a row the server is left alone; zero while n < failures_max.
  static Duration wait_after(std::uint32_t failures);

  /// Whether a call may be made. While open, of all that ask after the wait one is allowed: the probe.
  bool allows(Time now);
  void succeeded();
  void failed(Time now);

  bool is_open() const { return failures_ >= failures_max; }

 private:
  std::atomic<std::uint32_t> failures_ = 0;  // in a row
  std::atomic<Time> next_probe_ = Time{};
};

/// A model behind its breaker. Unknown prompts, stops and calls in a hurry are not its failures.
class GuardedModel final : public Model {
 public:
  explicit GuardedModel(std::unique_ptr<Model> model);

  moa::Profile profile() const override { return model_->profile(); }
  /// As the model's own; unavailable at once while the breaker is open.
  Result<moa::Finished> generate(const Request& request, Sink& sink, std::stop_token stop) override;

 private:
  Time now() const;

  std::unique_ptr<Model> model_;
  Breaker breaker_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace grapevine::node
