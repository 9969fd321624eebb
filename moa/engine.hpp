// The Mixture-of-Agents engine: a machine (the contract stands in node/core.hpp) that answers queries by
// asking some devices' models, layer by layer, and merging what they say (Mitra, Kaswan, Ulukus 2024, arXiv
// 2412.21200). Every device publishes what it has to do; from that follows the price of one more call; a
// query buys as much quality as present prices allow (price.hpp); and no device queues more than it promised
// (lanes.hpp).
//
// Two halves that talk in messages, as if they were two devices: `Origin` runs the queries asked here,
// `Device` runs the calls given to this device's model, whoever asks. The engine routes between them; what a
// half sends to its own node arrives at once and never touches the wire.
//
// Invariants: every query ends in exactly one Answered or Refused, unless abandoned; a lost proposer costs a
// voice, never the answer; at most queue_bound() calls are held, whatever peers send.
#pragma once

#include "crypto/certificate.hpp"
#include "crypto/random.hpp"
#include "moa/config.hpp"
#include "moa/device.hpp"
#include "moa/effect.hpp"
#include "moa/origin.hpp"

#include <optional>
#include <variant>

namespace grapevine::moa {

/// What is waiting and running here, for faces.
struct Queue {
  std::size_t own = 0;      // calls waiting for queries asked here
  std::size_t foreign = 0;  // and for others'
  std::size_t running = 0;
  std::size_t bound = 0;  // the most that can ever be held
  std::size_t most = 0;   // and that ever was
  double fullest = 0;     // the most work a lane ever held, as a share of what it may
};

class Engine {
 public:
  /// `taste` and `trust` are what Remember kept of an earlier life.
  Engine(Config config, Self self, Roster& roster, Random random, Taste taste = Taste(),
         Trust trust = Trust());

  /// Starts a query, or refuses it in the same step.
  [[nodiscard]] Effects ask(Ask ask, Time now);
  /// The asker has gone: cancels everything, replies nothing.
  [[nodiscard]] Effects abandon(const QueryId& query, Time now);
  /// A message of this floor; `from` is proven by the transport.
  [[nodiscard]] Effects receive(const NodeId& from, const Message& message, Now now);
  /// What came of a Generate: pieces in order while it speaks, then Finished (with the whole text) or Error
  /// (`unknown`: the model does not know, which is no failure).
  [[nodiscard]] Effects generated(CallId call, std::variant<Piece, Finished, Error> said, Now now);
  /// What a person thinks of an answer given here; errors as Answers::judge.
  [[nodiscard]] Result<Effects> judge(const std::optional<QueryId>& query, Scores scores,
                                      std::optional<double> overall);
  /// The own model was found, has changed, or is gone.
  [[nodiscard]] Effects set_profile(std::optional<Profile> profile, Time now);

  /// A member is alive, perhaps again.
  void met(const NodeId& peer, Owner owner);
  /// A member is dead or has left: what it was to answer, and what was done for it, ends now.
  [[nodiscard]] Effects gone(const NodeId& peer, Time now);
  /// The load a peer's bulletin tells; anything that is none is ignored.
  [[nodiscard]] Effects heard(const NodeId& peer, View bulletin, Time now);
  /// Stops taking queries and calls; what runs may finish. Done when active_queries() and running are zero.
  [[nodiscard]] Effects drain(Time now);

  [[nodiscard]] Effects tick(Now now);
  Time deadline() const;

  Load load(Time now) const;
  /// What a peer last told of its load.
  std::optional<Load> load_of(const NodeId& peer) const;
  Queue queue() const;
  /// Calls held here, waiting and running; never above queue_bound().
  std::size_t queued_calls() const;
  std::size_t queue_bound() const;
  std::size_t active_queries() const;
  /// How the last answers came to be; at most Config::answers_remembered.
  const Answers& answers() const;
  /// Whom this node believes.
  const Trust& trust() const;

 private:
  Effects settle(Effects pending, Time now);
  Effects deliver(const NodeId& from, const Message& message, Time now);
  Effects publish(Time now);

  Config config_;
  Self self_;
  Origin origin_;
  Device device_;

  std::uint32_t published_ = 0;  // the number of the last bulletin
  Time publish_at_{};            // the earliest next one
  bool unpublished_ = false;     // the load differs from it
};

}  // namespace grapevine::moa
