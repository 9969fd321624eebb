// Data files with a bit flipped, a page zeroed or swapped, or an end missing, each opened as the daemon opens
// it, by a registry that then meets one peer. The registry must not die of the file, must hold no record that
// was never written, and must be equal to its peer again; how often each happened, and how long the slowest
// took.
#pragma once

#include <cstdint>

namespace grapevine::dns {

struct Damages {
  unsigned files = 0;
  unsigned unopened = 0;    // the node would not have started
  unsigned set_aside = 0;   // the check found the damage, or died of it
  unsigned wrong = 0;       // files from which a record came that was never written
  unsigned whole = 0;       // equal to the peer after one exchange
  double seconds_most = 0;  // from the start until whole, without a network between
};

Damages damage_files(unsigned files, std::uint64_t seed);

}  // namespace grapevine::dns
