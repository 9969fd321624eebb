// Every knob of this floor: its default, its formula, its reason. Durations are for a network with round
// trips up to some 200 ms; what grows with the mesh is a function of N, the number of members believed to be
// up, oneself included. Sources: SWIM (Das, Gupta, Motivala, DSN 2002), Lifeguard (Dadgar, Phillips, Currey,
// arXiv 1707.00788), and the defaults of memberlist where neither paper says a number.
#pragma once

#include "crypto/time.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace grapevine::gossip {

/// Between which bounds a suspicion lasts, and how many further accusers bring it down to the lower one.
struct Patience {
  Duration least{};
  Duration most{};
  unsigned confirmations = 0;
};

/// What a link that closed, or a dial that was refused, is worth to the detector: a reason to probe at once
/// and to wait less, or no more than any silence, which shows what it is worth.
enum class LinkEvidence : std::uint8_t { counts, ignored };

struct Config {
  // Probes.
  std::size_t small_mesh = 32;    // up to here everybody is linked with everybody: 31 links cost 1 MB
  Duration period_small = 600ms;  // on standing links: a probe and its answer are 0.5 kB with TCP and CURVE
  Duration period_large = 1s;     // SWIM and memberlist; detection time does not depend on N
  Duration answer_least = 200ms;  // a scheduler's pause and one TCP retransmission are not a death
  Duration dial_unknown = 400ms;  // four round trips to connect, when none was ever measured
  std::size_t friends = 3;        // without them 1 % of lost pings made millions of false deaths in the model
  Duration jitter = 100ms;        // N nodes see a link close at once; they should not all probe at once
  std::size_t probes_max = 4;     // open at one time: one in turn, the others out of turn
  std::size_t errands_max = 64;   // probes done for others
  std::size_t out_of_turn_max = 64;  // waiting to be probed out of turn
  Duration door_remembered = 10min;  // who cannot be dialled costs one suspicion in this time
  std::size_t doors_max = 1024;      // more than anybody could probe within that time
  LinkEvidence evidence = LinkEvidence::counts;
  unsigned health_worst = 8;  // as slow as we admit to be (Lifeguard's S); 0 is without any doubt of oneself

  // Suspicions.
  unsigned suspicion_factor = 4;      // least = 4 max(1, log10 N) periods (memberlist)
  unsigned suspicion_stretch = 6;     // most = 6 least (memberlist)
  unsigned confirmations = 3;         // Lifeguard's K
  Duration refused_least = 1s;        // two accusers whose own dials were refused: the process is gone
  std::size_t accusers_max = 4;       // K + 1: more cannot shorten the wait, unless they were refused
  std::size_t suspicions_max = 4096;  // above this the network is broken, not its members
  bool refutes = true;                // off: the accused never objects; a bug for the simulator to find
  Duration burial_spread = 200ms;     // accusers publish a death within this time, unless one already did

  // The dead.
  Duration dead_pinged = 30s;      // a wrongly buried member hears of it, and objects
  std::size_t mourned_max = 4096;  // of whom one is pinged each period: half a great mesh may die at once
  Duration dead_called = 30s;      // one random dead member is called this often: a partition heals by itself
  Duration dead_remembered = 24h;  // so that old tables cannot bring the dead back
  Duration late = 1s;              // a tick this late means that we slept, not that they died

  // Rides.
  unsigned ride_factor = 4;            // told 4 ceil(log10(N + 1)) times (memberlist's retransmit mult)
  std::size_t rumor_bytes_max = 1024;  // of rumors in one ping: membership never crowds out the rest
  std::size_t rumors_max = 4096;       // waiting to be told
  std::size_t early_max = 64;          // rumors that wait for the word of somebody they speak of: 30 KiB
  Duration early_kept = 10s;           // by then two tables have been compared
  unsigned own_word_every = 4;         // messages, once it is no news: who missed it hears it in time
  Duration newcomer_for = 10s;         // twenty messages, each with eight words that were told before
  std::size_t words_max = 1024;        // bulletins kept: the freshest loads matter, not all of them

