// A node is a value. Give it an input and the time; it gives back effects:
//
//     Effects Core::step(Input, Now);     what to do about this
//     Time    Core::deadline() const;     when to call again even if nothing arrives
//
// The Core holds the machines of the three floors and only routes between them. The contract every machine
// obeys:
//  1. receive(), commands and tick() return [[nodiscard]] Effects by value; nothing else leaves a machine.
//  2. deadline() is the only timer. What waits has its own time; nothing fires by itself;
//     stale deadlines are no-ops.
//  3. Time is given, never asked for (crypto/time.hpp).
//  4. Chance is a seeded member; nothing iterates over an unordered container: one seed, one trace,
//     on every compiler.
//  5. A machine does not log, throw, start threads or know an address; it reports what happened as Notes.
//  6. Every queue, table, list and message states its maximum beside the type that holds it.
//  7. `from` is proven by the transport; a peer's nonsense is counted by a Note `hostile.*`, never fatal.
//  8. Layout is decided for thousands of nodes in one process (gossip/book.hpp).
// What is synchronous and deterministic, the store, is passed by reference. Its driver commits it after
// step() and before it performs the effects, so nothing is said that could be forgotten.
#pragma once

#include "crypto/key_file.hpp"
#include "dns/registry.hpp"
#include "gossip/gossip.hpp"
#include "moa/engine.hpp"
#include "node/effect.hpp"
#include "node/events.hpp"
#include "node/invites.hpp"

namespace grapevine::node {

/// Who this node is: made by `init` or `join`, read from its home at every start.
struct Identity {
  Mesh mesh;
  NodeId node;
  Inception inception;
  Signed<Certificate> certificate;
  SigningKey operational;
  std::optional<SigningKey> root;            // on the founding device only
  std::vector<Signed<Certificate>> issuers;  // who may have issued members; issuers before those they issued
  std::vector<Introduction> introductions;   // whom to call first, from the join reply
  std::vector<Bytes> chain = {};             // ID and every ROT, once the operational key is not the first
};

/// What a node is told about itself at its start.
struct Options {
  gossip::Config gossip;
  dns::Config dns;
  moa::Config moa;
  gossip::Contact contact;         // where peers can dial us
  dns::Announcement announcement;  // what the registry says about us
  /// To be claimed soon after the start; empty: what the device was called at init or join. Absent: nothing
  /// is claimed.
  std::optional<std::string> name;
  dns::Memory memory = dns::Memory::kept;   // lost: the store was set aside
  std::vector<std::string> join_addresses;  // "host:port" written into invites
  std::uint64_t seed = 0;
};

/// A name that is offered or accepted: half a transfer, and how it reaches the receiver, or both halves, and
/// how everybody hears of it.
struct Offered {
  dns::Offer offer;
  Effects effects;
};

/// What `grapevine invite` gets: the secret to hand over.
struct Invited {
  Invite invite;
  Effects effects;
};

class Core {
 public:
  Core(Options options, Identity identity, dns::Store& store, Verifier& verifier, gossip::Book& book);

  [[nodiscard]] Effects start(Now now);
  [[nodiscard]] Effects step(Input input, Now now);
  /// Always later than the last `now`, or `never`.
  Time deadline() const;

