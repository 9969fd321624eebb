// The keys of a home that change, and the order in which they do, so that a process killed at any moment
// leaves a node that can speak. One write divides a rotation: before it the old key signs, after it the new.
//   1. keys/after          a fresh key, whose hash the rotation will promise
//   2. keys/chain          ID and every ROT: once this file is there, the rotation has happened
//   3. keys/operational    takes up what was in keys/next
//   4. keys/next           takes up what was in keys/after, which goes
// Only then is anybody told. Steps 3 and 4 follow from the files alone and are done again at every start;
// what was not told is told then. A keys/after without its step 2 serves the next attempt. (Key rotation with
// a promised next key: KERI, Smith, arXiv 1907.02143.)
#pragma once

#include "dns/key_chain.hpp"

#include <filesystem>

namespace grapevine::node {

class KeyRing {
 public:
  explicit KeyRing(std::filesystem::path keys) : keys_(std::move(keys)) {}

  /// Step 1: the key that was promised last, and what its ROT shall promise.
  struct Successor {
    SigningKey key;
    KeyCommitment promise;
  };
  Result<Successor> prepare();
  /// Steps 2 to 4. Requires: the chain ends with the ROT that was prepared.
  Result<void> keep(const std::vector<Bytes>& chain);

  /// Finishes what a crash cut off; nothing, mostly. refused when the files do not belong together.
  Result<void> settle();
  /// One step of it; false when none is left.
  Result<bool> settle_one();

  /// ID and every ROT; empty as long as the node has never rotated.
  Result<std::vector<Bytes>> chain() const;

 private:
  Result<SigningKey> load(std::string_view file, std::string_view kind) const;

  std::filesystem::path keys_;
};

/// The last link of a chain that begins with this inception, each link promised by the one before; malformed
/// otherwise. Without records, the inception itself.
Result<dns::KeyChain::Link> last_link(const MeshId& mesh, const Inception& inception,
                                      const std::vector<Bytes>& chain);

}  // namespace grapevine::node
