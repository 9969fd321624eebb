// The DNS socket: a thread that owns the zone and two sockets, and answers from what it was last shown. Names
// reach it as values through an inbox, so it shares nothing with the loop and no query can hold the node up.
// It asks nobody: a name that is not in the zone is refused, not looked up elsewhere.
#pragma once

#include "dns/source_limit.hpp"
#include "node/dns_tcp.hpp"
#include "node/dns_udp.hpp"
#include "node/inbox.hpp"
#include "node/loop.hpp"

#include <thread>

namespace grapevine::node {

class DnsServer {
 public:
  static constexpr std::size_t batches_max = 4;  // of news not taken in yet

  /// Binds and serves. Throws std::runtime_error when the address cannot be had.
  DnsServer(const Endpoint& listen, dns::Zone::Rules rules);
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;
  ~DnsServer();

  /// Hands over what is to be shown from now on; false: it is behind, ask again later.
  bool show(std::vector<dns::Presence> presences);
  /// The port bound, also when 0 was asked for: the same for UDP and TCP.
  std::uint16_t port() const { return udp_.port(); }

 private:
  void run();
  std::vector<pollfd> wait() const;
  Bytes answer(View message, dns::Via via, View source, Now now);

  const LocalClock clock_;
  Inbox<std::vector<dns::Presence>> news_;
  dns::Zone zone_;  // these belong to the thread
  dns::SourceLimit limit_;
  DnsUdp udp_;
  DnsTcp tcp_;
  std::thread thread_;
};

}  // namespace grapevine::node
