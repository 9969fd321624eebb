// The one door into the ledger, cheapest question first: size, form, known already, canonical, entitled,
// rank, and only then the signature, which costs two hundred times a lookup. (Rank before signature: a replay
// of an old record is the commonest useless one.) Nothing before the last step changes state or sizes
// anything by a number the sender wrote. Entitled is whoever signs with the last key of its chain
// (key_chain.hpp); a record that contradicts one we hold gives evidence against its signer, whichever of the
// two stays.
#pragma once

#include "dns/polls.hpp"

namespace grapevine::dns {

/// Records issued further ahead than this wait (NTP keeps household clocks within a second; phones drift by
/// minutes).
inline constexpr std::chrono::minutes ahead_max{2};
/// A transfer is heard of so long before it takes effect, or waits so long here: time for whoever was robbed
/// of its key to say SUSPEND or ROT.
inline constexpr std::chrono::minutes transfer_notice = term_length;

/// What ended before this is no longer part of the set: the hour is whole so that clocks a little apart
/// agree, and two hours behind so that no clock within bounds still needs it.
WallTime horizon(WallTime now);

class Intake {
 public:
  Intake(Ledger& ledger, Roster& roster, const Polls& polls)
      : ledger_(&ledger), roster_(&roster), polls_(&polls) {}

  struct Taken {
    Reason reason = Reason::none;
    std::optional<RecordId> id = {};              // absent when the form is bad
    std::optional<NodeId> node = {};              // whom it is about; when unknown_node: for whom it waits
    std::optional<WallTime> due = {};             // when one from the future may be taken
    std::optional<Certificate> certificate = {};  // a MEMBER record was taken
    std::optional<Skeleton> name = {};            // a NAME, XFER, VOTE or CERT speaks of it
    std::uint64_t seq = 0;                        // of a NAME, ADDR or XFER
    std::optional<NodeId> convicted = {};         // an EVID record about it was taken
    std::optional<Bytes> evidence = {};           // an EVID record made of this one and one that was held
  };
  /// What our own disk kept was proven, and not from the future, when it was written: its signature is not
  /// checked again, and a clock that was set back (a board without a battery starts in 1970) does not make it
  /// lost. What has waited until it was due is taken whatever it says of its time; all else of it is proven.
  enum class Proof : std::uint8_t { needed, waited, on_disk };

  /// Places the record or says why not.
  Taken take(View envelope, WallTime now, Proof proof = Proof::needed);

 private:
  Taken take_member(const Sealed& sealed, View envelope, const Membership& body, WallTime now, Proof proof);
  Taken take_revocation(const Sealed& sealed, View envelope, const Membership& body, WallTime now,
                        Proof proof);
  Taken take_origin(const Sealed& sealed, View envelope, const Origin& body, Proof proof);
  Taken take_vote(const Sealed& sealed, View envelope, const Vote& body, WallTime now, Proof proof);
  Taken take_certificate(const Sealed& sealed, View envelope, const NameCertificate& body, WallTime now,
                         Proof proof);
  Reason check_votes(const NameCertificate& body, Taken& taken) const;
  Taken take_evidence(const Sealed& sealed, View envelope, const Evidence& body, Proof proof);
  /// What one node says with one of its keys: ROT, NAME, ADDR, XFER, SUSPEND, RETIRE.
  template <class T>
  Taken take_spoken(const Sealed& sealed, View envelope, const T& body, const Speaker& by, WallTime now,
                    Proof proof);
  template <class T>
  Reason check_spoken(const T& body, const Speaker& by, WallTime now) const;
  template <class T>
  bool is_proven(const Sealed& sealed, const T& body, const Speaker& by, Proof proof) const;
  Reason prove_quoted(View envelope, const Speaker& by, Proof proof) const;
  std::optional<Bytes> evidence_against(const RecordId& held, View envelope) const;
  bool is_signed(const Sealed& sealed, const PublicKey& key, Proof proof) const;

  Ledger* ledger_;
  Roster* roster_;
  const Polls* polls_;
};

}  // namespace grapevine::dns
