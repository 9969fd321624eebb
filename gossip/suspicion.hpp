// How long a silent peer keeps the benefit of the doubt. Lifeguard's timer: a suspicion held by one accuser
// lasts long, and each further accuser, seeing the same from elsewhere, brings it down towards the least,
//     max(least, most - (most - least) ln(C + 1) / ln(K + 1)),     C further accusers, K enough of them.
// Where enough of them saw a dial refused, the least is short and nothing more is waited for; so these always
// count, or others, who saw only silence but were heard first, would keep them out. An accuser that stays
// alone says it once more before it believes itself.
// Each node runs its own timers; nobody dies of hearsay. (Lifeguard, arXiv 1707.00788, section IV.B.)
#pragma once

#include "gossip/book.hpp"
#include "gossip/config.hpp"

#include <map>
#include <set>
#include <vector>

namespace grapevine::gossip {

/// The formula: how long a suspicion lasts after `confirmations` further accusers. With none needed, the
/// least at once.
Duration suspicion_time(const Patience& patience, std::size_t confirmations);

struct Accuser {
  Peer peer = 0;
  Evidence evidence = Evidence::silent;
};

class Suspicions {
 public:
  explicit Suspicions(const Config& config) : config_(config) {}

  /// Counts an accuser of a suspect, the first one starting the timer. False when this changes nothing: the
  /// accuser is known, there are enough of them, or the list is full. `n` is how many members are up.
  bool accuse(Peer suspect, Accuser accuser, std::size_t n, Time now);
  /// Whether accuse() would count this accuser; asked before its signature is checked.
  bool would_count(Peer suspect, Accuser accuser) const;
  /// What an accuser said of a suspect; nothing when it did not accuse.
  std::optional<Evidence> evidence(Peer suspect, Peer accuser) const;
  std::size_t accusers(Peer suspect) const;
  /// Whether somebody besides this one accuses the suspect.
  bool accused_by_other(Peer suspect, Peer than) const;

  /// The suspect has spoken, or is dead: no timer is left that could fire.
  void drop(Peer suspect);
  /// Gives back time in which we could not listen.
  void postpone(Duration by);

  /// Nobody else has accused this suspect: it gets the least time once more, since perhaps nobody heard.
  /// False when it had that already.
  bool call_again(Peer suspect, Time now);

  /// The suspects whose time has come, the first to end first; they stay until dropped.
  std::vector<Peer> ripe(Time now) const;
  Time deadline() const { return ends_.empty() ? never : ends_.begin()->first; }

 private:
  struct Suspicion {
    std::vector<Accuser> accusers;  // at most accusers_max, and refusals_enough more
    Time begun{};
    Time end{};
    std::size_t n = 0;
    bool called_again = false;
    bool is_refused() const;
  };
  Time end(const Suspicion& suspicion) const;
  void end_at(Peer suspect, Suspicion& suspicion, Time end);

  const Config& config_;
  std::map<Peer, Suspicion> open_;        // at most suspicions_max
  std::set<std::pair<Time, Peer>> ends_;  // of the same: half a mesh may be suspect at once
};

}  // namespace grapevine::gossip
