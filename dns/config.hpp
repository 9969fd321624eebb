// Every knob of the registry, its default and where the number comes from. Periods follow the Service
// Registration Protocol (RFC 9665): a short lease for the address, a long one for the name.
#pragma once

#include "crypto/time.hpp"

#include <string>

namespace grapevine::dns {

struct Config {
  /// Where the zone of the mesh hangs: names answer to NAME.<mesh>.<parent>, too.
  std::string zone_parent = "internal";
  /// At most `address_lease_max`. A silent device is forgotten this late.
  std::chrono::seconds address_lease{2h};
  std::chrono::seconds name_lease{14 * 24h};
  /// When to renew, as a part of the address lease: one renewal may be lost without harm.
  double renew_at = 0.5;
  /// A part of that moment, either way, so that a mesh started at once does not renew at once.
  double renew_jitter = 0.1;
  /// Claims without vote certificates are renewed daily.
  std::chrono::seconds name_renewal{24h};
  /// How long before a claim its hash goes to the jury (arrivals.hpp). 0: the claim goes alone, at once.
  Duration announcement_lead = 0s;
  /// Before a node says again who it is: two with one key must not shout each other down.
  std::chrono::seconds own_pause{30s};

  /// How long a node whose memory is lost listens before it speaks of itself: links, and an exchange with
  /// each of the first peers.
  Duration recall_time = 10s;

  /// Between two exchanges with one peer; and after one that taught us nothing.
  Duration meet_pause = 1s;
  Duration fruitless_pause = 10s;
  /// So long after its last move an exchange is the only one. Five round trips of a far peer.
  Duration exchange_alone = 1s;
  /// A peer that keeps an open exchange waiting longer has lost it.
  Duration exchange_patience = 10s;
};

/// Farther than any juror is, and nobody waits longer for a name of its own.
inline constexpr Duration announcement_lead_wanted = 2s;

}  // namespace grapevine::dns
