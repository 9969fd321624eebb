// A device's load in at most 48 bytes: what gossip carries of it, and what rides on every reply to a ticket.
// From it an origin computes the price of one more call there (price.hpp). It is its owner's word: a lie
// costs the liar's peers a refused ticket, never a bound (lanes.hpp keeps those).
//
// Bulletins and replies overtake each other, so a load is numbered by what has happened at the device. A
// number counts within one life of the process, whose name is drawn by chance: between two lives every
// connection ended, so a load of another life is the newer one.
#pragma once

#include "crypto/wire.hpp"

#include <algorithm>

namespace grapevine::moa {

/// What kind of model answers here: none, one that quotes or replays, one that can also merge others'
/// answers.
enum class Ability : std::uint8_t { none, answers, synthesizes };
constexpr Ability wire_last(Ability) {
  return Ability::synthesizes;
}

struct Load {
  static constexpr std::size_t bytes_max = 48;      // encoded; gossip carries no more
  static constexpr Duration span_max{0xffff'ffff};  // 71 minutes: five bytes for each of the spans

  std::uint32_t life = 0;
  std::uint32_t number = 0;  // grows with each change but the passing of time
  Duration own{};            // charged work (lanes.hpp) waiting here for the device's own queries
  Duration foreign{};        // and for others'
  Duration residual{};       // work left of the calls that run
  Duration call{};           // mean time of a call; zero: not measured yet
  Duration use{};            // work that queries asked here have lately bought, of an hour
  std::uint8_t slots = 1;    // calls that run side by side
  bool open = true;          // false: takes no calls from others
  Ability ability = Ability::none;
  std::uint32_t topics = 0;  // the version of its sketch (sketch.hpp); zero: it tells none
  static auto fields(auto& self) {
    return std::tie(self.life, self.number, self.own, self.foreign, self.residual, self.call, self.use,
                    self.slots, self.open, self.ability, self.topics);
  }
  bool operator==(const Load&) const = default;

  /// Whether a ticket has a chance there.
  bool takes_calls() const { return open && ability != Ability::none; }
  /// The paper's alpha: seconds of the device one mean call takes; with several slots it shares them.
  Duration alpha() const { return call / (slots == 0 ? 1 : slots); }
  /// How long the device is busy with what it holds: W.
  Duration work() const { return own + foreign + residual; }
  /// Whether this tells at least as much as another of the same device.
  bool is_as_new_as(const Load& other) const { return life != other.life || number >= other.number; }
};

}  // namespace grapevine::moa
