// Every knob of this floor with its default and the reason for it. Values a person may set come from the
// configuration file; the others are here so that a study or a test can turn one thing off and watch the
// number get worse.
#pragma once

#include "crypto/time.hpp"
#include "moa/provenance.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace grapevine::moa {

/// Who is let in: by the paper's Theorem 1 (admission.hpp), or everybody, for the study of what happens then.
enum class Admit : std::uint8_t { theorem, all };

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
  Shape shape{1, 3};               // when the asker names none: one layer, three peers beside the own device
  std::uint8_t layers_max = 1;     // a second layer shows proposals to other proposers: the user must consent
  std::uint8_t proposers_max = 7;  // with the own one eight answers, as many as a later prompt has room for
  Duration deadline = 120s;        // of a query, when the asker names none
  Duration deadline_max = 600s;    // the longest wait HTTP clients are known to allow

  Admit admission = Admit::theorem;
  double headroom = 0.95;    // of the theorem's limit: at 1 a queue has no mean
  Patience patience;         // of the admission bucket, and of each lane in seconds of work
  Duration call_guess = 1s;  // the mean call before the first has been measured

  std::size_t active_queries_max = 64;    // at this origin; the next is refused
  std::size_t lane_calls_max = 128;       // waiting calls a lane: 128 prompts of 128 KiB are 16 MiB
  std::size_t tickets_remembered = 1024;  // to know a repeated ticket: eight full lanes
  std::size_t answers_remembered = 256;   // provenances kept for who asks later
  Duration load_interval = 1s;            // between two bulletins: gossip probes about once a second
};

}  // namespace grapevine::moa
