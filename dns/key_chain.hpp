// The keys of one node, from birth: link 0 is its ID, link n its n-th ROT, and each shows the key whose hash
// the link before it promised. Only the last key speaks; what earlier ones said falls with a ROT, so a thief
// of the signing key who burnt the largest sequence number is undone by the owner's next key. A link may have
// rivals, when the owner contradicts itself: the larger record id stands, everywhere alike, and all that
// followed the other falls. Rivals show the same key, so what that key signed stays true.
#pragma once

#include "dns/body.hpp"

namespace grapevine::dns {

class KeyChain {
 public:
  struct Link {
    RecordId record;
    PublicKey key;
    KeyCommitment next;
  };

  explicit KeyChain(Link origin) : links_{std::move(origin)} {}

  /// How often the node has rotated: the number of the key that speaks.
  std::uint32_t rot() const { return static_cast<std::uint32_t>(links_.size() - 1); }
  const Link& tip() const { return links_.back(); }
  /// nullptr when the chain is shorter.
  const Link* find(std::uint32_t rot) const;
  /// Whether this is the key that was promised for link `rot`. False for link 0 and beyond the next one.
  bool is_promised(std::uint32_t rot, const PublicKey& key) const;

  /// Makes it the last link; gives back those it replaces. Requires: its key is promised, and a rival has a
  /// smaller record id.
  std::vector<Link> put(std::uint32_t rot, Link link);

 private:
  std::vector<Link> links_;  // at most 1 + `rotations_max`
};

}  // namespace grapevine::dns
