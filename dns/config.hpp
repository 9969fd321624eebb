// Every knob of the registry, its default and where the number comes from. Periods follow the Service
// Registration Protocol (RFC 9665): a short lease for the address, a long one for the name.
#pragma once

#include "crypto/time.hpp"

namespace grapevine::dns {

struct Config {
  std::chrono::seconds address_lease{
      2h};  // at most `address_lease_max`; a silent device is forgotten this late
  std::chrono::seconds name_lease{14 * 24h};
  double renew_at = 0.5;  // of the address lease: one renewal may be lost without harm
  double renew_jitter =
      0.1;  // of the moment of renewal, so that a mesh started at once does not renew at once
  std::chrono::seconds name_renewal{24h};  // claims without vote certificates are renewed daily
  std::chrono::seconds own_echo_pause{
      30s};  // between two answers to records of our own that we do not remember

  Duration meet_pause = 1s;          // between two exchanges with one peer
  Duration fruitless_pause = 10s;    // the same after an exchange that changed nothing on either side
  Duration exchange_patience = 10s;  // a peer that keeps an open exchange waiting longer has lost it
};

}  // namespace grapevine::dns
