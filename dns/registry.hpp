// The machine of names: what things are called, agreed without a server. Every node holds every record; a
// record is valid by its own bytes and by the records it refers to (MEMBER by its issuer's, ID by MEMBER,
// NAME and ADDR by both), never by clock, peer or order of arrival, so registries that hold the same records
// give the same answers. Names become certain by vote (poll.hpp). News is published once; what was missed is
// found by comparing roots (sync.hpp). Own records are renewed before their lease ends and carry a sequence
// number that is on disk before it is used; whoever may certify members renews those it sees (issuer.hpp).
#pragma once

#include "crypto/budget.hpp"
#include "crypto/random.hpp"
#include "dns/author.hpp"
#include "dns/config.hpp"
#include "dns/directory.hpp"
#include "dns/effect.hpp"
#include "dns/intake.hpp"
#include "dns/offers.hpp"
#include "dns/pins.hpp"
#include "dns/presence.hpp"
#include "dns/social.hpp"
#include "dns/sync.hpp"
#include "dns/voter.hpp"
#include "dns/waiting.hpp"
#include "dns/whois.hpp"

namespace grapevine::dns {

/// Whether what this node once wrote is still in its store. When it is lost, peers are heard before it
/// speaks.
enum class Memory : std::uint8_t { kept, lost };

/// What to do with a broadcast record: pass it on, be silent, or be silent and remember who sent it.
enum class Verdict : std::uint8_t { accept, ignore, reject };

class Registry {
 public:
  /// The store, the roster and the key must outlive the registry. The roster already holds the certificates
  /// that lead to our own.
  Registry(Config config, Self self, Store& store, Roster& roster, Random random);
  Registry(const Registry&) = delete;  // its parts refer to each other
  Registry& operator=(const Registry&) = delete;

  /// Loads the store; publishes own ID, MEMBER and ADDR. Called once, first. With its memory lost, or a wall
  /// clock behind its own last sequence, a node keeps silent for `recall_time`: exchanges with the peers it
  /// meets bring its highest sequence back, and it jumps past before it says anything of itself.
  Effects start(const Announcement& announcement, Now now, Memory memory = Memory::kept);
  /// From when on this node says anything of itself.
  Time silent_until() const { return silent_until_; }
  /// Addresses or capabilities have changed.
  Effects announce(const Announcement& announcement, Now now);
  /// Tells everybody of a newcomer this node has certified; its ID record it brings itself.
  Effects introduce(const Signed<Certificate>& certificate, Now now);
  /// Ours here at once; told to others after `announcement_lead`, when its jury has the hash of it.
  /// malformed or refused: no name to be claimed; full: four are held; conflict: somebody else claims it now.
  Result<Effects> claim(std::string_view name, Now now);
  /// unknown when the name is not ours.
  Result<Effects> give_up(std::string_view name, Now now);

  /// Claims this name of ours again, now; all of them when empty. unknown when it is not ours.
  Result<Effects> renew(std::string_view name, Now now);

  // What becomes of keys (key_chain.hpp). refused, with the reason, when this node may not say it.

  /// How often our key was rotated, as far as the mesh knows.
  std::uint32_t rotations() const;
  /// Our ID, every ROT, and the one that makes `next` our key, which was promised last; `promise` is of the
  /// one after it. To be kept where our keys are before it is said: nothing has changed yet.
  Result<std::vector<Bytes>> successor(const SigningKey& next, const KeyCommitment& promise) const;
  /// Says so: from now on `next` signs. Names, address and revocations are said again under it. The key must
  /// outlive the registry.
  Result<Effects> rotate(const SigningKey& next, const KeyCommitment& promise, Now now);
  /// Our key counts no more until it is rotated; the names are held.
  Result<Effects> suspend(Cause cause, Now now);
  /// Publishes a RETIRE record, of this node or of one that is lost. malformed when it is none.
  Result<Effects> retire(View record, Now now);
  /// Expels a node from the mesh, and who falls with it but for these admissions: as the root, if its key is
  /// here, else as an admin. refused when this node may not; too_big: over 64 bytes of reason or 16
  /// admissions.
  Result<Effects> revoke(const NodeId& node, std::string_view reason, const std::vector<Fixed<16>>& kept,
                         Now now);
  /// Members that were let in by this node, or renewed by it last.
  std::vector<NodeId> falls_with(const NodeId& sponsor, WallTime now) const;
  /// Our half of a transfer, told to its receiver at the next tick, which is due, and then again. unknown:
  /// not our name, or nobody we know. Renewing the name takes it back, until it takes effect.
  Result<Offer> offer(std::string_view name, const NodeId& to, Now now);
  /// The other half. refused when it is not to us, or has been lying for longer than it gives notice; full
  /// when we hold four names.
  Result<Effects> accept(const Offer& offer, Now now);
  /// What is offered to us, by the time until when it can be accepted; and of one name, or unknown.
  std::vector<Offer> offers(WallTime now) const { return offers_.open(now); }
  Result<Offer> offer_of(std::string_view name, WallTime now) const;

  // Whom this device has met, and what their names meant then (social.hpp, pins.hpp).

