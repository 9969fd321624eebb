#include "bench/mixture/crowd.hpp"

#include "crypto/random.hpp"

#include <atomic>
#include <thread>

namespace grapevine::bench {

namespace {

constexpr std::size_t threads = 400;  // a daemon answers 24 questions at one time; sixteen of them 384

using Clock = std::chrono::steady_clock;

std::size_t answered_calls(const std::string& reply) {
  constexpr std::string_view voice = R"("outcome":"answered")";
  std::size_t calls = 0;
  for (auto at = reply.find(voice); at != std::string::npos; at = reply.find(voice, at + 1)) ++calls;
  return calls;
}

std::vector<Asked> draw(const Crowd& crowd, std::size_t devices) {
  Random chance(crowd.seed);
  std::vector<Asked> all;
  for (double at = seconds(chance.exponential(from_seconds(1 / crowd.rate))); at < seconds(crowd.span);
       at += seconds(chance.exponential(from_seconds(1 / crowd.rate))))
    all.push_back({.device = chance.below(devices), .due = at});
  return all;
}

}  // namespace

std::vector<Asked> ask_all(const live::Fleet& fleet, const Crowd& crowd) {
  auto all = draw(crowd, fleet.size());
  const auto begin = Clock::now();
  const auto now = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  std::atomic<std::size_t> next = 0;
  const auto ask = [&] {
    for (std::size_t i = next++; i < all.size(); i = next++) {
      Asked& one = all[i];
      std::this_thread::sleep_until(begin + std::chrono::duration<double>(one.due));
      one.begun = now();
      const auto reply = fleet.ask(one.device, "Question " + std::to_string(i), crowd.model);
      one.ended = now();
      one.status = reply.status;
      one.calls = answered_calls(reply.body);
    }
  };
  std::vector<std::jthread> people;
  for (std::size_t i = 0; i < std::min(threads, all.size()); ++i) people.emplace_back(ask);
  people.clear();
  return all;
}

}  // namespace grapevine::bench
