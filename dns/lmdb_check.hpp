// Whether a store on disk is sound. LMDB has no page checksums: of mutated files two in three kill the
// process that opens them, and some give wrong bytes silently. So every entry is read by itself and found
// again under its key, against the checksum it was put with. Run it in a process of its own, as
// store_guard.hpp does.
#pragma once

#include <filesystem>

namespace grapevine::dns {

/// Walks the store in `folder`, entry by entry, and rewrites it compactly so that no page left over from
/// before stays. 0: sound, or there is none; 1: damaged, with a line on stderr. May also die.
int check_store(const std::filesystem::path& folder);

}  // namespace grapevine::dns
