// What is told of a swarm, as measurements: crashes, news, half of it gone, two halves that meet again, a day
// of bad weather. Each story takes a swarm as it finds it, watches it from outside and leaves it running, so
// that one swarm of ten thousand serves several. Times are virtual seconds.
#pragma once

#include "node/sim/swarm.hpp"

#include <functional>
#include <string_view>

namespace grapevine::bench {

using node::sim::Index;
using node::sim::Swarm;
using node::sim::SwarmOptions;

/// The value below which this share of them lies; 0 when there are none.
double share(std::vector<double> values, double at);
double mean(const std::vector<double>& values);

/// Says on a terminal what is being done; "" clears the line.
void tell_progress(std::string_view what, const Swarm* swarm = nullptr);

enum class Crash { killed, powerless };

struct Detection {
  std::vector<double> suspected;  // from a crash to the first suspicion anywhere
  std::vector<double> known;      // ... until 99.9 % of the living hold it dead
  std::size_t unknown = 0;        // crashes that fewer knew of by the end
  std::size_t false_deaths = 0;   // sightings of death of a node that is up
};
/// Crashes so many nodes, one every three seconds, and waits until all is known, at most a minute.
Detection watch_crashes(Swarm& swarm, Crash crash, std::size_t victims, Random& random);

enum class Sources { one, rotating };

struct Spread {
  std::vector<double> last;   // from publishing until the last node was shown it
  std::vector<double> extra;  // copies a node beyond the first (the relative message redundancy)
  std::vector<double> hops;   // of the longest way (the last delivery hop)
  std::size_t missed = 0;     // nodes that were not shown something
  std::vector<double> reach;  // of the last publication: when each node was shown it, sorted
};
/// Publishes so many, two a second, after a fourth as many that only form the tree. Nodes for which
/// `is_counted` is false neither publish nor count.
Spread spread_news(
    Swarm& swarm, Sources sources, std::size_t count, Random& random,
    const std::function<bool(Index)>& is_counted = [](Index) { return true; });

struct Repair {
  double one_part = 0;  // until the links of the living form one graph; -1: not within `most`
  double whole = 0;     // until what is published reaches all the living, five times in a row; -1: likewise
};
/// Kills this share of all nodes at once and publishes something every second, until that reaches all.
Repair kill_many(Swarm& swarm, double killed, Duration most, Random& random);

/// Cuts the swarm into halves for a while and heals it; how long until all tables are equal, -1 if not
/// within `most`.
double cut_in_halves(Swarm& swarm, Duration apart, Duration most);

/// Pauses a share of the nodes at any time for 5-20 s each; counts sightings of death of healthy nodes: those
/// that are up and were not paused in the last minute.
std::size_t live_through(Swarm& swarm, double paused, Duration span, Random& random);

struct Rates {
  double bytes = 0;  // a node and second, above TCP, handshakes included
  double messages = 0;
  double handshakes = 0;
  double handshakes_worst = 0;  // in the worst second
};
/// Watches for a while, and each second lets `happen` do something.
Rates watch_traffic(
    Swarm& swarm, Duration span, const std::function<void()>& happen = [] {});

/// Kills this share of the nodes a minute, one by one, and revives each five seconds later.
std::function<void()> churn(Swarm& swarm, double share_a_minute, Random& random);

}  // namespace grapevine::bench
