// Juries with liars among them, by the thousand. The honest ones vote by dns/poll.hpp, the code that ships;
// votes are plain values that reach each of the others at once or only after the next term. The liars know
// every vote at once, vote for several claims, show some jurors one vote and some another, keep votes and
// whole certificates to themselves and bring them out when they hurt most.
#pragma once

#include "crypto/random.hpp"
#include "dns/poll.hpp"

namespace grapevine::bench {

struct Bench {
  std::size_t jurors = 4;
  std::size_t liars = 0;
  enum class Rules { all, no_lock_nor_contest } rules = Rules::all;
};

/// What became of a name that two or three claimed at once, in twelve terms over the end of an epoch.
struct RaceOutcome {
  std::optional<unsigned> terms = {};  // until everybody saw a certificate; absent: nobody's
  bool is_stolen = false;              // a certificate that had been held back took it from its holder
};
RaceOutcome race(const Bench& bench, Random& random);

/// How long the liars sit among the jurors: for all terms, or for one day while later juries are honest.
enum class Tenure { always, one_day };
/// Whether readers look for the certificate that a renewal renews.
enum class Chain { read, ignored };

/// What became of an incumbent whose name a liar wants, over one key lease and its grace.
enum class Incumbency { kept, starved, stolen };
Incumbency besiege(const Bench& bench, Tenure tenure, Chain chain, Random& random);

}  // namespace grapevine::bench
