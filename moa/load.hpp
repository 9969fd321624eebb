// A device's load in at most 48 bytes: what gossip carries of it, and what rides on proposals and refusals.
// It is its owner's word: a lie costs the liar's peers a refused ticket, never a bound (lanes.hpp keeps
// those).
#pragma once

#include "crypto/wire.hpp"

namespace grapevine::moa {

/// What kind of model answers here: none, one that quotes or replays, one that can also merge others'
/// answers.
enum class Ability : std::uint8_t { none, answers, synthesizes };
constexpr Ability wire_last(Ability) {
  return Ability::synthesizes;
}

struct Load {
  static constexpr std::size_t bytes_max = 48;  // encoded; gossip carries no more

  Duration own{};          // estimated work waiting here for the device's own queries
  Duration foreign{};      // and for others'
  Duration call{};         // mean time of a call; zero: not measured yet
  std::uint8_t slots = 1;  // calls that run side by side
  bool open = true;        // false: takes no calls from others
  Ability ability = Ability::none;
  static auto fields(auto& self) {
    return std::tie(self.own, self.foreign, self.call, self.slots, self.open, self.ability);
  }
  bool operator==(const Load&) const = default;

  /// Whether a ticket has a chance there.
  bool takes_calls() const { return open && ability != Ability::none; }
  /// The paper's alpha: seconds of the device one mean call takes; with several slots it shares them.
  Duration alpha() const { return call / (slots == 0 ? 1 : slots); }
};

}  // namespace grapevine::moa