  /// A connection to this node stands, where there was none. Its names are pinned, unless they are already.
  Effects met(const NodeId& node, Now now);
  void called(const NodeId& node, const CallEnd& end, Now now) { social_.called(node, end, now); }
  /// Pins a name to the node it leads to, or to one given by id, under a petname if one is wanted. conflict:
  /// the name has changed, and who bore it did not hand it over; unknown, malformed and full as they say.
  struct PinWish {
    std::string name;
    std::optional<NodeId> node = {};
    std::string petname = {};
  };
  Result<Effects> pin(const PinWish& wish, Now now);
  /// The next meeting pins the name anew. unknown when it is not pinned.
  Result<Effects> unpin(std::string_view name);
  /// To be called before the process ends: what social.hpp keeps back for a minute is put into the store.
  void save() { social_.save(); }
  const Social& social() const { return social_; }
  const Pins& pins() const { return pins_; }

  Effects receive(const NodeId& from, const Message& message, Now now);
  /// A peer's root differs from ours.
  Effects meet(const NodeId& peer, Now now);
  /// A broadcast record: accept when new, ignore when known, stale or waiting, reject when no honest node
  /// sends it.
  std::pair<Verdict, Effects> arrived(const NodeId& from, View record, Now now);
  Effects tick(Now now);
  Time deadline() const;

  /// Equal for equal sets of records.
  Fixed<16> root() const { return ledger_.set().root(); }
  /// The number of records held.
  std::size_t size() const { return ledger_.set().size(); }

  /// See Directory.
  Result<Resolution> resolve(std::string_view name_or_id, WallTime now) const;
  Result<NodeId> node_of(std::string_view name_or_id, WallTime now) const;
  std::vector<Resolution> find(const std::vector<std::string>& capabilities, WallTime now,
                               std::size_t limit) const;
  std::vector<Resolution> beginning_with(std::string_view prefix, WallTime now, std::size_t limit) const;
  std::vector<NameView> names(WallTime now) const;
  std::string display_name(const NodeId& node, WallTime now) const;
  /// See presence.hpp.
  Presence presence(const NodeId& node, WallTime now) const;
  /// See whois.hpp. unknown when no record is held of such a node; conflict when the name leads to nobody.
  Result<Whois> whois(std::string_view name_or_id, WallTime now) const;
  /// How many nodes may be drawn for a jury today; with fewer than `jurors_min` every name stays provisional.
  std::size_t electors(WallTime now) const;

 private:
  void load(Now now, Effects& effects);
  Reason adopt(View record, Now now, Effects& effects);
  Reason publish(Bytes record, Now now, Effects& effects);
  Result<Effects> say(Bytes record, Now now);
  Result<void> may_speak(WallTime now) const;
  Result<void> may_hold_another(WallTime now) const;
  bool holds(const Skeleton& name, WallTime now) const;
  std::vector<Name> own_names(WallTime now) const;
  void publish_chain(Now now, Effects& effects);
  void publish_self(Now now, Effects& effects);
  void publish_keys(Now now, Effects& effects);
  void renew_member(const NodeId& node, Now now, Effects& effects);
  void tell_offers(Now now, Effects& effects);
  void renew_names(Now now, Effects& effects);
  void turn_hour(Now now, Effects& effects);
  bool is_taken(const Skeleton& name, WallTime now) const;
  void turn_term(Now now, Effects& effects);
  void deliberate(const Skeleton& name, Now now, Effects& effects);
  void decide_some(Now now, Effects& effects);
  void announce_claim(const Skeleton& name, Bytes record, Now now, Effects& effects);
  void tell_claims(Now now, Effects& effects);
  std::optional<Time> vote_waits_until(const Skeleton& name, Now now) const;
  void cast_vote(const Skeleton& name, Now now, Effects& effects);
  void certify(const Skeleton& name, Now now, Effects& effects);
  void yield(const Skeleton& name, Now now, Effects& effects);
  Reason take(const NodeId& from, View record, Now now, Effects& effects,
              Intake::Proof proof = Intake::Proof::needed);
  void settle(const Intake::Taken& taken, Now now, Effects& effects);
  void tell_changes(Now now, Effects& effects);
  void compare_with_pins(const NodeId& node, Now now, Effects& effects);
  bool is_as_sure_as_can_be(State state, WallTime now) const;
  Effects show_claimants(const Skeleton& name) const;
  void heard_of_self(const Intake::Taken& taken, Now now);
  Effects receive_offer(const NodeId& from, const Offer& offer, Now now);
  Effects receive_records(const NodeId& from, const Records& records, Now now);
  Directory directory() const { return {ledger_, *roster_, polls_, pins_, self_.node, config_.zone_parent}; }

  Config config_;
  Self self_;
  Store* store_;
  Roster* roster_;
  Random random_;
  Ledger ledger_;
  Polls polls_;
  Intake intake_;
  Waiting waiting_;
  Sync sync_;
  Author author_;
  Voter voter_;
  Offers offers_;
  Time offers_due_ = never;  // when to tell those we have made
  Social social_;
  Pins pins_;
  std::set<Skeleton> undecided_;  // names that wait for our vote, at most those held
  Skeleton last_decided_;         // who waits is taken in turn
  /// A claim of ours whose hash the jury has.
  struct Untold {
    Time due;
    Skeleton name;
    Bytes record;
  };
  std::vector<Untold> untold_;          // by `due`; at most `names_held_max`
  std::map<Skeleton, Time> postponed_;  // names on which to vote later; at most those held
  Budget deliberations_{20, 64};        // a second, and at once
  Announcement announcement_ = {};
  Time address_due_ = never;  // when to renew our ADDR
  Time hour_due_ = never;     // when the next wall hour begins: expire
  Term term_ = 0;             // the last that has begun
  Time term_due_ = never;     // when the next one does: vote, renew names
  Time decide_due_ = never;   // while names wait
  Time address_published_{};
  Time silent_until_{};  // about ourselves
};

}  // namespace grapevine::dns
