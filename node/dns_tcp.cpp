#include "node/dns_tcp.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace grapevine::node {

namespace {

constexpr std::size_t size_bytes = 2;
constexpr std::size_t read_bytes = 64 * 1024;
constexpr int backlog = 128;

bool would_wait() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

DnsTcp::DnsTcp(const Endpoint& listen) : listener_(bind_dns(listen, SOCK_STREAM)) {
  if (::listen(listener_.number(), backlog) != 0)
    throw std::runtime_error("cannot answer DNS over TCP on " + to_string(listen));
}

void DnsTcp::add_to(std::vector<pollfd>& waited) const {
  waited.push_back({.fd = listener_.number(), .events = POLLIN, .revents = 0});
  for (const auto& connection : connections_) {
    const short wants_out = connection.out.empty() ? 0 : POLLOUT;
    const short wants_in = connection.out.size() < unread_bytes_max ? POLLIN : 0;
    waited.push_back(
        {.fd = connection.socket.number(), .events = static_cast<short>(wants_in | wants_out), .revents = 0});
  }
}

void DnsTcp::serve(const std::vector<pollfd>& waited, Time now, const DnsAnswer& answer) {
  const auto listening = std::find_if(waited.begin(), waited.end(),
                                      [&](const pollfd& one) { return one.fd == listener_.number(); });
  auto event = listening + 1;  // the connections follow, in order
  std::erase_if(connections_, [&](Connection& connection) {
    const short events = (event++)->revents;
    return !converse(connection, events, now, answer) || connection.active + idle_max <= now;
  });
  if (listening->revents != 0) accept(now);
}

void DnsTcp::accept(Time now) {
  for (;;) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    Descriptor caller(::accept4(listener_.number(), reinterpret_cast<sockaddr*>(&address), &size,
                                SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (caller.number() < 0) return;
    const int yes = 1;
    ::setsockopt(caller.number(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connections_.size() >= connections_max)
      connections_.erase(std::min_element(connections_.begin(), connections_.end(),
                                          [](const auto& a, const auto& b) { return a.active < b.active; }));
    connections_.push_back({.socket = std::move(caller),
                            .source = to_bytes(address_of(address)),
                            .in = {},
                            .out = {},
                            .active = now});
  }
}

/// False when the connection is over.
bool DnsTcp::converse(Connection& connection, short events, Time now, const DnsAnswer& answer) {
  if (events == 0) return true;
  if ((events & POLLIN) != 0) {
    connection.active = now;
    if (!read(connection)) return false;
    answer_whole(connection, answer);
  } else if ((events & (POLLERR | POLLHUP | POLLNVAL)) != 0) {
    return false;
  }
  return write(connection);
}

bool DnsTcp::read(Connection& connection) {
  std::array<std::uint8_t, read_bytes> buffer;
  const auto got = ::recv(connection.socket.number(), buffer.data(), buffer.size(), 0);
  if (got <= 0) return got < 0 && would_wait();
  append(connection.in, View(buffer.data(), static_cast<std::size_t>(got)));
  return true;
}

void DnsTcp::answer_whole(Connection& connection, const DnsAnswer& answer) {
  View left = connection.in;
  while (left.size() >= size_bytes) {
    const std::size_t size = left[0] * 256u + left[1];
    if (left.size() < size_bytes + size) break;
    const Bytes said = answer(left.subspan(size_bytes, size), dns::Via::tcp, connection.source);
    left = left.subspan(size_bytes + size);
    if (said.empty()) continue;
    connection.out.push_back(static_cast<std::uint8_t>(said.size() >> 8));
    connection.out.push_back(static_cast<std::uint8_t>(said.size()));
    append(connection.out, said);
  }
  connection.in.erase(connection.in.begin(), connection.in.end() - static_cast<std::ptrdiff_t>(left.size()));
}

bool DnsTcp::write(Connection& connection) {
  if (connection.out.empty()) return true;
  const auto sent =
      ::send(connection.socket.number(), connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
  if (sent < 0) return would_wait();
  connection.out.erase(connection.out.begin(), connection.out.begin() + sent);
  return true;
}

}  // namespace grapevine::node
