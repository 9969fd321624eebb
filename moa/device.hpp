// The device's half of the engine: the calls given to this device's model, its own node's and others'. A
// ticket is taken into a lane or refused at once; the lanes feed the model's slots; what the model says goes
// back as a signed proposal. The origin hears when its call starts, so that it can take other tickets back;
// each word to it carries the load as it is then.
//
// Invariants: a ticket is one call, however often it comes; a call ends once, by a proposal, a nack, a cancel
// or its deadline, and frees its slot then; the lanes keep what they promise (lanes.hpp).
#pragma once

#include "crypto/certificate.hpp"
#include "moa/ask.hpp"
#include "moa/config.hpp"
#include "moa/effect.hpp"
#include "moa/estimate.hpp"
#include "moa/lanes.hpp"
#include "moa/message.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <variant>

namespace grapevine::moa {

/// A call this device has taken.
struct Job {
  NodeId origin;
  Ticket ticket;
  Fixed<32> prompt_hash;
  Time taken{};
  Duration work{};              // how long such a call is expected to take
  std::optional<Time> started;  // absent: waits in its lane
  Time until{};
  std::size_t said_bytes = 0;  // given to the origin while the model speaks
};

class Device {
 public:
  static constexpr std::uint8_t slots_max = 64;

  /// `roster` tells whose device a ticket comes from; it outlives this. `life` names this life in loads.
  Device(const Config& config, const Self& self, const Roster& roster, std::uint32_t life);

  /// Takes the call in, or answers with a Nack.
  [[nodiscard]] Effects take(const NodeId& origin, const Ticket& ticket, Time now);
  /// The origin does not wait any more; a ticket that is not here has ended already.
  [[nodiscard]] Effects cancel(const NodeId& origin, TicketId ticket, Time now);
  /// The model speaks: a call that is the answer itself is heard by its origin at once.
  [[nodiscard]] Effects spoken(CallId call, const Piece& piece);
  /// What the model came to: a proposal, or a nack that says `failed`. The error `unknown` means that the
  /// model does not know: a proposal without text. A call that is not here has been aborted.
  [[nodiscard]] Effects generated(CallId call, std::variant<Finished, Error> said, Now now);
  /// Gives calls to the model while it has free slots, and tells their origins.
  [[nodiscard]] Effects start(Time now);
  /// Ends the calls nobody waits for any more.
  [[nodiscard]] Effects expire(Time now);
  /// Ends all calls of an origin that is gone.
  [[nodiscard]] Effects forget(const NodeId& origin);
  /// The model was found, has changed, or is gone; without one, waiting calls are refused.
  [[nodiscard]] Effects set_profile(std::optional<Profile> profile, Time now);
  /// A peer wants to know what there are documents about. One version is told to each once in ten seconds.
  [[nodiscard]] Effects tell_topics(const NodeId& peer, Time now);
  /// Takes no more calls of others and hands back those that wait.
  [[nodiscard]] Effects drain(Time now);

  Time deadline() const;
  /// The load as it is now; what this node's queries have bought is for the origin to fill in.
  Load load(Time now) const;
  const std::optional<Profile>& profile() const { return profile_; }
  /// The call, while it is waiting or running; nullptr otherwise. Valid until the next change.
  const Job* find(CallId call) const;
  std::size_t queued(Side side) const { return lanes_.queued(side); }
  std::size_t running() const { return running_; }
  std::size_t calls_max() const { return 2 * lanes_.calls_max() + slots_max; }
  /// The most calls ever held, and the most work a lane ever held, as a share of what it may.
  std::size_t calls_most() const { return calls_most_; }
  double fullest() const { return fullest_; }

 private:
  using Jobs = std::map<CallId, Job>;
  std::optional<Unwilling> objection(const NodeId& origin, const Ticket& ticket) const;
  std::optional<Unwilling> objection_of_lanes(const NodeId& origin, Stage stage) const;
  bool remember(const NodeId& origin, TicketId ticket);
  /// How long the device is busy with such a call: slots share it.
  Duration work_of(Stage stage) const;
  /// The paper's alpha; zero before the first call.
  Duration alpha() const;
  Duration residual(Time now) const;
  Side side(const NodeId& origin) const { return origin == self_.node ? Side::own : Side::foreign; }
  Flow flow(const NodeId& origin) const;
  Effects nack(const NodeId& to, TicketId ticket, Unwilling reason, Time now) const;
  Effects hand_back(Side side, Unwilling reason, Time now);
  Effects propose(const Job& job, Finished finished, Now now) const;
  Effects drop(Jobs::iterator job);

  Config config_;
  Self self_;
  const Roster* roster_;
  std::uint32_t life_;
  std::uint32_t changes_ = 0;  // of what load() tells, but by the passing of time
  std::optional<Profile> profile_;
  bool draining_ = false;
  Estimate estimate_;
  Lanes lanes_;
  Jobs jobs_;
  std::size_t running_ = 0;
  std::size_t calls_most_ = 0;
  double fullest_ = 0;
  CallId last_call_;
  std::deque<std::pair<NodeId, TicketId>> recent_;  // at most Config::tickets_remembered, oldest first
  std::set<std::pair<NodeId, TicketId>> known_;     // the same, to look up

  struct Told {
    std::uint32_t version = 0;
    Time at{};
  };
  std::map<NodeId, Told> told_topics_;  // at most Roster::members_max
};

}  // namespace grapevine::moa
