// DNS over TCP (RFC 7766): each message behind its size in two bytes, any number of them on one connection
// without waiting for answers. A connection that is silent for ten seconds is closed; when there are too
// many, the one silent longest makes room. Whoever does not read its answers is not read either.
#pragma once

#include "node/dns_socket.hpp"

#include <vector>

#include <poll.h>

namespace grapevine::node {

class DnsTcp {
 public:
  static constexpr std::size_t connections_max = 128;
  static constexpr Duration idle_max = 10s;
  static constexpr std::size_t unread_bytes_max = 256 * 1024;  // of answers; then no more questions are taken

  DnsTcp(const Endpoint& listen);

  /// Adds what to wait for; whoever has waited hands the same entries to serve().
  void add_to(std::vector<pollfd>& waited) const;
  void serve(const std::vector<pollfd>& waited, Time now, const DnsAnswer& answer);

 private:
  struct Connection {
    Descriptor socket;
    Bytes source;
    Bytes in;   // at most one message that is not whole yet, and a read
    Bytes out;  // answers not sent yet
    Time active;
  };
  void accept(Time now);
  bool converse(Connection& connection, short events, Time now, const DnsAnswer& answer);
  static bool read(Connection& connection);
  static void answer_whole(Connection& connection, const DnsAnswer& answer);
  static bool write(Connection& connection);

  Descriptor listener_;
  std::vector<Connection> connections_;
};

}  // namespace grapevine::node
