// What a bench has to say: figures, each beside what was wanted and what it is compared with. Every program
// in bench/ fills one Figures and prints it, so that people read one table and scripts/bench one JSON form:
//
//     {"wire.sign_open_ratio": {"value": 0.96, "unit": "of libsodium", "target": ">= 0.9", "met": true,
//     "baseline": "..."}}
#pragma once

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace grapevine::bench {

struct Figure {
  std::string name;  // "wire.encode": program, dot, what was measured
  double value = 0;
  std::string unit = {};                   // "us", "1/s", "MiB"
  std::string target = {};                 // in words, such as ">= 0.9"; empty when there is none
  std::optional<bool> met = std::nullopt;  // nothing when there is no target
  std::string baseline = {};               // the peer or limit beside which the value stands
};

class Figures {
 public:
  void add(Figure figure);

  /// A table on standard output, or one JSON object when `--json` is among the arguments.
  void print(int argc, const char* const* argv) const;

  /// 0 when every target was met, 1 otherwise: what main returns.
  int exit_code() const;

 private:
  void print_table() const;
  void print_json() const;

  std::vector<Figure> figures_;
};

/// Seconds one call takes: the least of `rounds` means over `calls` calls each, which a busy machine disturbs
/// least.
template <class Call>
double seconds_per_call(int rounds, int calls, Call&& call) {
  using Clock = std::chrono::steady_clock;
  double least = std::numeric_limits<double>::infinity();
  for (int round = 0; round < rounds; ++round) {
    const auto begin = Clock::now();
    for (int i = 0; i < calls; ++i) call();
    const std::chrono::duration<double> taken = Clock::now() - begin;
    least = std::min(least, taken.count() / calls);
  }
  return least;
}

}  // namespace grapevine::bench
