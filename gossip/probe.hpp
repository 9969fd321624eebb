// "Are you there?", directly, then through friends. A probe lasts one period: a ping; after the direct wait,
// requests to friends, who ping the target themselves; nothing by the end is a failure. Only an answer with
// the probe's number from its target, or a friend's word for it, counts; so answers to older questions prove
// nothing. When the dial was refused, and every friend's too, there is nothing left to wait for and the probe
// ends early. Targets are taken from a shuffled pass over all members, so that each is asked exactly
// once a pass (SWIM, sections 3 and 4.3).
#pragma once

#include "crypto/random.hpp"
#include "gossip/config.hpp"
#include "gossip/members.hpp"

#include <optional>

namespace grapevine::gossip {

/// The members in random order, each once; then again in another order.
class Pass {
 public:
  /// Whose turn it is; nothing when nobody else is up.
  std::optional<Peer> next(const Members& members, Random& random);
  /// A newcomer takes a random place in what is left of the pass.
  void enter(Peer peer, Random& random);

 private:
  std::vector<Peer> order_;
  std::size_t at_ = 0;
};

/// Those who died a short time ago.
class Mourned {
 public:
  explicit Mourned(const Config& config) : config_(config) {}

  /// One more has died. Above the maximum it counts as dead for long.
  void enter(Peer dead);
  /// One of them at random; nothing when nobody died lately. Whom it finds alive, or dead for long, it
  /// forgets.
  std::optional<Peer> draw(const Members& members, Random& random, Time now);

 private:
  const Config& config_;
  std::vector<Peer> dead_;  // in no order, at most mourned_max
};

/// How the first ping travels: a round trip is measured on standing links only.
enum class Road : std::uint8_t { standing, dialled };

struct Probe {
  std::uint32_t number = 0;
  Peer target = 0;
  Road road = Road::standing;
  Time begun{};
  Time direct_until{};
  Time until{};
  Evidence evidence = Evidence::silent;  // the worst that was seen of the target
  bool asked = false;                    // friends were
  std::vector<Peer> friends;             // at most Config::friends
  std::vector<Peer> nacks;               // the friends that heard nothing so far, ...
  std::vector<Peer> refusals;            // ... and those whose dial was refused
};

/// How long to wait for the target itself, and for everything.
struct Waits {
  Duration direct{};
  Duration all{};
};

/// The probes under way, at most probes_max.
class Probes {
 public:
  explicit Probes(const Config& config) : config_(config) {}

  /// Opens a probe; nothing when enough are open or this target is being probed.
  const Probe* open(Peer target, Road road, Waits waits, std::uint32_t number, Time now);
  /// Closes the probe this answer belongs to; nothing when it belongs to none.
  std::optional<Probe> answered(std::uint32_t number, Peer target);
  /// The same for a friend's word.
  std::optional<Probe> vouched(std::uint32_t number, Peer target, Peer by);
  /// A friend got no answer either, so far.
  void denied(std::uint32_t number, Peer by, Evidence evidence, Time now);
  /// Evidence from a link, for the probe of this target if there is one. A refused dial ends the direct wait.
  bool seen(Peer target, Evidence evidence, Time now);

  /// Probes whose direct wait has ended; the caller fills in the friends it asks.
  std::vector<Probe*> to_ask(Time now);
  /// Takes out the probes that have failed.
  std::vector<Probe> take_failed(Time now);
  /// Closes all of them without a verdict.
  void abandon() { open_.clear(); }
  /// Whether one out of turn may be opened: a place is kept for the member whose turn it is.
  bool has_spare() const { return open_.size() + 1 < config_.probes_max; }
  Time deadline() const;

 private:
  const Config& config_;
  std::vector<Probe> open_;
};

}  // namespace grapevine::gossip
