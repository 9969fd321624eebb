// What the two DNS sockets share: how an address is bound, and what a socket asks of the server. A socket
// knows nothing of names; it carries messages whole to an answer and the answer back.
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/descriptor.hpp"
#include "crypto/time.hpp"
#include "dns/responder.hpp"
#include "node/config.hpp"

#include <functional>

#include <sys/socket.h>

namespace grapevine::node {

/// A message, how it came, and from which address (4 or 16 bytes); the answer is empty for silence.
using DnsAnswer = std::function<Bytes(View message, dns::Via via, View source)>;

/// A socket of that kind (SOCK_DGRAM, SOCK_STREAM), bound, not waiting. Throws std::runtime_error when the
/// address is none or cannot be had.
Descriptor bind_dns(const Endpoint& endpoint, int kind);
/// The port it is bound to.
std::uint16_t port_of(const Descriptor& socket);
/// Four or sixteen bytes of a socket address; of IPv4 through an IPv6 socket, four.
View address_of(const sockaddr_storage& address);

}  // namespace grapevine::node
