// The addresses of this device that lead out of it: interfaces that are up, but not loopback and not those
// whose other end is this machine itself (bridges of containers and virtual machines). Asked anew each time,
// since cables are pulled and addresses are lent. Source: getifaddrs(3).
#pragma once

#include "crypto/bytes.hpp"

#include <optional>
#include <string>
#include <vector>

namespace grapevine::node {

/// An IPv4 address in network order.
using Ipv4 = Fixed<4>;

/// One IPv4 address of an interface on which a broadcast reaches the neighbours.
struct Lan {
  unsigned interface = 0;  // the kernel's index
  Ipv4 own;
  Ipv4 broadcast;
  auto operator<=>(const Lan&) const = default;
};
/// Networks with a cable in, ascending. Empty when there are none, or the kernel does not tell.
std::vector<Lan> lans();

/// IPv4 hosts, and IPv6 hosts that mean something without the interface's name; as text.
std::vector<std::string> ipv4_hosts();
std::vector<std::string> ipv6_hosts();

/// "10.0.0.7".
std::string to_string(const Ipv4& address);
/// nullopt unless four numbers with dots.
std::optional<Ipv4> parse_ipv4(const std::string& text);

}  // namespace grapevine::node
