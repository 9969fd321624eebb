#include "node/interfaces.hpp"

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

bool leads_out(const ifaddrs& entry, int family) {
  return entry.ifa_addr != nullptr && entry.ifa_addr->sa_family == family &&
         (entry.ifa_flags & IFF_UP) != 0 && (entry.ifa_flags & IFF_LOOPBACK) == 0 &&
         !is_inner(entry.ifa_name);
}

template <class Take>
void each_outward(int family, Take take) {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(first, &::freeifaddrs);
  for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
    if (leads_out(*at, family)) take(*at);
  }
}

Ipv4 address_of(const sockaddr* address) {
  Ipv4 made;
  std::memcpy(made.data(), &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, made.size());
  return made;
}

}  // namespace

std::vector<Lan> lans() {
  constexpr unsigned carries_broadcasts = IFF_BROADCAST | IFF_RUNNING;
  std::vector<Lan> found;
  each_outward(AF_INET, [&](const ifaddrs& entry) {
    if ((entry.ifa_flags & carries_broadcasts) != carries_broadcasts || entry.ifa_broadaddr == nullptr)
      return;
    found.push_back(
        {::if_nametoindex(entry.ifa_name), address_of(entry.ifa_addr), address_of(entry.ifa_broadaddr)});
  });
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::string> ipv4_hosts() {
  std::vector<std::string> hosts;
  each_outward(AF_INET,
               [&](const ifaddrs& entry) { hosts.push_back(to_string(address_of(entry.ifa_addr))); });
  return hosts;
}

std::vector<std::string> ipv6_hosts() {
  std::vector<std::string> hosts;
  each_outward(AF_INET6, [&](const ifaddrs& entry) {
    const auto* address = reinterpret_cast<const sockaddr_in6*>(entry.ifa_addr);
    if (IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr)) return;
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET6, &address->sin6_addr, text.data(), text.size());
    hosts.emplace_back(text.data());
  });
  return hosts;
}

std::string to_string(const Ipv4& address) {
  std::array<char, INET_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET, address.data(), text.data(), text.size());
  return text.data();
}

std::optional<Ipv4> parse_ipv4(const std::string& text) {
  Ipv4 address;
  if (::inet_pton(AF_INET, text.c_str(), address.data()) != 1) return std::nullopt;
  return address;
}

}  // namespace grapevine::node