  // Broadcast.
  std::size_t eager_first = 8;  // neighbours told in full before the tree has grown
  unsigned duplicates = 2;  // in a row, before a road is pruned: one is what two sources of one payload cost
  unsigned duplicates_again = 64;  // ... and again after so many: more than can be in flight
  double relays_rate = 30;      // of what others say, passed on a second: so many rumors and so many records
  double relays_burst = 150;    // ... and at once: thirty devices that start together, with five records each
  Duration names_after = 10ms;  // a name waits for others ...
  Duration names_every = 50ms;  // ... and in a storm of news longer: they cost one frame, not many
  std::size_t names_max = 1024;    // waiting for a neighbour, to whom 2 500 a second go
  Duration graft_after = 30ms;     // a name came; the payload may still be on a slower road, ...
  Duration graft_hop = 18ms;       // ... the longer that road the more ...
  int graft_hops_max = 16;         // (a liar's name waits no longer than this)
  std::size_t storm = 32;          // ... and the more is missing: so many, twice as long,
  std::size_t storm_most = 8;      // ... at most so many times as long
  Duration graft_next = 100ms;     // then the next who announced it is asked
  std::size_t missing_max = 4096;  // names whose payloads have not come
  std::size_t grafts_max = 64;     // fetched in one step; the next step follows at once
  unsigned shorter_by = 3;         // rounds a lazy road must save to become eager (SRDS 2007)
  Duration kept = 30s;             // payloads, for those who fetch them
  Duration recent = 1s;            // a new neighbour hears the names of what was told within this time
  std::size_t kept_bytes_max = 4u << 20;
  Duration seen_kept = 90s;       // longer than any copy can still be on its way
  std::size_t seen_max = 65'536;  // 700 new ids a second

  // Exchange.
  Duration exchange_every = 1s;      // begun, at most
  std::size_t exchange_whole = 128;  // rows that are shown at once: 5 KB; else sums are compared first
  // Steps a second: 64 x 0.2 ms, and everybody may join through one contact.
  double exchanges_answered = 64;
  std::size_t exchange_goes_on = 16;  // fresh rumors in one answer: more is to come, so the next round begins
  Duration restless = 5s;             // after a change of the own table ...
  Duration restless_every = 2s;       // ... compare with somebody this often, pings or not
  Duration meet_every = 500ms;        // how often another floor is told of a peer with another registry

  // Links.
  std::size_t links_max = 32;       // 28 KiB a CURVE connection: 1 MB
  std::size_t standing = 4;         // own choice of neighbours; others choose us, so the graph has degree 8
  Duration rotation = 60s;          // one more neighbour, another one each time: a handshake a minute
  std::size_t chosen_max = 12;      // neighbours who chose us: one node in 100 000 would have more by chance
  std::size_t cached = 6;           // own dialled links kept for reuse: 4 + 6 out and 12 + 6 in are 28
  std::size_t dials_max = 4;        // in flight: a handshake costs 0.5 ms CPU on both sides
  std::size_t dials_starting = 16;  // in flight during the first seconds, when nothing else is to be done
  Duration starting = 5s;
  Duration courtesy = 500ms;       // the smaller id of a pair dials; the other one waits this long
  Duration dial_timeout = 10s;     // the rim answers within 5 s; this is for a rim that forgets
  Duration backoff_first = 250ms;  // full jitter in [0, 250 ms x 2^n), at most 60 s (Brooker, AWS 2015)
  Duration backoff_most = 60s;
  Duration frame_waits = 5s;      // for a link; later its question is stale
  std::size_t frames_max = 64;    // waiting for links, all together
  std::size_t contacts_max = 64;  // remembered for a restart

  // Life.
  Duration remember_first = 5s;      // a node that is killed young still knows whom to call
  Duration remember_every = 60s;     // contacts are written down
  Duration leave_most = 1s;          // waiting for goodbyes
  std::size_t goodbyes = 2;          // answered: two others know, and they tell
  std::size_t members_max = 20'000;  // beyond: other shapes, not this one

  /// P: how often somebody is probed, at health 0.
  Duration period(std::size_t n) const { return n <= small_mesh ? period_small : period_large; }

  /// How often one rumor is told.
  unsigned rides(std::size_t n) const {
    return ride_factor * static_cast<unsigned>(std::ceil(std::log10(static_cast<double>(n) + 1)));
  }

  /// How long a suspect may object; `refused`: enough accusers say so whose own dials were refused.
  Patience patience(std::size_t n, bool refused) const {
    const double scale = std::max(1.0, std::log10(static_cast<double>(n)));
    const Duration least = from_seconds(suspicion_factor * scale * seconds(period(n)));
    if (refused) return {.least = std::min(least, refused_least), .most = least};
    return {.least = least, .most = suspicion_stretch * least, .confirmations = few(n) ? 0 : confirmations};
  }

  /// How many refused dials show that a process is gone; one could be the accuser's own trouble.
  static std::size_t refusals_enough(std::size_t n) { return n > 2 ? 2 : 1; }

  /// Whether there are too few members for one to be confirmed by others.
  bool few(std::size_t n) const { return n < confirmations + 2u; }
};

}  // namespace grapevine::gossip
