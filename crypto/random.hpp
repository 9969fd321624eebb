// Same seed, same choices, everywhere. xoshiro256** (Blackman, Vigna 2018) seeded through splitmix64; the
// standard distributions are avoided because their results differ between libraries. For chance inside
// machines only: keys and nonces come from libsodium (identity.hpp).
#pragma once

#include "crypto/ensure.hpp"
#include "crypto/time.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace grapevine {

class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (auto& word : state_) {  // splitmix64
      seed += 0x9e3779b97f4a7c15u;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      word = z ^ (z >> 31);
    }
  }

  std::uint64_t next() {
    const std::uint64_t result = rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotl(state_[3], 45);
    return result;
  }

  /// Uniform in [0, n). Requires: n > 0. (Lemire's multiplication; its bias of n / 2^64 is far below what we
  /// can see.)
  std::uint64_t below(std::uint64_t n) {
    ensure(n > 0, "a choice among at least one");
    return static_cast<std::uint64_t>((static_cast<Wide>(next()) * n) >> 64);
  }

  /// Uniform in [0, 1), 53 bits.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

  bool chance(double probability) { return uniform() < probability; }

  /// Exponentially distributed with the given mean.
  Duration exponential(Duration mean) { return from_seconds(-std::log1p(-uniform()) * seconds(mean)); }

  /// Uniform in [from, to).
  Duration between(Duration from, Duration to) {
    return to <= from ? from
                      : from + Duration(static_cast<Duration::rep>(
                                   below(static_cast<std::uint64_t>((to - from).count()))));
  }

  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

  /// At most `k` different items, uniformly chosen, in random order.
  template <class T>
  std::vector<T> sample(std::vector<T> items, std::size_t k) {
    if (k > items.size()) k = items.size();
    for (std::size_t i = 0; i < k; ++i) std::swap(items[i], items[i + below(items.size() - i)]);
    items.resize(k);
    return items;
  }

 private:
  __extension__ using Wide = unsigned __int128;  // ISO C++ has no product of two 64-bit numbers

  static std::uint64_t rotl(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace grapevine
