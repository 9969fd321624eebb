// The keys of a home that change, and the order in which they do, so that a process killed at any moment
// leaves a node that can speak. One write divides a rotation: before it the old key signs, after it the new.
//   1. keys/chain          ID and every ROT: once this file is there, the rotation has happened
//   2. keys/operational    takes up the key of the last ROT; the one before it is nowhere any more
// Only then is anybody told. Step 2 follows from the files alone and is done again at every start; what was
// not told is told then. keys/next, from which all later keys follow (succession.hpp), stays as it is and is
// read only for a rotation.
#pragma once

#include "dns/key_chain.hpp"
#include "node/succession.hpp"

#include <filesystem>

namespace grapevine::node {

class KeyRing {
 public:
  explicit KeyRing(std::filesystem::path keys) : keys_(std::move(keys)) {}

  /// The key of the `rot`-th ROT, and what that shall promise. (The mesh may know more ROTs than this home:
  /// one restored from an old copy, or whose secret was stolen, catches up by the next.)
  struct Successor {
    SigningKey key;
    KeyCommitment promise;
  };
  Result<Successor> successor(std::uint32_t rot) const;
  /// Steps 1 and 2. Requires: the chain ends with the ROT of the successor.
  Result<void> keep(const std::vector<Bytes>& chain);
  /// Step 2, if a crash cut it off; nothing, mostly. refused when the files do not belong together.
  Result<void> settle();

  /// ID and every ROT; empty as long as the node has never rotated.
  Result<std::vector<Bytes>> chain() const;

 private:
  Result<SigningKey> load(std::string_view kind) const;

  std::filesystem::path keys_;
};

/// The last link of a chain that begins with this inception, each link promised by the one before; malformed
/// otherwise. Without records, the inception itself.
Result<dns::KeyChain::Link> last_link(const MeshId& mesh, const Inception& inception,
                                      const std::vector<Bytes>& chain);

}  // namespace grapevine::node
