// The second driver: complete Cores in one process, in virtual time. The very code that ships is driven by a
// heap of events instead of sockets, clocks and models, so an hour passes in a minute and a seed reproduces
// any failure. The only things simulated are those at the rim: the network (link.hpp), the clocks
// (clock.hpp), the models (a service time and a text), processes and disks, what goes wrong with all of them
// (faults.hpp), and the person who hands over invites. Every event delivered goes into a trace hash: equal
// seeds give equal hashes, on every compiler. (Simulator first: TigerBeetle's VOPR, FoundationDB.)
// world.cpp turns events into steps and steps into events, founding.cpp makes the devices, delivery.cpp
// moves frames, accidents.cpp is what happens to processes and cables.
#pragma once

#include "node/core.hpp"
#include "node/sim/disk.hpp"
#include "node/sim/faults.hpp"
#include "node/sim/link.hpp"
#include "node/sim/trace.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

namespace grapevine::node::sim {

/// How a simulated device generates: exponential service times of this mean (zero: at once), or always
/// exactly the mean.
struct Pace {
  Duration mean{};
  enum class Law : std::uint8_t { exponential, fixed } law = Law::exponential;
};

struct WorldOptions {
  std::size_t nodes = 5;
  std::uint64_t seed = 1;
  Weather weather;
  std::vector<Pace> paces = {Pace{}};  // repeated over the nodes
  gossip::Config gossip;
  dns::Config dns;
  moa::Config moa;
  Duration join_interval = 10ms;  // between one newcomer and the next
};

/// What became of one query.
struct Outcome {
  Index origin = 0;
  Time asked;
  std::optional<Time> ended;
  int answers = 0;
  int refusals = 0;
  moa::Provenance provenance;  // of the answer, if there was one
  std::string words;           // heard so far
  std::string text;
};

/// Somebody came to believe that somebody is dead.
struct Burial {
  Time at;
  Index viewer = 0;
  Index dead = 0;
  std::optional<Time> ended;  // its process; nothing: it was running, and the belief is false
};

/// Something small that one device told all others.
struct Telling {
  Time at;
  Index teller = 0;
  std::vector<Time> heard;           // by one device each, the teller first
  std::vector<std::uint32_t> lives;  // in which each device heard it last, by index; 0: never
};

class World {
 public:
  explicit World(WorldOptions options);
  ~World();

  /// Runs until this much virtual time has passed since the beginning.
  void run_until(Time end);
  void run_for(Duration span) { run_until(now_ + span); }
  Time now() const { return now_; }

  std::size_t size() const;
  bool is_up(Index node) const;
  /// Requires: is_up(node).
  const Core& core(Index node) const;
  NodeId id(Index node) const;
  std::optional<Index> index_of(const NodeId& id) const;

  // What people and accidents do. Each takes effect now.
  moa::QueryId ask(Index origin, std::string text, std::optional<moa::Shape> shape, Duration deadline = 120s);
  void abandon(Index origin, const moa::QueryId& query);
  Result<void> claim(Index node, std::string_view name);
  Result<void> give_up(Index node, std::string_view name);
  /// Tells all devices something small. Errors: as Core::tell, and full after the first 10 000.
  Result<void> tell(Index node);
  /// The node takes up the key it promised last.
  Result<void> rotate(Index node);
  /// The same, but the process dies when its keys are on its disk and nobody has been told.
  Result<void> crash_rotating(Index node);
  /// The key disk of a node is as it was at birth: a copy that a thief has, or one restored too late.
  void turn_back_keys(Index node);
  Result<void> suspend(Index node);
  /// One device publishes the retirement of another, made at its birth.
  Result<void> retire(Index by, Index node);
  /// One device expels another.
  Result<void> revoke(Index by, Index node);
  /// The how-manieth signing key of a device.
  SigningKey key(Index node, std::uint32_t rot) const;
  void leave(Index node);
  /// The process dies: its connections end and what was in flight is lost. Its next life begins with this
  /// memory.
  void crash(Index node, Memory memory = Memory::kept);
  void restart(Index node);
  /// The device is switched off here and on again elsewhere: with the same memory, under another address.
  void move(Index node);
  /// Nothing passes between these and the others until heal() or, in a plan, the end of its time.
  void cut(std::vector<bool> island);
  /// Lifts all barriers.
  void heal();

  /// Lets one fault strike now; what it needs to end comes later by itself.
  void strike(const Fault& fault);
  /// Lets the faults of a plan strike at their times after `begin`. Requires: a plan for so many nodes.
  void obey(const Plan& plan, Time begin);
  /// Ends every fault: barriers, pauses, slowness, stalls, wrong clocks. Who is down stays so until a plan
  /// starts it again; no other fault strikes any more.
  void calm();
  /// Calls `what` at a later time, in order with everything else.
  void at(Time when, std::function<void(World&)> what);

