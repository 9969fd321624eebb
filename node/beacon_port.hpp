// The UDP socket of discovery: broadcasts this node's beacon on every network it has, and hears those of
// fellow members. Networks are listed anew every second, so a cable that is put back, or an address that is
// lent, begins the quick beacons again. What is heard becomes an address to try, never more (beacon.hpp).
// A flood costs little: datagrams are read in bounded batches at two hashes each, a node is heard once in a
// while, all nodes together so many a second, and the rest is counted. IPv4 only, since IPv6 has no
// broadcast; a device that has no IPv4 network finds the others by the addresses it remembers.
#pragma once

#include "crypto/descriptor.hpp"
#include "node/beacon.hpp"
#include "node/effect.hpp"
#include "node/surroundings.hpp"

#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace grapevine::node {

class BeaconPort {
 public:
  static constexpr std::uint16_t udp_port = 4781;  // the number of the mesh port, which is TCP
  static constexpr std::size_t datagrams_a_turn = 64;
  static constexpr std::size_t sightings_a_second = 64;
  static constexpr std::size_t heard_max = 1'024;
  static constexpr Duration hear_again = 400ms;  // of one node: the quick beacons after the first all count
  static constexpr Duration fresh = 60s;         // what was heard longer ago is no reason to try an address
  static constexpr Duration look_every = 1s;     // at the networks: 40 us of CPU

  /// Who speaks.
  struct Speaker {
    MeshId mesh;
    NodeId node;
    std::uint16_t port = 0;    // of the mesh, TCP
    std::optional<Ipv4> only;  // the one address it listens on; absent: all
  };

  /// Switched off: sends nothing and hears nothing.
  BeaconPort() = default;
  explicit BeaconPort(Discovery off) : off_(std::move(off)) {}
  /// unavailable: the port cannot be had. Devices then find each other by the addresses they remember.
  static Result<BeaconPort> open(const Speaker& speaker);

  /// Sends what is due.
  void speak(Time now);
  /// Members that were heard since the last call, and where.
  std::vector<Sighted> receive(Time now);
  /// Where a node was heard a short while ago.
  std::optional<gossip::Contact> heard_at(const NodeId& node, Time now) const;

  /// Why it is off, or on how many networks it speaks and whom it heard.
  Discovery discovery(Time now) const;

  /// For poll(); -1 when switched off.
  int readable() const { return socket_.number(); }
  /// When to call speak() again.
  Time deadline() const;
  /// Since the start: datagrams that were no beacon, beacons of others, sightings over the limit, and
  /// networks that would not take ours.
  const std::map<std::string_view, std::uint64_t>& counts() const { return counts_; }

 private:
  struct Heard {
    gossip::Contact contact;
    Time at;
  };
  BeaconPort(const Speaker& speaker, Descriptor socket);
  bool send(const Lan& lan);
  std::optional<Sighted> take(View datagram, const Ipv4& source, Time now);
  bool is_allowed(const NodeId& node, Time now);

  Discovery off_;
  Speaker speaker_;
  Descriptor socket_;
  Random random_{0};
  BeaconPace pace_;
  std::vector<Lan> lans_;
  Time look_next_{};
  std::map<NodeId, Heard> heard_;  // at most heard_max
  Time second_{};                  // in which so many sightings were passed on
  std::size_t passed_on_ = 0;
  std::map<std::string_view, std::uint64_t> counts_;
};

}  // namespace grapevine::node
