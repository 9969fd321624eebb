// A DNS query in, a DNS answer out, or silence: a function of the zone, the bytes, the wall time and the way
// they came. It is the whole policy of names.
//   * AA is set, RA is not: we answer for our zone and ask nobody. Other zones and classes, AXFR: REFUSED.
//   * The question is echoed byte for byte. NXDOMAIN and "no such type" carry the SOA with a TTL of 5 s.
//   * ANY gives HINFO (RFC 8482): a short answer, so that nobody is worth being asked for others' sake.
//   * An answer over UDP has at most 1232 bytes, 512 without EDNS; what is longer says TC and comes by TCP.
// Everything else a query may be is answered as read_query() judged it.
#pragma once

#include "dns/query.hpp"
#include "dns/zone.hpp"

namespace grapevine::dns {

/// How a query came. `udp_throttled`: from a source that asks too often; the answer is as short as the query
/// and sends it to TCP, where a source cannot be forged.
enum class Via : std::uint8_t { udp, udp_throttled, tcp };

inline constexpr std::size_t udp_answer_bytes_max = 1232;  // IPv6's least packet without its headers

/// Empty: say nothing.
Bytes respond(const Zone& zone, View message, WallTime now, Via via);

}  // namespace grapevine::dns
