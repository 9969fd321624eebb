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
#include <span>

namespace grapevine::dns {

/// When so many are held, nothing is taken that would only make them more. Always taken is what ends somebody
/// or keeps what is held, each bounded by what is there: one SUSPEND and one RETIRE a member, renewals, votes
/// and certificates of names that are claimed (ballot_box.hpp), and revocations of as many nodes as a roster
/// remembers: these only admins and the root say.
inline constexpr std::size_t records_max = 80'000;
inline constexpr std::size_t names_held_max = 4;         // of one node
inline constexpr std::size_t names_handed_over_max = 4;  // by one node, and to one node
inline constexpr std::size_t names_given_up_max = 12;  // of one node, kept so that no older claim comes back
inline constexpr std::size_t evidence_held_max = 4;    // against one node
inline constexpr std::size_t names_invited_max = 64;   // claimed or handed over by all guests of one inviter

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
    WallTime admitted;
    WallTime not_after;
    Fixed<16> admission;  // (certificate.hpp)
    Fixed<32> hash;       // of certificate and signature
    Precedence precedence() const { return {.role = role, .not_after = not_after, .hash = hash}; }
    /// Whether this node let it in, or signed for it last.
    bool rests_on(const NodeId& sponsor) const { return inviter == sponsor || issuer == sponsor; }
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
  /// A SUSPEND or RETIRE, and the key it is about; a RETIRE is about all.
  struct KeyMark {
    std::uint32_t rot = 0;
    RecordId record;
  };
  /// A piece of evidence, and the term whose double vote it shows; the last of all when it shows none.
  struct Conviction {
    Term term = 0;
    RecordId record;
    auto operator<=>(const Conviction&) const = default;
  };
  /// That a node is a member no more, in the words of an admin or of the root (zero).
  struct Expulsion {
    NodeId by;
    std::uint32_t rot = 0;
    WallTime at;
    RecordId record;
    std::vector<Fixed<16>> kept;
  };
  /// All we hold of one node. It has an entry exactly while it has a MEMBER record, which outlives the
  /// membership (`grounds_life`): what else is there then are its keys.
  struct Entry {
    MemberHead member;
    std::optional<KeyChain> keys;
    std::optional<AddressHead> address;
    std::vector<NameHead> names;       // by skeleton
    std::optional<KeyMark> suspended;  // the key that speaks now
    std::optional<KeyMark> retired;
    std::vector<Conviction> evidence;  // ascending
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
  /// What has become of a node's word about a name. Handovers that have taken effect lead from node to node;
  /// the last one bears the name by what it has said of it since, be it that it gives it up, else by the word
  /// that gave it. What a suspended key handed over, it still holds.
  LiveClaim outcome_of(const NodeId& node, const NameHead& head, WallTime now) const;
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
  bool is_suspended(const NodeId& node) const;
  /// Counts every change of who may vote: members come and go, and some are expelled.
  std::size_t roll_changes() const { return roll_changes_; }
  bool is_capable(const std::string& capability, const NodeId& node) const;
  /// Who told us of a record that is held; absent when that was lost.
  std::optional<Told> told(const RecordId& id) const;
  /// Remembered as long as the record is held. Requires: it was just placed.
  void remember(const RecordId& id, const Told& told);
  /// What is kept in mind of a certificate.
  static MemberHead head_of(const RecordId& id, const Certificate& certificate, const Signature& signature);
  /// Whether a member takes a share of whoever let it in. The root and admins have no shares: they could let
  /// in whom they like anyway. An inviter that is long forgotten has: else juries would change with it.
  bool is_guest(const MemberHead& member) const;
  /// When a membership ends: with its certificate, or sooner with that of its issuer.
  WallTime until(const MemberHead& member) const;
  /// For how long after that it is kept as grounds: a certificate may have to be checked that a jury gave on
  /// which it sat (a day of terms after the jury was drawn); of an admin, what it has revoked.
  static std::chrono::minutes grounds_life(Role role);
  /// What the keys of a node are worth now.
  Standing standing_of(const NodeId& node) const;
  /// What expels a node, be it met or not; nullptr when nothing does. An admin's word never counts against an
  /// admin.
  const Expulsion* expulsion_of(const NodeId& node) const;
  /// Since when a node is a member no more, by the first word against it or, unless it is kept, against
  /// whoever let it in or signed for it last; absent when it has not been expelled.
  std::optional<WallTime> expelled_since(const NodeId& node) const;
  /// The word itself, from the store.
  std::optional<Revocation> revocation(const RecordId& id) const;
  /// Whom this node has revoked; what the root has, it has with its own key.
  std::vector<Revocation> revocations_by(const NodeId& admin) const;
  /// A record's body from the store; absent when it is not of this type, or the disk has lost it.
  template <class T>
  std::optional<T> read(const RecordId& id) const;
  /// The ADDR record held for a node.
  std::optional<Address> address_of(const NodeId& node) const;

