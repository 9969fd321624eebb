// How often one source is answered in full over UDP, where it may be forged. So many answers a second for
// each network (/24 or /56); beyond that the server answers with nothing but "come by TCP", which is no
// bigger than the question, so nobody can be flooded by asking us in his name (response rate limiting as in
// BIND, by ISC). The table never grows: sources that share a place in it share a budget, and where a source
// falls is a secret of this process.
#pragma once

#include "crypto/budget.hpp"
#include "crypto/bytes.hpp"

namespace grapevine::dns {

class SourceLimit {
 public:
  static constexpr double answers_a_second = 200;
  static constexpr std::size_t places = 1024;

  explicit SourceLimit(std::uint64_t secret)
      : secret_(secret), budgets_(places, Budget(answers_a_second, answers_a_second)) {}

  /// Whether the source, an address of 4 or 16 bytes, has an answer left. Time does not go back.
  bool allows(View source, Time now) {
    Budget& budget = budgets_[place_of(source)];
    if (!budget.has(1, now)) return false;
    budget.spend();
    return true;
  }

 private:
  std::size_t place_of(View source) const {
    std::uint64_t mixed = secret_;
    for (const std::uint8_t byte : source.first(source.size() == 4 ? 3 : 7)) {
      mixed = (mixed ^ byte) * 0x9e3779b97f4a7c15u;  // Fibonacci hashing: the golden ratio in 64 bits
      mixed ^= mixed >> 29;
    }
    return mixed % places;
  }

  std::uint64_t secret_;
  std::vector<Budget> budgets_;
};

}  // namespace grapevine::dns
