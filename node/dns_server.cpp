#include "node/dns_server.hpp"

#include <algorithm>

namespace grapevine::node {

namespace {

constexpr int wait_at_most_ms = 1000;  // idle connections are looked at this often

std::uint64_t secret() {
  std::uint64_t made = 0;
  fill_random({reinterpret_cast<std::uint8_t*>(&made), sizeof made});
  return made;
}

bool is_own_computer(View source) {
  if (source.size() == 4) return source[0] == 127;
  return source.back() == 1 &&
         std::all_of(source.begin(), source.end() - 1, [](auto byte) { return byte == 0; });
}

}  // namespace

DnsServer::DnsServer(const Endpoint& listen, dns::Zone::Rules rules)
    : news_(batches_max),
      zone_(std::move(rules)),
      limit_(secret()),
      udp_(listen),
      tcp_({listen.host, udp_.port()}),
      thread_([this] { run(); }) {}

DnsServer::~DnsServer() {
  news_.close();
  thread_.join();
}

bool DnsServer::show(std::vector<dns::Presence> presences) {
  return news_.put(std::move(presences));
}

void DnsServer::run() {
  while (!news_.is_closed()) {
    const auto waited = wait();
    const Now now = clock_.now();
    for (const auto& presences : news_.take_all(batches_max)) {
      for (const auto& presence : presences) zone_.show(presence);
    }
    const DnsAnswer answer_now = [&](View message, dns::Via via, View source) {
      return answer(message, via, source, now);
    };
    udp_.serve(answer_now);
    tcp_.serve(waited, now.time, answer_now);
  }
}

std::vector<pollfd> DnsServer::wait() const {
  std::vector<pollfd> waited{{.fd = news_.readable(), .events = POLLIN, .revents = 0},
                             {.fd = udp_.readable(), .events = POLLIN, .revents = 0}};
  tcp_.add_to(waited);
  ::poll(waited.data(), waited.size(), wait_at_most_ms);
  return waited;
}

/// Who asks from this computer cannot be anybody else; others may be forged, and are limited.
Bytes DnsServer::answer(View message, dns::Via via, View source, Now now) {
  const bool limited = via == dns::Via::udp && !is_own_computer(source) && !limit_.allows(source, now.time);
  return dns::respond(zone_, message, now.wall, limited ? dns::Via::udp_throttled : via);
}

}  // namespace grapevine::node
