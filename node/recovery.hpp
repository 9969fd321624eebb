// The last word about a device, made when it was born: a RETIRE record, signed by a key that was made for it
// and is nowhere any more (as the GNU Name System has revocations printed, RFC 9498). Printed or put on a
// stick, it ends the node when nothing else of it is left, needs no key then, and stays good however often
// the node rotates. Who has it can do that and nothing else, for good. One line:
//     grapevine-recovery 1 ID RECORD CHECK        RECORD and CHECK in base32
#pragma once

#include "dns/body.hpp"

#include <filesystem>

namespace grapevine::node {

struct Recovery {
  NodeId node;   // who ends
  Bytes record;  // RETIRE
};

/// Writes the recovery file of a node whose ending key this is, mode 0600. storage on any error.
Result<void> save_recovery(const std::filesystem::path& file, const MeshId& mesh, const NodeId& node,
                           const SigningKey& ending);
/// unknown: no such file; malformed: mistyped, or another file.
Result<Recovery> load_recovery(const std::filesystem::path& file);

}  // namespace grapevine::node
