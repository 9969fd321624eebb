// The set S of valid records: where each is kept, who holds what, and which record yields to which. Placing a
// record is union then prune, under orders fixed within S (rank; least record id for quotas), so registries
// that have seen the same records hold the same set: the recipe for replicas that do not trust each other
// (Kleppmann, "Making CRDTs Byzantine fault tolerant", PaPoC 2022). The store has the bytes; the index here
// is rebuilt from them at start. Whether a record is *true* is intake.hpp's question; the ledger believes
// what it is given.
#pragma once

#include "crypto/revocation.hpp"
#include "dns/arrivals.hpp"
#include "dns/ballot_box.hpp"
#include "dns/evidence.hpp"
#include "dns/key_chain.hpp"
#include "dns/name.hpp"
#include "dns/record_set.hpp"
#include "dns/store.hpp"
#include "dns/term.hpp"

#include <set>

namespace grapevine::dns {

inline constexpr std::size_t records_max = 80'000;
inline constexpr std::size_t names_held_max = 4;       // of one node
inline constexpr std::size_t names_given_up_max = 12;  // of one node, kept so that no older claim comes back
inline constexpr std::size_t evidence_held_max = 4;    // against one node
inline constexpr std::size_t names_invited_max = 64;   // of all guests of one inviter, unless it is an admin

/// Who told us of a record, and when: this node itself, or the peer that passed it on. Never sent.
struct Told {
  NodeId by;
  WallTime at;
  static auto fields(auto& self) { return std::tie(self.by, self.at); }
};

class Ledger {
 public:
  struct MemberHead {
    RecordId record;
    NodeId issuer;   // zero: the root
    NodeId inviter;  // likewise
    Role role = Role::member;
    WallTime not_after;
    Fixed<16> serial;
  };
  struct AddressHead {
    Rank rank;
    WallTime ends;
    std::vector<std::string> capabilities;
  };
  /// To whom a name goes over at the beginning of a term.
  struct Handover {
    NodeId to;
    std::uint32_t to_rot = 0;
    Term not_before = 0;
  };
  struct NameHead {
    Skeleton skeleton;
    std::string label;
    Rank rank;
    WallTime issued;  // of a handover: when it takes effect
    WallTime ends;
    bool given_up = false;
    Arrivals::Place heard = 0;  // among the claims this registry heard of
    std::optional<Handover> handover = {};
  };
  /// A SUSPEND or RETIRE, or a piece of evidence, and the key it is about.
  struct KeyMark {
    std::uint32_t rot = 0;
    RecordId record;
  };
  /// That a node is a member no more, in the words of an admin or of the root (zero).
  struct Expulsion {
    NodeId by;
    std::uint32_t rot = 0;
    WallTime at;
    RecordId record;
    std::vector<Fixed<16>> kept;
  };
  /// All we hold of one node. It has an entry exactly while it has a MEMBER record.
  struct Entry {
    MemberHead member;
    std::optional<KeyChain> keys;
    std::optional<AddressHead> address;
    std::vector<NameHead> names;       // by skeleton
    std::optional<KeyMark> suspended;  // the key that speaks now
    std::optional<KeyMark> retired;
    std::vector<KeyMark> evidence;  // by record id
    const NameHead* find(const Skeleton& skeleton) const;
  };

  explicit Ledger(Store& store) : store_(&store) {}

  const RecordSet& set() const { return set_; }
  const Store& store() const { return *store_; }
  /// nullptr when it is no member.
  const Entry* find(const NodeId& node) const;
  const std::map<NodeId, Entry>& entries() const { return entries_; }
  /// Who claims each skeleton, alive or not, ascending.
  const std::map<Skeleton, std::vector<NodeId>>& claims() const { return claims_; }
  /// A claim of a name: of whoever made it, or from the agreed term on of whom it was handed over to.
  struct LiveClaim {
    NodeId bearer;
    const NameHead* head;
  };
  /// Whose a name of this node is: its own, or from the agreed term on of whom it was handed over to.
  const NodeId& bearer_of(const NodeId& node, const NameHead& head, WallTime now) const;
  /// The claims of a name that hold now, by bearer, one each. What a suspended key gave up or handed over, it
  /// still holds.
  std::vector<LiveClaim> live_claims(const Skeleton& skeleton, WallTime now) const;
  /// The names a node claims now, by skeleton: its own, and those that were handed over to it.
  std::vector<LiveClaim> live_names(const NodeId& node, WallTime now) const;
  /// The next node after `after` that says it can do this; zero begins.
  std::optional<NodeId> capable_after(const std::string& capability, const NodeId& after) const;
  /// What was voted and certified.
  const BallotBox& ballots() const { return ballots_; }
  /// In which order claims were heard of.
  const Arrivals& arrivals() const { return arrivals_; }
  Arrivals& arrivals() { return arrivals_; }
  /// Counts every change of who may vote: members come and go, and some are convicted.
  std::size_t roll_changes() const { return roll_changes_; }
  bool is_capable(const std::string& capability, const NodeId& node) const;
  /// Who told us of a record that is held; absent when that was lost.
  std::optional<Told> told(const RecordId& id) const;
  /// Remembered as long as the record is held. Requires: it was just placed.
  void remember(const RecordId& id, const Told& told);
  /// What the keys of a node are worth now.
  Standing standing_of(const NodeId& node) const;
  /// What expels a node, be it met or not; nullptr when nothing does. An admin's word counts unless the root
  /// has revoked it, and never against an admin.
  const Expulsion* expulsion_of(const NodeId& node) const;
  /// The word itself, from the store.
  std::optional<Revocation> revocation(const RecordId& id) const;
  /// The records by which this node has revoked others.
  std::vector<RecordId> revocations_by(const NodeId& admin) const;
  /// The ADDR record held for a node.
  std::optional<Address> address_of(const NodeId& node) const;

