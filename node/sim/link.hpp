// The simulated network is TCP, not UDP: nothing inside a connection is lost or reordered; it is late, or the
// connection ends. A lost packet is a stall (200 ms, doubling while it is lost again). Who hangs up has still
// said what it said before; a killed process ends its connections at once and what was in flight is gone; a
// device without power tells nobody, and the other end is half-open. Where a barrier stands nothing passes:
// what is sent is held, and flies on when the barrier is lifted, or is lost with the connection, which both
// ends give up after 20 s, as the kernel below the real transport does. Of frames under way one way on one
// connection there are at most 64; what does not fit is dropped and counted, as ZeroMQ's high-water mark
// does. One connection a pair: crossing dials meet in the middle. Pure bookkeeping with given times; World
// owns the clock and the events.
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/random.hpp"
#include "node/sim/faults.hpp"

#include <map>
#include <optional>

namespace grapevine::node::sim {

/// How the network behaves; drawn or set per run.
struct Weather {
  Duration delay_min = 10ms;  // one way, fixed per pair
  Duration delay_max = 50ms;
  double stall = 0;                      // share of messages whose packet is lost
  std::uint32_t bandwidth = 12'500'000;  // bytes a second, each way of a connection: 100 Mbit/s
};

class Network {
 public:
  static constexpr Duration stall_first = 200ms;     // TCP's smallest retransmission time-out on Linux
  static constexpr Duration give_up_after = 20s;     // unacknowledged_time_out of node/socket_options
  static constexpr Duration mute_most = 60s;         // heartbeat_ttl of node/socket_options
  static constexpr Duration dial_time_out = 2s;      // ZMQ_CONNECT_TIMEOUT of node/transport
  static constexpr Duration handshake_most = 3s;     // ZMQ_HANDSHAKE_IVL: TCP stands, then nobody speaks
  static constexpr Duration handshake_work = 450us;  // of the processor, on either side
  static constexpr int dial_round_trips = 4;         // TCP, then CURVE's hello, welcome, initiate, ready
  static constexpr std::size_t handshake_bytes = 870;
  static constexpr std::size_t frame_overhead = 35;  // CURVE and ZMTP around each frame
  static constexpr std::uint32_t high_water = 64;    // ZMQ_SNDHWM of node/transport

  Network(std::size_t nodes, Weather weather, Random random)
      : weather_(weather), random_(random), connections_(nodes) {}

  /// One way between two nodes; the same in both directions, for the whole run.
  Duration delay(Index a, Index b) const;
  void set_stalls(double share) { weather_.stall = share; }

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
  /// One side is without power and says nothing; the epoch to end when the other has noticed. nullopt:
  /// nothing stands, or somebody hung up before.
  std::optional<std::uint32_t> fall_silent(Index side, Index other);
  /// Whether `side` is an end that fell silent, under this epoch.
  bool is_silent(Index side, Index other, std::uint32_t epoch) const;
  /// Whether the connection of this epoch still stands for `side`.
  bool stands(Index other, Index side, std::uint32_t epoch) const;
  /// The epoch of the connection that stands. Requires: connected(a, b) or connected(b, a).
  std::uint32_t epoch(Index a, Index b) const { return find(a, b)->epoch; }
  std::vector<Index> neighbours(Index node) const;  // sorted

  /// When a frame sent now arrives; nullopt: it is held at a barrier, or did not fit and was dropped.
  /// Requires: connected(from, to).
  std::optional<Arrival> send(Index from, Index to, Time now, Bytes& frame);
  /// A frame of this epoch is there; whether its connection still stands for `to`.
  bool arrive(Index from, Index to, std::uint32_t epoch);
  /// Frames dropped at a high-water mark, so far.
  std::uint64_t dropped() const { return dropped_; }

  /// Nothing passes from a node of `from` to a node of `to`.
  struct Barrier {
    std::vector<bool> from;
    std::vector<bool> to;
    /// Lost packets are tried again ever more seldom, clogged ones wait in a queue.
    enum class Kind : std::uint8_t { cut, clog } kind = Kind::cut;
  };
  using BarrierId = std::uint32_t;
  BarrierId raise(Barrier barrier);
  /// Frames that a barrier held, and when they arrive now; in order.
  struct Released {
    Index from;
    Index to;
    Bytes frame;
    Arrival arrival;
  };
  std::vector<Released> lift(BarrierId barrier, Time now);
  /// The barriers that stand, oldest first.
  std::vector<BarrierId> barriers() const;
  bool is_blocked(Index from, Index to) const;
  /// The connections that this barrier blocks in one direction or both; none when it was lifted.
  std::vector<std::pair<Index, Index>> across(BarrierId barrier) const;

 private:
  /// One direction of a connection.
  struct Way {
    Time last{};  // the latest arrival: nothing overtakes
    std::uint32_t under_way = 0;
    Time held_since{};
    std::vector<Bytes> held;
  };
  struct Connection {
    std::uint32_t epoch = 0;
    Way ways[2];                // from the lower index, from the higher one
    std::optional<Index> gone;  // the side that hung up or fell silent
    enum class Manner : std::uint8_t { said, unsaid } manner = Manner::said;
  };
  static std::pair<Index, Index> key(Index a, Index b) { return a < b ? std::pair{a, b} : std::pair{b, a}; }
  static bool blocks(const Barrier& barrier, Index from, Index to) {
    return barrier.from[from] && barrier.to[to];
  }
  const Connection* find(Index a, Index b) const;
  Connection* find(Index a, Index b);
  Arrival depart(Index from, Index to, Time now, std::size_t bytes, Connection& connection);
  void release(Index from, Index to, Connection& connection, Barrier::Kind kind, Time now,
               std::vector<Released>& out);

  Weather weather_;
  Random random_;
  std::vector<std::map<Index, Connection>> connections_;  // of each node with those of higher index
  std::map<BarrierId, Barrier> barriers_;
  BarrierId last_barrier_ = 0;
  std::uint32_t epochs_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace grapevine::node::sim