  /// Commands that people give and that answer at once.
  [[nodiscard]] Result<Effects> claim(std::string_view name, Now now);
  [[nodiscard]] Result<Effects> give_up(std::string_view name, Now now);
  [[nodiscard]] Result<Effects> renew(std::string_view name, Now now);
  [[nodiscard]] Result<Offered> offer(std::string_view name, const NodeId& to, Now now);
  [[nodiscard]] Result<Offered> accept(std::string_view name, Now now);
  /// What a name is to mean to this device alone; errors as dns::Registry::pin and unpin.
  [[nodiscard]] Result<Effects> pin(const dns::Registry::PinWish& wish, Now now);
  [[nodiscard]] Result<Effects> unpin(std::string_view name, Now now);
  /// Tells all devices something small; errors as Events::tell.
  [[nodiscard]] Result<Effects> tell(std::string_view name, std::string_view body, Now now);
  /// Learns what a person thinks of an answer; errors as moa::Answers::judge.
  [[nodiscard]] Result<Effects> judge(const std::optional<moa::QueryId>& query, moa::Scores scores,
                                      std::optional<double> overall, Now now);
  /// From now on `next` signs, here and on every floor; see Registry::rotate. What Registry::successor gives
  /// for it is on disk already. Open invites end: their port had its key from the old one.
  [[nodiscard]] Result<Effects> rotate(SigningKey next, const KeyCommitment& promise, Now now);
  /// The present key counts no more, until it is rotated.
  [[nodiscard]] Result<Effects> suspend(dns::Cause cause, Now now);
  /// Ends a node for ever; see Registry::retire.
  [[nodiscard]] Result<Effects> retire(View record, Now now);
  /// Expels a node from the mesh, and whom it let in; see Registry::revoke.
  [[nodiscard]] Result<Effects> revoke(const NodeId& node, std::string_view reason,
                                       const std::vector<Fixed<16>>& kept, Now now);
  [[nodiscard]] Result<Invited> invite(const InviteWish& wish, Now now);
  /// Tells the mesh of a newcomer that this node, or the root, has certified.
  [[nodiscard]] Effects welcome(const Signed<Certificate>& certificate, Now now);

  bool has_left(Now now) const;

  // What faces look at.
  const Identity& identity() const { return identity_; }
  const Roster& roster() const { return roster_; }
  const gossip::Gossip& gossip() const { return gossip_; }
  const dns::Registry& registry() const { return registry_; }
  const moa::Engine& engine() const { return engine_; }
  const Events& events() const { return events_; }
  /// Frames no floor could read, since the start.
  std::uint64_t hostile_frames() const { return hostile_frames_; }

 private:
  void receive(Received& received, Now now, Effects& out);
  void answer(const Knocked& knocked, Now now, Effects& out);
  void open_join_port(Now now, Effects& out);
  void finish(Now now, Effects& out);
  void claim_name(Now now, Effects& out);
  std::vector<std::string> unasked_names() const;
  std::vector<std::string> own_labels() const;
  bool is_own_label(std::string_view name) const;
  Result<Effects> published(Result<dns::Effects> effects, Now now);
  void heed(const NodeId& node, Now now, Effects& out);
  void heed_self(Now now, Effects& out);
  bool may_ask(const NodeId& peer) const;
  void take_up_certificate(Now now, Effects& out);

  /// Hands each effect of a floor to whom it concerns; what concerns nobody in here leaves.
  template <class Floor>
  void route(std::vector<Floor> effects, Now now, Effects& out);
  template <class Message>
  void perform(Send<Message> send, Now now, Effects& out);
  template <class Outward>
  requires std::constructible_from<Effect, Outward>
  void perform(Outward effect, Now now, Effects& out);
  void perform(const gossip::Dial& dial, Now now, Effects& out);
  void perform(const gossip::Persist& persist, Now now, Effects& out);
  void perform(const gossip::Arrived& arrived, Now now, Effects& out);
  void perform(const gossip::Heard& heard, Now now, Effects& out);
  void perform(const gossip::Changed& changed, Now now, Effects& out);
  void perform(const gossip::Meet& meet, Now now, Effects& out);
  void perform(dns::Publish publish, Now now, Effects& out);
  void perform(const dns::Certified& certified, Now now, Effects& out);
  void perform(dns::Changed changed, Now now, Effects& out);
  void perform(moa::PublishLoad load, Now now, Effects& out);
  void perform(const moa::Remember& learned, Now now, Effects& out);
  void perform(const moa::Ended& ended, Now now, Effects& out);

  Options options_;
  Identity identity_;
  dns::Store& store_;
  Roster roster_;
  Random random_;
  gossip::Gossip gossip_;
  dns::Registry registry_;
  moa::Engine engine_;
  Events events_;
  Invites invites_;
  std::uint64_t hostile_frames_ = 0;
  Time claim_at_ = never;    // when to claim the own name
  Time drained_by_ = never;  // set once by Leaving: then goodbye is said even if calls still run
  bool said_goodbye_ = false;
};

}  // namespace grapevine::node
