// The simulated network is TCP, not UDP: nothing inside a connection is lost or reordered; it is late, or the
// connection ends. A lost packet is a stall (200 ms, doubling while it is lost again). Who hangs up has still
// said what it said before; a killed process ends its connections at once and what was in flight is gone; a
// cut pair holds what is sent until it heals, or until both ends give the connection up after 20 s, as the
// heartbeat of the real transport does. One connection a pair: crossing dials meet in the middle. Pure
// bookkeeping with given times; World owns the clock and the events.
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/random.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace grapevine::node::sim {

using Index = std::uint32_t;  // of a node in its World

/// How the network behaves; drawn or set per run.
struct Weather {
  Duration delay_min = 10ms;  // one way, fixed per pair
  Duration delay_max = 50ms;
  double stall = 0;  // share of messages whose packet is lost
};

class Network {
 public:
  static constexpr Duration stall_first = 200ms;  // TCP's smallest retransmission time-out on Linux
  static constexpr Duration give_up_after = 20s;  // heartbeat interval and time-out of node/transport
  static constexpr Duration dial_time_out = 2s;   // ZMQ_CONNECT_TIMEOUT of node/transport
  static constexpr int dial_round_trips = 4;      // TCP, then CURVE's hello, welcome, initiate, ready

  Network(std::size_t nodes, Weather weather, Random random)
      : weather_(weather), random_(random), connections_(nodes) {}

  /// One way between two nodes; the same in both directions, for the whole run.
  Duration delay(Index a, Index b) const;

  /// Whether `side` can still send and receive.
  bool connected(Index side, Index other) const;
  /// A connection now stands; its epoch, which later deliveries carry.
  std::uint32_t connect(Index a, Index b);
  /// The connection has ended; whatever is in flight under its epoch will be ignored.
  void disconnect(Index a, Index b);
  /// One side has hung up: it hears nothing more, and the other learns of it at the time returned, after all
  /// that was sent to it; then disconnect() under this epoch. nullopt: nothing stands, or the other hung up
  /// before.
  struct Arrival {
    Time at;
    std::uint32_t epoch;
  };
  std::optional<Arrival> hang_up(Index side, Index other, Time now);
  /// Whether what was sent to `to` under this epoch still arrives.
  bool reaches(Index from, Index to, std::uint32_t epoch) const;
  /// The epoch of the connection that stands. Requires: connected(a, b) or connected(b, a).
  std::uint32_t epoch(Index a, Index b) const { return find(a, b)->epoch; }
  std::vector<Index> neighbours(Index node) const;  // sorted

  /// When a frame sent now arrives; nullopt: the pair is cut and `frame` is held. Requires: connected(from,
  /// to).
  std::optional<Arrival> send(Index from, Index to, Time now, Bytes& frame);

  /// Cuts every pair with one side in `island` and the other outside; replaces the cut before. Ends with
  /// `heal`.
  void cut(std::vector<bool> island);
  /// The frames held, in order, as {from, to, frame}; they now fly.
  struct Held {
    Index from;
    Index to;
    Bytes frame;
  };
  std::vector<Held> heal();
  bool is_cut(Index a, Index b) const;
  /// The connections across the cut, to be given up.
  std::vector<std::pair<Index, Index>> across() const;

 private:
  struct Connection {
    std::uint32_t epoch = 0;
    Time last[2]{};                // the latest arrival in each direction: nothing overtakes
    std::optional<Index> hung_up;  // who did
  };
  static std::pair<Index, Index> key(Index a, Index b) { return a < b ? std::pair{a, b} : std::pair{b, a}; }
  const Connection* find(Index a, Index b) const;
  Connection* find(Index a, Index b);

  Weather weather_;
  Random random_;
  std::vector<std::map<Index, Connection>> connections_;  // of each node with those of higher index
  std::vector<bool> island_;                              // empty: nothing is cut
  std::vector<Held> held_;
  std::uint32_t epochs_ = 0;
};

}  // namespace grapevine::node::sim