  /// These place a record and drop what it replaces. They answer none, stale (an equal or greater one is
  /// held), over_quota or no_room. Requires: the node has an entry, except for a member, and the keys the
  /// record refers to.
  Reason place_member(View envelope, const NodeId& node, const MemberHead& head);
  Reason place_revocation(const RecordId& id, View envelope, const Revocation& revocation);
  Reason place_origin(const RecordId& id, View envelope, const NodeId& node, const Origin& origin);
  Reason place(const RecordId& id, View envelope, const Rotation& rotation);
  Reason place(const RecordId& id, View envelope, const Address& address);
  Reason place(const RecordId& id, View envelope, const NameClaim& claim);
  Reason place(const RecordId& id, View envelope, const Transfer& transfer);
  Reason place(const RecordId& id, View envelope, const Suspension& suspension);
  Reason place(const RecordId& id, View envelope, const Retirement& retirement);
  /// `double_vote`: in which term, if that is what the evidence shows.
  Reason place_evidence(const RecordId& id, View envelope, const NodeId& accused,
                        std::optional<Term> double_vote);

  Reason place_vote(const RecordId& id, View envelope, const Vote& vote);
  Reason place_certificate(const RecordId& id, View envelope, const NameCertificate& certificate);

  /// Drops what ended before `horizon`; with a membership goes all that the member said of itself.
  void expire(WallTime horizon);

  /// Marks as changed whom a turn of terms concerns without a record: handovers take effect, certificates and
  /// the grace after them end.
  void turn(Term before, Term now);

  /// Of which nodes something was placed or dropped since the last call, or who claims what they claim.
  std::set<NodeId> take_changed() { return std::exchange(changed_, {}); }

 private:
  bool is_full() const { return set_.size() >= records_max; }
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
  std::span<const Expulsion> words_against(const NodeId& node) const;
  void mark_dependents(const NodeId& node);
  void silence(const NodeId& node, Entry& entry);
  void drop_votes(const NodeId& voter, const std::function<bool(std::uint32_t)>& falls);
  void drop_mark(RecordType type, std::optional<KeyMark>& mark);
  void drop_keys(Entry& entry);
  void drop_entry(const NodeId& node);
  void mark_claimants(const Skeleton& skeleton);
  void count_guest(const NodeId& node, const Entry& entry, const NameHead& head);
  void uncount_guest(const NodeId& node, const Entry& entry, const NameHead& head);
  void prune_guests(const NodeId& inviter);
  void prune_gifts(const NodeId& to);
  void forget_gift(const NodeId& node, const NameHead& head);
  std::optional<std::size_t> beyond_quota(const NodeId& node, const Entry& entry) const;
  std::pair<bool, RecordId> dispensability(const NodeId& node, const Skeleton& name,
                                           const RecordId& record) const;

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

template <class T>
std::optional<T> Ledger::read(const RecordId& id) const {
  const auto envelope = store_->get(Table::record, id.value.view());
  auto body = envelope ? body_of(*envelope) : std::nullopt;
  T* wanted = body ? std::get_if<T>(&*body) : nullptr;
  return wanted == nullptr ? std::nullopt : std::optional(std::move(*wanted));
}

}  // namespace grapevine::dns
