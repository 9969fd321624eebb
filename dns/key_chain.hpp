// The keys of one node, from birth: link 0 is its ID, link n its n-th ROT. Each link promises the next one
// whole, its key and what that will promise in turn, so the ID has fixed every key the node can ever have
// (pre-rotation, as in KERI; Smith, arXiv 1907.02143; carried on to the end, as in Lamport's chain of
// passwords, CACM 1981). Hence a link has no rival: whoever has stolen keys that were shown, be it all of
// them, can neither rewind the chain nor put a key of its own into it, and no order among rivals is needed,
// which a thief could win by grinding or by date. Only the last key speaks; what earlier ones said falls with
// a ROT, so a thief who burnt the largest sequence number is undone by the owner's next key. The key that may
// end the node stands apart, promised by the ID and used once, at birth: no thief of a key that signs has it.
//
// What this does not protect from: a thief of the secret behind the later keys (node/succession.hpp) has each
// of them, as the owner has, for good; a thief of the recovery file can end the node. Votes that earlier keys
// have signed go on counting inside a CERT, which has no other proof of its time, so a juror whose key was
// stolen counts as one of the f liars until it is revoked.
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

  KeyChain(const RecordId& record, const Origin& origin)
      : links_{{record, origin.key, origin.next}}, ending_(origin.ending) {}

  /// How often the node has rotated: the number of the key that speaks.
  std::uint32_t rot() const { return static_cast<std::uint32_t>(links_.size() - 1); }
  const Link& tip() const { return links_.back(); }
  /// nullptr when the chain is shorter.
  const Link* find(std::uint32_t rot) const;
  /// Whether the tip has promised this key, and that it promises `next`.
  bool is_promised(const PublicKey& key, const KeyCommitment& next) const;
  /// Whether this key may end the node.
  bool may_end(const PublicKey& key) const { return ending_of(key) == ending_; }

  /// Makes it the tip. Requires: it is promised.
  void append(Link link);

 private:
  std::vector<Link> links_;  // at most 1 + `rotations_max`
  Fixed<16> ending_;
};

}  // namespace grapevine::dns
