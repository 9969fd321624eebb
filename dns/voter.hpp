// This node as a voter: one vote a name and term, and it remembers the last one of each name for as long as
// the rule may ask for it. What it is about to say is in the store before it is returned, and the registry
// publishes only what is on disk, so a crash between the two costs a vote and never makes two of it. Who
// finds that its disk has forgotten something keeps silent until the next epoch, which has other juries.
#pragma once

#include "dns/ledger.hpp"
#include "dns/poll.hpp"

namespace grapevine::dns {

class Voter {
 public:
  explicit Voter(Store& store) : store_(&store) {}

  /// The vote to cast now, if any. Requires: this node is on the jury.
  std::optional<Choice> choose(const Skeleton& name, const Poll& poll, Term now);
  /// Our past is known to others and not to us.
  void fall_silent(Term now);
  /// Forgets votes that no rule asks for any more.
  void forget(Term now);

 private:
  Store* store_;
};

/// The certificate that the votes held add up to, if they do and none covers their epoch yet.
std::optional<NameCertificate> certificate_of(const Ledger& ledger, const Skeleton& name, const Poll& poll,
                                              const MeshId& mesh);

}  // namespace grapevine::dns
