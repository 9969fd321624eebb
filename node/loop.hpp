// The driver with real sockets: wait, step, commit, perform; over and over, on one thread. It waits for the
// transport, the inbox, the join port, a beacon, a signal, or the Core's deadline; gives the Core a bounded
// batch of inputs; commits what they changed in the store (all of it when a person waits, else as soon as
// its kind asks for); and only then performs the effects, in order, so that nothing is said that this node
// alone knew and could forget, be it to a peer or to a person. The other driver is
// sim/world.hpp. There are no decisions here but these: a woken node hears first how late it is, and a commit
// that failed silences what would have been said on its strength.
#pragma once

#include "node/beacon_port.hpp"
#include "node/core.hpp"
#include "node/front.hpp"
#include "node/join_port.hpp"
#include "node/repeats.hpp"
#include "node/transport.hpp"
#include "node/workers.hpp"

#include <functional>
#include <set>

namespace grapevine::node {

/// The time as this process sees it: since its own beginning, suspended or not, and by the wall.
class LocalClock {
 public:
  LocalClock();
  Now now() const;

 private:
  Duration begun_;
};

/// SIGTERM, SIGINT and, unless the process was started to ignore it, SIGHUP as something to poll. Made before
/// any thread is: they are blocked from then on, everywhere.
class Signals {
 public:
  Signals();
  int readable() const { return signals_.number(); }
  /// Takes one; false when there is none.
  bool take();

 private:
  Descriptor signals_;
};

class Loop {
 public:
  static constexpr std::size_t inputs_a_turn = 256;
  static constexpr std::size_t inbox_max = 4'096;
  static constexpr Duration leaving_at_most = 4'300ms;  // of five seconds, the rest is for closing sockets
  static constexpr Duration counts_every = 10s;

  /// What it drives; all of it outlives the loop.
  struct Parts {
    Core& core;
    Transport& transport;
    JoinPort& join_port;
    BeaconPort& beacon_port;
    Workers& workers;
    Front& front;
    Inbox<Handed>& inbox;
    Signals& signals;
    const LocalClock& clock;
    std::function<Result<void>(dns::Urgency)> commit;
    /// Looks at a hundredth of the store; false: it is damaged.
    std::function<bool()> scrub;
    Duration scrub_first = 5s;    // DNS has been told of all by then, and what that read may be given back
    Duration scrub_every = 1min;  // so all of it in less than two hours
    /// Keeps what the next start begins with.
    std::function<Result<void>(const KeepCertificate&)> keep;
    std::function<void(const Note&)> note;
    /// Gives DNS what it shows of some nodes; false: not now. Absent: DNS is off.
    std::function<bool(std::vector<dns::Presence>)> show;
  };
  explicit Loop(Parts parts) : parts_(std::move(parts)) {}

  /// Loads what the store has kept. Called once, first.
  void start();
  /// Runs until a signal and goodbye, or until the store is seen to be damaged.
  enum class End { left, interrupted, damaged };
  End run();

 private:
  void wait();
  Effects turn();
  void hear_signals(Effects& out);
  void take(Handed handed, Effects& out);
  void take(Sighted sighted, Effects& out);
  void step(Input input, Effects& out);
  void commit_and_perform(Effects effects);
  template <class Outward>
  void perform(Outward effect);
  void show_changed();
  std::string told(const gossip::Changed& changed) const;
  bool is_over() const;
  void look_at_descriptors(Now now);
  void look_at_join_port(Now now);
  void look_at_store(Now now);
  void note(const Note& note);
  void tell_counts(Now now);
  void tell_counts(const std::map<std::string_view, std::uint64_t>& counts);
  void end();

  Parts parts_;
  std::optional<Time> leaving_since_;
  bool interrupted_ = false;             // by a second signal
  bool damaged_ = false;                 // the store
  std::set<NodeId> changed_;             // of whom DNS has yet to hear; at most every node of the registry
  std::vector<Input> next_;              // what performing effects has brought
  std::vector<std::promise<void>> ran_;  // errands of this turn, to be answered once it is committed
  Repeats repeats_;
  std::map<std::string_view, std::uint64_t> counts_told_;
  Time counts_told_at_{};
  Time look_at_descriptors_{};              // not before
  Time look_at_join_port_{};                // likewise
  Time look_at_store_{parts_.scrub_first};  // likewise: at the start another process has looked at all of it
};

}  // namespace grapevine::node
