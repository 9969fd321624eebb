#include "node/addresses.hpp"

#include "crypto/invite.hpp"
#include "node/interfaces.hpp"

#include <arpa/inet.h>

namespace grapevine::node {

std::vector<std::string> reachable_hosts(const Endpoint& listen, const std::vector<std::string>& advertise) {
  if (!advertise.empty()) return advertise;
  if (listen.host != "0.0.0.0" && listen.host != "::") return {listen.host};
  auto hosts = ipv4_hosts();
  if (listen.host == "::") {
    const auto more = ipv6_hosts();
    hosts.insert(hosts.end(), more.begin(), more.end());
  }
  if (hosts.empty()) hosts.emplace_back("127.0.0.1");
  return hosts;
}

gossip::Contact contact_of(const std::vector<std::string>& hosts, std::uint16_t port) {
  gossip::Contact contact;
  for (const auto& host : hosts) {
    const std::string more = (contact.empty() ? "" : ",") + to_string(Endpoint{host, port});
    if (contact.size() + more.size() <= gossip::Contact::max) contact += more;
  }
  return contact;
}

std::vector<dns::Endpoint> endpoints_of(const std::vector<std::string>& hosts, std::uint16_t port) {
  std::vector<dns::Endpoint> endpoints;
  for (const auto& host : hosts) {
    const bool is_v6 = host.find(':') != std::string::npos;
    Bytes address(is_v6 ? sizeof(in6_addr) : sizeof(in_addr));
    if (::inet_pton(is_v6 ? AF_INET6 : AF_INET, host.c_str(), address.data()) != 1) continue;
    dns::Endpoint endpoint;
    endpoint.ip = std::move(address);
    endpoint.port = port;
    endpoints.push_back(std::move(endpoint));
  }
  return endpoints;
}

std::vector<std::string> lines_of(const std::vector<std::string>& hosts, std::uint16_t port) {
  std::vector<std::string> lines;
  for (const auto& host : hosts) {
    auto line = to_string(Endpoint{host, port});
    if (lines.size() < decltype(Invite::addresses)::max && line.size() <= Text<64>::max)
      lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace grapevine::node
