#include "node/addresses.hpp"

#include "crypto/invite.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

namespace grapevine::node {

namespace {

// Interfaces whose other end is this machine itself.
constexpr std::array<std::string_view, 9> inner_interfaces{"docker", "br-", "veth",   "virbr", "vmnet",
                                                           "vbox",   "lxc", "podman", "cni"};

bool is_inner(std::string_view name) {
  return std::any_of(inner_interfaces.begin(), inner_interfaces.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

std::vector<std::string> interface_hosts(int family) {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(first, &::freeifaddrs);
  std::vector<std::string> hosts;
  for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
    const bool leads_out = (at->ifa_flags & IFF_UP) != 0 && (at->ifa_flags & IFF_LOOPBACK) == 0;
    if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != family || !leads_out || is_inner(at->ifa_name))
      continue;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (family == AF_INET) {
      const auto* address = reinterpret_cast<const sockaddr_in*>(at->ifa_addr);
      ::inet_ntop(family, &address->sin_addr, text.data(), text.size());
    } else {
      const auto* address = reinterpret_cast<const sockaddr_in6*>(at->ifa_addr);
      if (IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr)) continue;  // means nothing without the interface's name
      ::inet_ntop(family, &address->sin6_addr, text.data(), text.size());
    }
    hosts.emplace_back(text.data());
  }
  return hosts;
}

}  // namespace

std::vector<std::string> reachable_hosts(const Endpoint& listen, const std::vector<std::string>& advertise) {
  if (!advertise.empty()) return advertise;
  if (listen.host != "0.0.0.0" && listen.host != "::") return {listen.host};
  auto hosts = interface_hosts(AF_INET);
  if (listen.host == "::") {
    const auto more = interface_hosts(AF_INET6);
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
