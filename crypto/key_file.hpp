// Where keys live between runs: one line, `grapevine-key 1 KIND BASE32 CHECK`, in a file nobody else can
// read. Written to a temporary name (O_EXCL, O_NOFOLLOW, 0600), synced, renamed, and the folder synced, so
// that a crash leaves the old file or the new one. Reading refuses whatever would make the key worthless or
// foreign, and says how to mend it.
#pragma once

#include "crypto/identity.hpp"

#include <filesystem>

namespace grapevine {

/// Saves 32 secret bytes as a key of a kind ("operational", "transport", "root", "next"). storage on any disk
/// error; conflict when the file exists.
Result<void> save_key(const std::filesystem::path& file, std::string_view kind, const Fixed<32>& secret);

/// The same in place of the key that is there, if one is.
Result<void> replace_key(const std::filesystem::path& file, std::string_view kind, const Fixed<32>& secret);

/// The secret of that kind. The errors of read_private; malformed, too: another kind, or the check does not
/// match.
Result<Fixed<32>> load_key(const std::filesystem::path& file, std::string_view kind);

/// Any small file of ours, secret or not. unknown: no such file; refused: not a regular file, not ours, or
/// readable by others (names the file and `chmod 600`); malformed: over that many bytes.
Result<std::string> read_private(const std::filesystem::path& file, std::size_t bytes_max);

/// Writes any small file atomically and durably with the given mode; storage on any error.
Result<void> write_file(const std::filesystem::path& file, std::string_view content, unsigned mode);

/// Puts on disk which names a folder holds; storage on any error.
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace grapevine
