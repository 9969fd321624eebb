// What a power cut costs: a store is written commit by commit while its disk is recorded, and then opened as
// each moment of the recording would have left it. Each commit puts, replaces and erases a few entries, so
// that pages are freed and used again, and is acknowledged when it has returned. Nothing acknowledged may be
// missing, and what is there must be whole commits, none of them in part.
#pragma once

#include "crypto/random.hpp"
#include "tests/dns/disk.hpp"

namespace grapevine::dns {

struct PowerCuts {
  unsigned cuts = 0;       // moments looked at
  unsigned set_aside = 0;  // after a first commit, the store did not pass the check
  unsigned lost = 0;       // something acknowledged was gone, or half a commit was there
};

/// Cuts at every event of so many commits, `draws` times each.
PowerCuts cut_power(unsigned commits, unsigned draws, disk::Syncing syncing, Random random);

}  // namespace grapevine::dns
