// The last word about a device, made when it was born: a RETIRE record that its next key has signed
// (names.md, as GNS prints a revocation). Printed or put on a stick, it ends the node when nothing else of it
// is left, and needs no key then. Who has it can do that and nothing else. One line:
//     grapevine-recovery 1 ID RECORD CHECK        RECORD and CHECK in base32
#pragma once

#include "dns/body.hpp"

#include <filesystem>

namespace grapevine::node {

struct Recovery {
  NodeId node;   // who ends
  Bytes record;  // RETIRE
};

/// Writes the recovery file of a node whose next key this is, mode 0600. storage on any error.
Result<void> save_recovery(const std::filesystem::path& file, const MeshId& mesh, const NodeId& node,
                           const SigningKey& next);
/// unknown: no such file; malformed: mistyped, or another file.
Result<Recovery> load_recovery(const std::filesystem::path& file);

}  // namespace grapevine::node
