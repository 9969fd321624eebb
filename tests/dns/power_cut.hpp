// What a power cut costs: a store is written commit by commit while its disk is recorded, and then opened as
// each moment of the recording would have left it. Each commit puts, replaces and erases some entries, so
// that pages are freed and used again. What is the node's own is acknowledged when its commit has returned,
// what was heard from others when the next one has. Nothing acknowledged may be missing, and what is there
// must be whole commits, none of them in part.
#pragma once

#include "crypto/random.hpp"
#include "tests/dns/disk.hpp"

namespace grapevine::dns {

struct PowerCuts {
  unsigned cuts = 0;       // moments looked at
  unsigned set_aside = 0;  // after a first commit, the store did not pass the check
  unsigned lost = 0;       // something acknowledged was gone, or half a commit was there
};

/// What is written; of what was heard and acknowledged too early, the last commit can be seen to be lost.
enum class Written { own, heard, heard_and_told };

/// Cuts at every event of so many commits, `draws` times each.
PowerCuts cut_power(unsigned commits, unsigned draws, disk::Syncing syncing, Random random,
                    Written written = Written::own);

}  // namespace grapevine::dns
