// What a device has documents about, so coarsely that every member may be told: a Bloom filter (Bloom 1970)
// of the terms of its index, 2 KiB, three bits a term, placed by a hash that is keyed with the mesh. A term
// that is there is always found. One that is not is found by chance: of 2100 terms, which a fifth of XQuAD
// has, in 3 of 100 cases; of 8000 in nearly half of them; a library with every word says no more than that it
// has every word. A member can test words one by one: who minds that tells nothing (`knowledge.sketch`).
//
// A question is put to the devices that have most of its weight. A word weighs the more, the fewer of the
// devices have it (as in an index over devices instead of passages), and nothing when nobody has it.
#pragma once

#include "crypto/identity.hpp"
#include "crypto/wire.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::moa {

/// A term, as the places of its bits.
using Topic = std::array<std::uint16_t, 3>;
Topic topic_of(const MeshId& mesh, std::string_view term);

class Sketch {
 public:
  static constexpr std::size_t bytes = 2048;

  /// Tells nothing, which is not the same as having nothing.
  Sketch() = default;
  Sketch(const MeshId& mesh, const std::vector<std::string>& terms);

  bool is_told() const { return !bits_.empty(); }
  /// Whether it can be one: made from terms, or telling nothing.
  bool is_whole() const { return bits_.empty() || bits_.size() == bytes; }
  /// Requires: is_told().
  bool has(const Topic& topic) const;
  /// Names what it says; zero when it tells nothing.
  std::uint32_t version() const;

  static auto fields(auto& self) { return std::tie(self.bits_); }
  bool operator==(const Sketch&) const = default;

 private:
  Blob<bytes> bits_;
};

/// For each device the share of the question's weight that its sketch has, 0 to 1.
std::vector<double> shares_of(const std::vector<Topic>& question, const std::vector<const Sketch*>& devices);

}  // namespace grapevine::moa
