// Every knob of this floor with its default and the reason for it. Values a person may set come from the
// configuration file; the others are here so that a study or a test can turn one thing off and watch the
// number get worse.
#pragma once

#include "crypto/time.hpp"
#include "moa/menu.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace grapevine::moa {

/// Who plans queries: prices (ours), uniform choice (the paper's), or the shortest queue; the last two are
/// there to be compared with.
enum class Policy : std::uint8_t { price, paper, shortest };

/// Who is let in: as the policy says (a price, the paper's Theorem 1), or everybody, for the study of what
/// happens then.
enum class Admit : std::uint8_t { by_policy, all };

/// Whose models may be shown the proposals to merge them: this device's, its owner's, or any in the scope.
enum class Delegate : std::uint8_t { never, own, any };

/// Whether the own device proposes whenever it is not busy, so that an answer is never worse than its own; or
/// only when its price is among the best.
enum class Floor : std::uint8_t { own, price };

/// Whether a proposal weighs as much as its device has earned, or all weigh the same, as in a plain vote.
enum class Belief : std::uint8_t { learned, equal };

/// How much work may wait: twenty mean calls, but never under ten seconds (a burst of short calls is
/// harmless) nor over two minutes (nobody waits longer, and HTTP clients give up).
struct Patience {
  double calls = 20;
  Duration least = 10s;
  Duration most = 120s;
  /// The work that may wait where a mean call takes `alpha`.
  Duration bound(Duration alpha) const {
    return std::clamp(from_seconds(calls * seconds(alpha)), least, most);
  }
};

struct Config {
  Policy policy = Policy::price;
  Menu menu;  // what prices choose from when the asker names no shape
  Delegate delegate = Delegate::own;
  Floor floor = Floor::own;
  bool repeats = false;        // whether a device may propose several times where devices are few
  double spare_tickets = 0.5;  // sent for each call needed: the first to start win (price_policy.hpp)
  double late_calls = 3;  // a call so many charged calls over one and a half times its price is sent again

  Shape shape{1, 3};               // when the asker names none; prices take no more proposers than this
  std::uint8_t layers_max = 1;     // a second layer shows proposals to other proposers: the user must consent
  std::uint8_t proposers_max = 7;  // with the own one eight answers, as many as a later prompt has room for
  Duration deadline = 120s;        // of a query, when the asker names none
  Duration deadline_max = 600s;    // the longest wait HTTP clients are known to allow

  Belief belief = Belief::learned;
  bool canaries = true;         // whether devices are put to the test with questions of the past
  Duration canary_apart = 30s;  // about as long as a person is away before the next question

  Admit admission = Admit::by_policy;
  double headroom = 0.95;    // of the theorem's limit: at 1 a queue has no mean
  Patience patience;         // of a query for one call, and of each lane in seconds of work
  Duration call_guess = 1s;  // the mean call before the first has been measured

  std::size_t active_queries_max = 64;    // at this origin; the next is refused
  std::size_t lane_calls_max = 128;       // waiting calls a lane: 128 prompts of 128 KiB are 16 MiB
  std::size_t tickets_remembered = 1024;  // to know a repeated ticket: eight full lanes
  std::size_t answers_remembered = 256;   // provenances kept for who asks later
  Duration load_interval = 1s;            // between two bulletins: gossip probes about once a second
};

/// Queues as the baselines have them: of 32 calls, whatever their work.
inline Config with_short_queues(Config config) {
  config.patience = {.calls = 1e9, .least = 240h, .most = 240h};
  config.lane_calls_max = 32;
  return config;
}

}  // namespace grapevine::moa
