// "I am here, on this port": what a device broadcasts on its own network, so that its fellow members find it
// without a list of addresses. The mesh id is the key. It is the hash of a random nonce and told only to
// members and the invited, encrypted, so a stranger sees seventy bytes in which nothing but version and port
// repeats: no name, no id, no mesh. A member takes the mask off and learns which NodeId claims to speak, at
// the same cost in a mesh of three or of ten thousand.
//  1. It offers an address to dial and admits nobody: who answers there must still prove the certified key.
//  2. The tag covers the address it was sent from. A copy sent from elsewhere is no beacon; a copy kept for
//     later only names an address the node once had. So it needs no date, and works where clocks are wrong.
//  3. Whoever lacks the speaker's certificate cannot dial it. A newcomer has those of its inviter and of up
//     to 32 others from its invite; it finds one of them, and gossip brings the rest.
//  4. A former member still knows the mesh id: it can see who is here, and cry wolf from its own address.
//
//     magic and version 4 | port 2 | blind 16 | node id, masked 32 | tag 16         numbers big endian
//     mask = BLAKE2b(mesh, blind)        tag = BLAKE2b(mesh, address, port, blind, node id)
#pragma once

#include "crypto/identity.hpp"
#include "crypto/random.hpp"
#include "crypto/time.hpp"
#include "node/interfaces.hpp"

namespace grapevine::node {

inline constexpr std::size_t beacon_bytes = 70;
using BeaconFrame = Fixed<beacon_bytes>;

/// Where a node says it listens.
struct Origin {
  Ipv4 address;            // the beacon's own source
  std::uint16_t port = 0;  // of the mesh, TCP
};
/// What a member reads in a beacon.
struct Beacon {
  NodeId node;
  Origin origin;
};

/// `blind` is random and used once.
BeaconFrame to_frame(const Beacon& beacon, const MeshId& mesh, const Fixed<16>& blind);
/// The beacon in a datagram that came from this address. Errors: malformed (no beacon, or of another
/// version); refused (of another mesh, altered, or sent from another address than it names).
Result<Beacon> open_beacon(View datagram, const Ipv4& source, const MeshId& mesh);

/// When to speak: at once and a few times quickly after a beginning, then now and then.
class BeaconPace {
 public:
  static constexpr Duration usual = 5s;  // 70 bytes: idle traffic of 20 bytes a second with its headers
  static constexpr double jitter = 0.2;  // devices that were switched on together drift apart

  /// Begins anew: the device has started, or its networks have changed.
  void begin(Time now);
  bool is_due(Time now) const { return next_ <= now; }
  void spoken(Time now, Random& random);
  Time next() const { return next_; }

 private:
  std::size_t step_ = 0;
  Time next_{};
};

}  // namespace grapevine::node
