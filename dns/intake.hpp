// The one door into the ledger, cheapest question first: size, form, known already, canonical, entitled,
// rank, and only then the signature, which costs two hundred times a lookup. (Rank before signature: a replay
// of an old record is the commonest useless one.) Nothing before the last step changes state or sizes
// anything by a number the sender wrote.
#pragma once

#include "dns/polls.hpp"

namespace grapevine::dns {

/// Records issued further ahead than this wait (NTP keeps household clocks within a second; phones drift by
/// minutes).
inline constexpr std::chrono::minutes ahead_max{2};

/// What ended before this is no longer part of the set: the hour is whole so that clocks a little apart
/// agree, and two hours behind so that no clock within bounds still needs it.
WallTime horizon(WallTime now);

class Intake {
 public:
  Intake(Ledger& ledger, Roster& roster, const Polls& polls)
      : ledger_(&ledger), roster_(&roster), polls_(&polls) {}

  struct Taken {
    Reason reason = Reason::none;
    std::optional<RecordId> id = {};      // absent when the form is bad
    std::optional<NodeId> node = {};      // whom it is about; when unknown_node: for whom it waits
    std::optional<WallTime> issued = {};  // of a NAME or ADDR; of a MEMBER from the future, its beginning
    std::optional<Certificate> certificate = {};  // a MEMBER record was taken
    std::optional<Skeleton> name = {};            // a NAME, VOTE or CERT speaks of it
    std::uint64_t seq = 0;                        // of a NAME or ADDR
  };
  /// What our own disk kept was proven, and not from the future, when it was written: its signature is not
  /// checked again, and a clock that was set back (a board without a battery starts in 1970) does not make it
  /// lost.
  enum class Proof : std::uint8_t { needed, on_disk };

  /// Places the record or says why not.
  Taken take(View envelope, WallTime now, Proof proof = Proof::needed);

 private:
  Taken take_member(const Sealed& sealed, View envelope, const Membership& body, WallTime now, Proof proof);
  Taken take_origin(const Sealed& sealed, View envelope, const Origin& body, Proof proof);
  Taken take_vote(const Sealed& sealed, View envelope, const Vote& body, WallTime now, Proof proof);
  Taken take_certificate(const Sealed& sealed, View envelope, const NameCertificate& body, WallTime now,
                         Proof proof);
  Reason check_votes(const NameCertificate& body, Taken& taken) const;
  std::optional<PublicKey> key_of(const NodeId& node, std::uint32_t rot) const;
  template <class T>
  Taken take_claim(const Sealed& sealed, View envelope, const T& body, WallTime now, Proof proof);
  template <class T>
  Reason check_claim(const Sealed& sealed, const T& body, WallTime now) const;
  Reason place(const RecordId& id, View envelope, const Address& body);
  Reason place(const RecordId& id, View envelope, const NameClaim& body);
  bool is_signed(const Sealed& sealed, const PublicKey& key, Proof proof) const;

  Ledger* ledger_;
  Roster* roster_;
  const Polls* polls_;
};

}  // namespace grapevine::dns
