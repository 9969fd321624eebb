#include "node/beacon_port.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace grapevine::node {

namespace {

sockaddr_in socket_address(const Ipv4& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  std::memcpy(&address.sin_addr, host.data(), host.size());
  return address;
}

bool set(const Descriptor& socket, int option, int value) {
  return ::setsockopt(socket.number(), SOL_SOCKET, option, &value, sizeof value) == 0;
}

gossip::Contact contact_of(const Origin& origin) {
  return gossip::Contact(to_string(origin.address) + ":" + std::to_string(origin.port));
}

}  // namespace

Result<BeaconPort> BeaconPort::open(const Speaker& speaker) {
  constexpr int buffer_bytes = 64 * 1024;  // some hundred beacons; a flood beyond is lost in the kernel
  Descriptor made(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const auto everywhere = socket_address({}, udp_port);
  // Shared, so that two nodes of one computer both hear the broadcasts.
  if (!made || !set(made, SO_REUSEADDR, 1) || !set(made, SO_BROADCAST, 1) ||
      !set(made, SO_RCVBUF, buffer_bytes) ||
      ::bind(made.number(), reinterpret_cast<const sockaddr*>(&everywhere), sizeof everywhere) != 0)
    return fail(Code::unavailable, "UDP port " + std::to_string(udp_port) + ": " + std::strerror(errno));
  return BeaconPort(speaker, std::move(made));
}

BeaconPort::BeaconPort(const Speaker& speaker, Descriptor socket)
    : speaker_(speaker), socket_(std::move(socket)) {
  std::uint64_t seed = 0;
  fill_random({reinterpret_cast<std::uint8_t*>(&seed), sizeof seed});
  random_ = Random(seed);
}

void BeaconPort::speak(Time now) {
  if (!socket_ || now < deadline()) return;
  auto found = lans();
  if (speaker_.only) std::erase_if(found, [&](const Lan& lan) { return lan.own != *speaker_.only; });
  look_next_ = now + look_every;
  if (found != lans_) pace_.begin(now);
  lans_ = std::move(found);
  if (!pace_.is_due(now)) return;
  for (const Lan& lan : lans_) {
    if (!send(lan)) ++counts_["beacon.unsent"];
  }
  pace_.spoken(now, random_);
}

std::vector<Sighted> BeaconPort::receive(Time now) {
  std::vector<Sighted> sighted;
  std::array<std::uint8_t, beacon_bytes + 1> datagram{};  // one more, so that a longer one is no beacon
  for (std::size_t i = 0; socket_ && i < datagrams_a_turn; ++i) {
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto length = ::recvfrom(socket_.number(), datagram.data(), datagram.size(), 0,
                                   reinterpret_cast<sockaddr*>(&from), &size);
    if (length < 0) break;
    Ipv4 source;
    std::memcpy(source.data(), &from.sin_addr, source.size());
    if (auto one = take(View(datagram).first(static_cast<std::size_t>(length)), source, now))
      sighted.push_back(std::move(*one));
  }
  return sighted;
}

std::optional<gossip::Contact> BeaconPort::heard_at(const NodeId& node, Time now) const {
  const auto found = heard_.find(node);
  if (found == heard_.end() || now - found->second.at > fresh) return std::nullopt;
  return found->second.contact;
}

Discovery BeaconPort::discovery(Time now) const {
  Discovery found = off_;
  found.networks = lans_.size();
  for (const auto& [node, heard] : heard_)
    if (now - heard.at <= fresh)
      found.heard.push_back({.node = node, .contact = heard.contact, .ago = now - heard.at});
  return found;
}

Time BeaconPort::deadline() const {
  return !socket_ ? never : std::min(pace_.next(), look_next_);
}

// From the network's own address, which the tag covers, whatever the routes say.
bool BeaconPort::send(const Lan& lan) {
  const Beacon beacon{speaker_.node, {lan.own, speaker_.port}};
  auto frame = to_frame(beacon, speaker_.mesh, random_bytes<16>());
  auto to = socket_address(lan.broadcast, udp_port);
  iovec bytes{frame.data(), frame.size()};
  in_pktinfo road{};
  road.ipi_ifindex = static_cast<int>(lan.interface);
  std::memcpy(&road.ipi_spec_dst, lan.own.data(), lan.own.size());
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof road)> control{};
  msghdr message{};
  message.msg_name = &to;
  message.msg_namelen = sizeof to;
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = IPPROTO_IP;
  header->cmsg_type = IP_PKTINFO;
  header->cmsg_len = CMSG_LEN(sizeof road);
  std::memcpy(CMSG_DATA(header), &road, sizeof road);
  return ::sendmsg(socket_.number(), &message, 0) == static_cast<ssize_t>(frame.size());
}

std::optional<Sighted> BeaconPort::take(View datagram, const Ipv4& source, Time now) {
  const auto beacon = open_beacon(datagram, source, speaker_.mesh);
  if (!beacon) {
    ++counts_[beacon.error().code == Code::malformed ? "beacon.malformed" : "beacon.not_ours"];
    return std::nullopt;
  }
  if (beacon->node == speaker_.node || !is_allowed(beacon->node, now)) return std::nullopt;
  const auto& heard = heard_[beacon->node] = Heard{contact_of(beacon->origin), now};
  return Sighted{beacon->node, heard.contact};
}

bool BeaconPort::is_allowed(const NodeId& node, Time now) {
  const auto before = heard_.find(node);
  if (before != heard_.end() && now - before->second.at < hear_again) return false;
  if (now - second_ >= 1s) {
    second_ = now;
    passed_on_ = 0;
  }
  if (before == heard_.end() && heard_.size() >= heard_max)
    std::erase_if(heard_, [&](const auto& entry) { return now - entry.second.at > fresh; });
  const bool room = before != heard_.end() || heard_.size() < heard_max;
  if (room && passed_on_ < sightings_a_second) return ++passed_on_, true;
  ++counts_["beacon.too_many"];
  return false;
}

}  // namespace grapevine::node
