// Votes and certificates by name, and which of them yield to which, under orders fixed within the set as for
// all records (ledger.hpp). Of a voter two votes a term are kept, the honest one and one that convicts it. A
// certificate makes all votes of its epoch and before superfluous. Of one claim the earliest certificate of
// an epoch is kept, for the last three epochs that have one: the one in force, the one it renews, and one
// more for a renewal that came about twice around midnight. An index only: the ledger has the bytes.
#pragma once

#include "dns/poll.hpp"
#include "dns/record.hpp"

#include <functional>
#include <map>

namespace grapevine::dns {

class BallotBox {
 public:
  static constexpr std::size_t votes_a_term_max = 2;       // of one voter on one name
  static constexpr std::size_t certificates_max = 3;       // of one claim
  static constexpr std::size_t claims_certified_max = 16;  // of one name; more than one takes a lying jury

  struct HeldVote {
    Ballot ballot;
    std::uint32_t rot = 0;  // of the voter's key
    RecordId record;
  };
  struct HeldCertificate {
    Choice choice;
    RecordId record;
  };
  /// All that was said about one name.
  struct Entry {
    std::vector<HeldVote> votes = {};
    std::vector<HeldCertificate> certificates = {};
  };
  using Dropped = std::vector<std::pair<RecordType, RecordId>>;
  /// Whether the record stays (none, stale or over_quota), and what leaves for it.
  struct Placed {
    Reason reason = Reason::none;
    Dropped dropped = {};
  };

  Placed place(const Skeleton& name, const HeldVote& vote);
  Placed place(const Skeleton& name, const HeldCertificate& certificate);
  /// What ended before `horizon` leaves.
  Dropped expire(WallTime horizon);
  /// What a voter has said with keys of these numbers leaves; on which names.
  std::vector<std::pair<Skeleton, RecordId>> retract(const NodeId& voter,
                                                     const std::function<bool(std::uint32_t)>& falls);
  /// The votes for a claim leave with it.
  Dropped withdraw(const Skeleton& name, const NodeId& claim);

  /// nullptr when nobody has said anything.
  const Entry* find(const Skeleton& name) const;
  const std::map<Skeleton, Entry>& entries() const { return entries_; }
  /// Whether a certificate of this claim is held, be it one that has ended.
  bool certifies(const Skeleton& name, const NodeId& claim) const;

 private:
  std::map<Skeleton, Entry> entries_;
};

/// When a vote is forgotten. The last of an epoch may prove that a name is contested, and is kept for a key
/// lease.
WallTime end_of_vote(Term term);
/// When a certificate is: long after it has ended, since the one that renews it leans on it.
WallTime end_of_certificate(Term term);

}  // namespace grapevine::dns
