// The disk under a store, in the hands of a test. This program's own pwrite, writev, ftruncate and
// fdatasync stand before those of the C library, so all that LMDB does to a data file passes here. It is
// recorded, to ask what a power cut at any moment would have left behind, or made to fail. (kill -9 cannot
// show a missing sync, for the kernel keeps what was written; after ALICE, Pillai et al., OSDI 2014.)
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/random.hpp"

#include <span>
#include <variant>

namespace grapevine::dns::disk {

/// Bytes written to the data file; `is_synced` when its descriptor waits for the disk (O_DSYNC).
struct Written {
  std::size_t at = 0;
  Bytes bytes;
  bool is_synced = false;
};
/// Everything before is on the disk.
struct Synced {};
struct Truncated {
  std::size_t size = 0;
};
/// The test was told that all up to this number is stored.
struct Acknowledged {
  std::uint32_t number = 0;
};
using Event = std::variant<Written, Synced, Truncated, Acknowledged>;

/// Records every data.mdb of this process from now on, until it is taken.
void record();
void acknowledge(std::uint32_t number);
std::vector<Event> take_recording();

/// The data file as a power cut leaves it while the last of `events` was under way. What was synced is there.
/// Of each other write chance keeps all, nothing, or some sectors of 512 bytes, which no disk tears.
Bytes after_power_cut(std::span<const Event> events, Random& random);

/// What happens to data files from now on: full refuses every write (ENOSPC), unsynced refuses to sync (EIO),
/// rootless takes everything but the root page, which is written last (EIO).
enum class Fault { none, full, unsynced, rootless };
void set_fault(Fault fault);

/// Stores opened from now on do not wait for the disk (MDB_NOSYNC): the negative control.
enum class Syncing { as_opened, never };
void set_syncing(Syncing syncing);

}  // namespace grapevine::dns::disk
