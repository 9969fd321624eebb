// The second driver: complete Cores in one process, in virtual time. The very code that ships is driven by a
// heap of events instead of sockets, clocks and models, so an hour passes in a minute and a seed reproduces
// any failure. The only things simulated are those at the rim: the network (link.hpp), the models (a service
// time and a text), processes that die and come back with their old disk, and the person who hands over
// invites. Every event delivered goes into a trace hash: equal seeds give equal hashes, on every compiler.
// (Simulator first: TigerBeetle's VOPR, FoundationDB.)
#pragma once

#include "node/core.hpp"
#include "node/sim/disk.hpp"
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
  std::string text;
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
  void leave(Index node);
  void crash(
      Index node);  // the process dies: its connections end, what was in flight is lost, its disk stays
  void restart(Index node);  // with the disk it had
  void cut(std::vector<bool> island);
  void heal();
  /// Calls `what` at a later time, in order with everything else.
  void at(Time when, std::function<void(World&)> what);

  const std::map<moa::QueryId, Outcome>& outcomes() const { return outcomes_; }
  /// Takes the finished ones away, for long runs.
  void forget_ended();

  /// One number for everything that happened so far.
  std::uint64_t trace() const { return trace_.value(); }
  std::uint64_t events() const { return events_; }
  std::uint64_t frames() const { return frames_; }
  std::uint64_t frame_bytes() const { return frame_bytes_; }
  /// Broken promises found on the way, at most 32; empty is good.
  const std::vector<std::string>& broken() const { return broken_; }
  /// How often each note was heard.
  const std::map<std::string, std::uint64_t, std::less<>>& notes() const { return notes_; }

 private:
  struct Node;
  struct Event;
  struct Later;

  void found(const WorldOptions& options);
  Identity identity(Index node) const;
  void start(Index node);
  void perform(Index node, Effects effects);
  void perform_one(Index node, Effect& effect);
  void dial(Index from, const Connect& effect);
  void fly(Index from, Index to, Bytes frame);
  void give(Index node, Input input);
  void hang_up(Index from, Index to);
  void end_connection(Index a, Index b);
  void schedule(Time at, Index node, std::uint32_t epoch, auto what);
  void happen(Event event);
  void record(const moa::Reply& reply, Index node);
  void count(const Event& event);
  void claim_broken(std::string text);
  Now moment() const;

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
  std::vector<std::string> broken_;
  std::map<std::string, std::uint64_t, std::less<>> notes_;
};

}  // namespace grapevine::node::sim
