// What an index remembers of each file it has read, so that only new and changed files are read again. Kept
// inside the index itself and committed with the passages: the two never disagree, whenever the process ends.
#pragma once

#include "crypto/result.hpp"
#include "node/models/documents.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace grapevine::node {

struct KnownFile {
  Stamp stamp;                  // read again when it differs
  std::uint64_t number = 0;     // marks the file's passages
  std::optional<Code> skipped;  // why it has none
  bool operator==(const KnownFile&) const = default;
};

/// By path.
using Manifest = std::map<std::string, KnownFile>;

/// Per file: path, size, time, number, reason to skip or nothing; each ended by the byte no path has, zero.
std::string write_manifest(const Manifest& manifest);
/// Requires: a text of write_manifest.
Manifest read_manifest(std::string_view text);

}  // namespace grapevine::node