  const std::map<moa::QueryId, Outcome>& outcomes() const { return outcomes_; }
  /// Who buried whom, in order; the first million.
  const std::vector<Burial>& burials() const { return burials_; }
  /// Who heard when what was told; a second time in one life is a broken promise.
  const std::vector<Telling>& tellings() const { return tellings_; }
  /// How often this node's process has started.
  std::uint32_t life(Index node) const;
  /// The highest incarnation this node ever spoke under.
  gossip::Incarnation spoken(Index node) const;
  /// Takes the finished ones away, for long runs.
  void forget_ended();

  /// One number for everything that happened so far.
  std::uint64_t trace() const { return trace_.value(); }
  std::uint64_t events() const { return events_; }
  std::uint64_t frames() const { return frames_; }
  /// With what CURVE puts around them, and with its handshakes.
  std::uint64_t frame_bytes() const { return frame_bytes_; }
  /// Frames that did not fit: at a high-water mark of a connection, or in front of a paused process.
  std::uint64_t dropped() const { return network_.dropped() + unread_; }
  std::uint64_t handshakes() const { return handshakes_; }
  /// Broken promises found on the way, at most 32; empty is good.
  const std::vector<std::string>& broken() const { return broken_; }
  /// How often each note was heard.
  const std::map<std::string, std::uint64_t, std::less<>>& notes() const { return notes_; }

 private:
  struct Node;
  struct Event;
  struct Later;

  // founding.cpp
  void found(const WorldOptions& options);
  Identity identity(Index node) const;
  Nodes told_of(Index node) const;
  void start(Index node);

  // world.cpp
  void happen(Event event);
  void happen(Index node, Event& event);
  void give(Index node, Input input);
  Result<KeyCommitment> keep_next_key(Index node);
  KeyCommitment promise_of(Index node, std::uint32_t rot) const;
  SigningKey ending_key(Index node) const;
  Result<void> said(Index node, Result<Effects> effects);
  void step(Index node, Input input);
  void perform(Index node, Effects effects);
  void perform_one(Index node, Effect& effect);
  void hear(Index node, const Note& note);
  void hear(Index node, const gossip::Changed& changed);
  void hear(Index node, Telling& telling);
  void watch_incarnation(Index node);
  void generate(Index node, const moa::Generate& call);
  void record(const moa::Reply& reply, Index node);
  void record(Outcome& outcome, const moa::Answered& answered);
  void schedule(Time at, Index node, std::uint32_t life, auto what);
  void count(const Event& event);
  void claim_broken(std::string text);
  Now moment(Index node) const;

  // delivery.cpp
  void dial(Index from, const Connect& effect);
  void end_dial(Index from, Index to, gossip::Evidence failed, bool stands);
  void fly(Index from, Index to, Bytes frame);
  void land(Index from, Index to, std::uint32_t epoch, Bytes frame);
  void hang_up(Index from, Index to);
  void end_connection(Index a, Index b);
  void abandon_connections(Index node);
  void end_silently(Index side, Index other);
  void note_link(Index node, Index other, bool stands);

  // accidents.cpp
  Network::BarrierId block(Network::Barrier barrier);
  void block_for(Duration span, Network::Barrier barrier);
  void isolate(const Nodes& nodes, Duration span, Network::Barrier::Kind kind);
  void lift(Network::BarrierId barrier);
  void swizzle(const Swizzle& fault);
  void pause(Index node, Duration span);
  void resume(Index node);
  void hold(Index node, Input input);
  void plan_turn(Index node);
  void take_turn(Index node);
  void end_politely(Index node);
  void cut_power(Index node);
  void back_up(Index node);
  bool is_paused(Index node) const;

  WorldOptions options_;
  Random random_;
  RememberingVerifier verifier_;
  gossip::Book book_;
  Network network_;
  std::optional<Mesh> mesh_;
  Platter platter_;
  std::vector<Node> nodes_;
  std::unordered_map<NodeId, Index, FirstBytes> by_id_;  // never iterated
  std::vector<Event> heap_;
  std::uint64_t sequence_ = 0;
  Time now_{};
  std::map<moa::QueryId, Outcome> outcomes_;
  Trace trace_;
  std::uint64_t events_ = 0;
  std::uint64_t frames_ = 0;
  std::uint64_t frame_bytes_ = 0;
  bool is_calm_ = false;
  std::uint64_t handshakes_ = 0;
  std::uint64_t unread_ = 0;
  std::vector<Burial> burials_;
  std::vector<Telling> tellings_;
  std::vector<std::string> broken_;
  std::map<std::string, std::uint64_t, std::less<>> notes_;
};

}  // namespace grapevine::node::sim