  /// These place a record and drop what it replaces. They answer none, stale (an equal or greater one is
  /// held), over_quota or no_room. Requires: the node has an entry, except for a member, and the keys the
  /// record refers to.
  Reason place_member(const RecordId& id, View envelope, const Certificate& certificate);
  Reason place_revocation(const RecordId& id, View envelope, const Revocation& revocation);
  Reason place_origin(const RecordId& id, View envelope, const NodeId& node, const Origin& origin);
  Reason place(const RecordId& id, View envelope, const Rotation& rotation);
  Reason place(const RecordId& id, View envelope, const Address& address);
  Reason place(const RecordId& id, View envelope, const NameClaim& claim);
  Reason place(const RecordId& id, View envelope, const Transfer& transfer);
  Reason place(const RecordId& id, View envelope, const Suspension& suspension);
  Reason place(const RecordId& id, View envelope, const Retirement& retirement);
  Reason place_evidence(const RecordId& id, View envelope, const Speaker& accused);

  Reason place_vote(const RecordId& id, View envelope, const Vote& vote);
  Reason place_certificate(const RecordId& id, View envelope, const NameCertificate& certificate);

  /// Drops what ended before `horizon`; with a member goes all that rests on it.
  void expire(WallTime horizon);

  /// Marks as changed whom a turn of terms concerns without a record: handovers take effect, certificates and
  /// the grace after them end.
  void turn(Term before, Term now);

  /// Of which nodes something was placed or dropped since the last call, or who claims what they claim.
  std::set<NodeId> take_changed() { return std::exchange(changed_, {}); }

 private:
  void keep(RecordType type, const RecordId& id, View envelope);
  void drop(RecordType type, const RecordId& id);
  void drop_all(const BallotBox::Dropped& records);
  Reason keep_placed(RecordType type, const RecordId& id, View envelope, const Skeleton& name,
                     const BallotBox::Placed& placed);
  Reason place_head(View envelope, const NodeId& node, NameHead head);
  Reason place_mark(RecordType type, const RecordId& id, View envelope, std::optional<KeyMark>& mark,
                    std::uint32_t rot);
  void drop_address(const NodeId& node, Entry& entry);
  void drop_name(const NodeId& node, Entry& entry, std::size_t index);
  void drop_spoken(const NodeId& node, Entry& entry, const std::function<bool(std::uint32_t)>& falls);
  void drop_revocations(const std::function<bool(const Expulsion&)>& falls);
  void mark_dependents(const NodeId& node);
  void drop_beyond(const NodeId& node, Entry& entry, std::uint32_t rot);
  void drop_mark(RecordType type, std::optional<KeyMark>& mark);
  void drop_keys(Entry& entry);
  void drop_entry(const NodeId& node);
  void mark_claimants(const Skeleton& skeleton);
  void count_guest(const NodeId& node, const Entry& entry, const NameHead& head);
  void uncount_guest(const NodeId& node, const Entry& entry, const NameHead& head);
  void prune_guests(const NodeId& inviter);
  void forget_gift(const NodeId& node, const NameHead& head);
  std::optional<std::size_t> beyond_quota(const NodeId& node, const Entry& entry) const;

  /// A name that a guest claims.
  struct Guest {
    RecordId record;
    NodeId node;
    Skeleton name;
    auto operator<=>(const Guest&) const = default;
  };
  /// A name that was handed over, or will be.
  struct Gift {
    NodeId to;
    Skeleton name;
    NodeId from;
    auto operator<=>(const Gift&) const = default;
  };

  Store* store_;
  RecordSet set_;
  std::map<NodeId, Entry> entries_;
  std::map<Skeleton, std::vector<NodeId>> claims_;
  std::map<NodeId, std::vector<Expulsion>> revoked_;  // by `by` in each, which are one an admin
  std::set<std::pair<std::string, NodeId>> capable_;
  std::set<NodeId> changed_;
  std::map<NodeId, std::set<Guest>> guests_;  // by inviter
  std::set<Gift> gifts_;
  BallotBox ballots_;
  Arrivals arrivals_;
  std::size_t roll_changes_ = 0;
};

}  // namespace grapevine::dns
