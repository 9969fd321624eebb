// A run as one number: two runs in which everybody got the same at the same time have the same one, on every
// compiler. It has no enemies, so one multiplication for every eight bytes is hash enough; a cryptographic
// hash took a tenth of a run.
#pragma once

#include "crypto/bytes.hpp"

#include <cstdint>

namespace grapevine::node::sim {

class Trace {
 public:
  void add(std::uint64_t word) {
    value_ = (value_ ^ word) * 0x9e3779b97f4a7c15;  // the golden ratio: odd, and its bits look like chance
    value_ ^= value_ >> 32;
  }
  void add(View bytes) {
    add(bytes.size());
    for (std::uint64_t word = 0; !bytes.empty(); add(word)) {
      const std::size_t taken = std::min(bytes.size(), sizeof word);
      word = 0;
      std::memcpy(&word, bytes.data(), taken);
      bytes = bytes.subspan(taken);
    }
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

}  // namespace grapevine::node::sim
