// The set S of valid records: where each is kept, who holds what, and which record yields to which. Placing a
// record is union then prune, under orders fixed within S (rank; least record id for quotas), so registries
// that have seen the same records hold the same set: the recipe for replicas that do not trust each other
// (Kleppmann, "Making CRDTs Byzantine fault tolerant", PaPoC 2022). The store has the bytes; the index here
// is rebuilt from them at start. Whether a record is *true* is intake.hpp's question; the ledger believes
// what it is given.
#pragma once

#include "dns/ballot_box.hpp"
#include "dns/name.hpp"
#include "dns/record_set.hpp"
#include "dns/store.hpp"

#include <set>

namespace grapevine::dns {

inline constexpr std::size_t records_max = 80'000;
inline constexpr std::size_t names_held_max = 4;       // of one node
inline constexpr std::size_t names_given_up_max = 12;  // of one node, kept so that no older claim comes back

class Ledger {
 public:
  struct MemberHead {
    RecordId record;
    NodeId issuer;  // zero: the root
    WallTime not_after;
  };
  struct OriginHead {
    RecordId record;
    PublicKey key;
  };
  struct AddressHead {
    Rank rank;
    WallTime ends;
    std::vector<std::string> capabilities;
  };
  struct NameHead {
    Skeleton skeleton;
    std::string label;
    Rank rank;
    WallTime issued;
    WallTime ends;
    bool given_up = false;
    std::uint64_t heard = 0;  // the how-manieth claim this registry heard of
  };
  /// All we hold of one node. It has an entry exactly while it has a MEMBER record.
  struct Entry {
    MemberHead member;
    std::optional<OriginHead> origin;
    std::optional<AddressHead> address;
    std::vector<NameHead> names;  // by skeleton
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
  /// The next node after `after` that says it can do this; zero begins.
  std::optional<NodeId> capable_after(const std::string& capability, const NodeId& after) const;
  /// What was voted and certified.
  const BallotBox& ballots() const { return ballots_; }
  /// Counts every change of who is a member.
  std::size_t member_changes() const { return member_changes_; }
  bool is_capable(const std::string& capability, const NodeId& node) const;
  /// The ADDR record held for a node.
  std::optional<Address> address_of(const NodeId& node) const;

  /// These place a record and drop what it replaces. They answer none, stale (an equal or greater one is
  /// held), over_quota or no_room. Requires: the node has an entry, except for a member.
  Reason place_member(const RecordId& id, View envelope, const Certificate& certificate);
  Reason place_origin(const RecordId& id, View envelope, const NodeId& node, const Origin& origin);
  Reason place_address(const RecordId& id, View envelope, const Address& address);
  Reason place_name(const RecordId& id, View envelope, const NameClaim& claim);

  Reason place_vote(const RecordId& id, View envelope, const Vote& vote);
  Reason place_certificate(const RecordId& id, View envelope, const NameCertificate& certificate);

  /// Drops what ended before `horizon`; with a member goes all that rests on it.
  void expire(WallTime horizon);

 private:
  void keep(RecordType type, const RecordId& id, View envelope);
  void drop(RecordType type, const RecordId& id);
  void drop_all(const BallotBox::Dropped& records);
  Reason keep_placed(RecordType type, const RecordId& id, View envelope, const BallotBox::Placed& placed);
  void drop_address(const NodeId& node, Entry& entry);
  void drop_name(const NodeId& node, Entry& entry, std::size_t index);
  void drop_entry(const NodeId& node);
  static std::optional<std::size_t> beyond_quota(const Entry& entry);

  Store* store_;
  RecordSet set_;
  std::map<NodeId, Entry> entries_;
  std::map<Skeleton, std::vector<NodeId>> claims_;
  std::set<std::pair<std::string, NodeId>> capable_;
  BallotBox ballots_;
  std::uint64_t claims_heard_ = 0;
  std::size_t member_changes_ = 0;
};

}  // namespace grapevine::dns
