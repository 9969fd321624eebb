#include "node/dns_socket.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace grapevine::node {

namespace {

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

}  // namespace

Descriptor bind_dns(const Endpoint& endpoint, int kind) {
  addrinfo wanted{};
  wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  wanted.ai_socktype = kind;
  addrinfo* list = nullptr;
  const auto refuse = [&](const std::string& why) {
    throw std::runtime_error("cannot answer DNS on " + to_string(endpoint) + ": " + why);
  };
  if (::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &wanted, &list) != 0)
    refuse("dns.listen is no address");
  const std::unique_ptr<addrinfo, FreeAddresses> found(list);
  Descriptor bound(::socket(found->ai_family, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int yes = 1;
  // A daemon that starts again must not wait for the last one's connections to be forgotten.
  if (kind == SOCK_STREAM) ::setsockopt(bound.number(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(bound.number(), found->ai_addr, found->ai_addrlen) != 0) refuse(std::strerror(errno));
  return bound;
}

std::uint16_t port_of(const Descriptor& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &size);
  const bool is_v4 = address.ss_family == AF_INET;
  return ntohs(is_v4 ? reinterpret_cast<sockaddr_in&>(address).sin_port
                     : reinterpret_cast<sockaddr_in6&>(address).sin6_port);
}

View address_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return {reinterpret_cast<const std::uint8_t*>(&v4.sin_addr), sizeof v4.sin_addr};
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  const View bytes(reinterpret_cast<const std::uint8_t*>(&v6.sin6_addr), sizeof v6.sin6_addr);
  return IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) ? bytes.last(sizeof(in_addr)) : bytes;
}

}  // namespace grapevine::node
