// Who is here, and how news travels: the machine of this floor, composed of swim (are you there?), exchange
// (two tables become equal), broadcast (news for everybody) and links (the only machine that may dial). It
// only routes between them. Contract: effects come by value and are performed in order; a Send is encoded by
// the owner and given back to carry(), in the same step, which answers with Transmit or dials first.
// deadline() is the only timer. `from` is proven. What one message names, or one tick finds due, bounds a
// step's effects (64 rumors, 128 names, 64 fetched); simulators check that they stay within 256.
#pragma once

#include "crypto/invite.hpp"
#include "gossip/broadcast.hpp"
#include "gossip/exchange.hpp"
#include "gossip/remembered.hpp"
#include "gossip/swim.hpp"

namespace grapevine::gossip {

/// What became of a broadcast: pass it on, keep it to yourself, or somebody lied.
enum class Verdict : std::uint8_t { accept, ignore, reject };

/// One member as a person may want to see it.
struct MemberView {
  NodeId node;
  Status status = Status::alive;
  Incarnation incarnation = 0;
  Contact contact;
  Time since{};                           // of the present status
  Duration round_trip{};                  // zero while unknown
  std::optional<Evidence> evidence = {};  // of a suspect or dead member
  std::optional<NodeId> accuser = {};     // whose word that is
  std::size_t accusers = 0;               // how many say so, as far as we keep their words
  bool linked = false;
};

/// `from` does not reach `to`, which others reach.
struct GapView {
  NodeId from;
  NodeId to;
};
/// How far a member's clock is ahead of ours.
struct ClockView {
  NodeId node;
  SignedClock::duration ahead{};
};

class Gossip {
 public:
  /// `stored` is the last Persist, empty on a first start. The roster, the book and the key behind `self`
  /// outlive the machine. The book has room for `members_max` nodes.
  Gossip(Config config, Self self, Roster& roster, Book& book, View stored, Random random);
  Gossip(const Gossip&) = delete;
  Gossip& operator=(const Gossip&) = delete;

  /// Speaks for the first time in this life and calls the contacts it remembers.
  /// With a table, one of another machine with the same book, it begins as a member known to all.
  [[nodiscard]] Effects start(Now now, const Members* table = nullptr);
  /// Calls these, again and again with full jitter, until linked. Their certificates are admitted to the
  /// roster.
  [[nodiscard]] Effects join(std::vector<Introduction> contacts, Now now);
  /// Says goodbye to all linked peers.
  [[nodiscard]] Effects leave(Now now);
  /// Whether the goodbye is over: two answered it, nobody was there, or a second has passed.
  bool has_left(Now now) const;

  [[nodiscard]] Effects receive(const NodeId& from, const Message& message, Now now);
  /// The first connection with a peer stands.
  [[nodiscard]] Effects linked(const NodeId& peer, Dialler who, Now now);
  /// No connection with a peer is left, or a dial ended before it stood. May or may not follow a HangUp.
  [[nodiscard]] Effects unlinked(const NodeId& peer, Evidence evidence, Now now);
  /// Somebody says that this node is near, and where. It is called there, once, if it is a member that we do
  /// not believe to be up; whom to link with of the others is not for strangers to say.
  [[nodiscard]] Effects sighted(const NodeId& node, const Contact& contact, Now now);
  /// Signs all that others hold of us anew: our key, or our certificate, is another one now. Nothing before
  /// start().
  [[nodiscard]] Effects speak_again(Now now);
  /// Forgets a node that the roster calls no member any more, and ends its link; nothing when that is done.
  [[nodiscard]] Effects expel(const NodeId& node, Now now);
  /// A frame for a peer, of any floor: Transmit when linked; else it waits for the dial, at most 5 s and 64
  /// frames in all, and is dropped with a Note.
  [[nodiscard]] Effects carry(const NodeId& to, Bytes frame, Now now);

  /// Tells everybody. Requires: at most 4 096 bytes.
  [[nodiscard]] Effects publish(Topic topic, Bytes payload, Now now);
  /// Judges an Arrived, in the same step.
  [[nodiscard]] Effects verdict(const GossipId& id, Verdict verdict, Now now);
  /// Own word to everybody, at most 48 bytes; rides on probes.
  void set_bulletin(Bytes body) { swim_.say(std::move(body)); }
  void set_registry_root(const Root& root) { swim_.set_registry_root(root); }

  [[nodiscard]] Effects tick(Now now);
  /// When to call tick; after a tick it is later than that tick.
  Time deadline() const;

  const Members& members() const { return members_; }
  /// How many members are up, suspects and oneself included.
  std::size_t alive_count() const { return members_.up_count(); }
  bool linked_to(const NodeId& peer) const;
  /// Sorted by id.
  std::vector<NodeId> linked_peers() const;
  /// Every member held, oneself included, sorted by id.
  std::vector<MemberView> view() const;
  std::optional<MemberView> find(const NodeId& node) const;
  /// What showed within the last minute, here or on errands for others; at most Chart::kept_max of each.
  std::vector<GapView> gaps(Time now) const;
  std::vector<ClockView> clocks(Time now) const;
  /// Certificates and contacts of members that are up, oneself first.
  std::vector<Introduction> introductions(std::size_t max) const;
  Incarnation incarnation() const { return swim_.incarnation(); }
  unsigned health() const { return swim_.health(); }

 private:
  void take(Peer from, const Hello& hello, Now now, Effects& out);
  void take(Peer from, const Bye& bye, Now now, Effects& out);
  void take(Peer from, const YouAreDown& news, Now now, Effects& out);
  void take(Peer from, const Parcel& parcel, Now now, Effects& out);
  void take(Peer from, const Neighbour& word, Now now, Effects& out);
  void take(Peer from, const Rumors& rumors, Now now, Effects& out);
  void wake(Now now, Effects& out);
  void compare(Peer from, const News& news, Now now, Effects& out);
  void call(const Introduction& contact, Now now, Effects& out);
  void flood(const Rumor& rumor, Now now, Effects& out);
  Persist persist() const;
  [[nodiscard]] Effects finish(Effects out, Now now);
  MemberView view_of(Peer peer) const;

  const Config config_;
  const Self self_;
  Roster& roster_;
  Random random_;
  Peers peers_;
  Members members_;
  Links links_;
  Swim swim_;
  Exchange exchange_;
  Broadcast broadcast_;
  Remembered remembered_;  // from the last life; contacts are dropped once called
  Incarnation persisted_ = 0;
  Time next_persist_ = never;
  Time next_meet_{};
  std::optional<Time> leaving_;  // since when
  std::size_t goodbyes_wanted_ = 0;
  std::size_t goodbyes_ = 0;
  bool introduced_ = false;  // all others have my word already
  bool had_neighbours_ = false;
  Time last_step_{};  // what an input made due earlier is not late
};

}  // namespace grapevine::gossip
