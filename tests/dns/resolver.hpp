// A zone with devices in it, queries as bytes, and answers as ldns reads them: what ldns cannot parse is no
// answer. Device 0 is the node the zone belongs to.
#pragma once

#include "dns/responder.hpp"
#include "tests/dns/neighbours.hpp"

#include <memory>

#include <ldns/ldns.h>

namespace grapevine::dns::resolver {

using neighbours::Device;
using sample::noon;

inline Presence presence(unsigned device, const std::string& label, State state = State::confirmed,
                         const std::vector<Bytes>& ips = {{192, 0, 2, 1}}) {
  Presence made{.node = Device(device).node,
                .is_member = true,
                .member_since = noon,
                .member_until = noon + 30 * sample::day,
                .address_until = noon + 2h,
                .ttl = 60s};
  if (!label.empty())
    made.titles.push_back({.label = label, .state = state, .since = noon, .until = noon + 14 * sample::day});
  for (const auto& ip : ips) {
    made.endpoints.emplace_back();
    made.endpoints.back().ip = Blob<16>(ip);
    made.endpoints.back().port = 4781;
  }
  made.capabilities = {"vision"};
  return made;
}

inline Zone zone_with(const std::vector<Presence>& shown, bool provisional = false) {
  Zone zone({.origin = "home.internal", .self = Device(0).node, .provisional = provisional});
  for (const auto& one : shown) zone.show(one);
  return zone;
}

/// A query as stub resolvers send it.
struct Asked {
  std::string name;
  Type type = Type::a;
  std::uint16_t edns_bytes = 0;  // 0: without EDNS
  std::uint8_t edns_version = 0;
  std::uint16_t id = 0x1234;
  std::uint16_t flags = 0x0100;
  std::uint16_t record_class = 1;

  Bytes bytes() const {
    Bytes made;
    for (const std::uint16_t field : {id, flags, std::uint16_t{1}, std::uint16_t{0}, std::uint16_t{0},
                                      static_cast<std::uint16_t>(edns_bytes == 0 ? 0 : 1)})
      put(made, field);
    for (std::size_t at = 0; at < name.size();) {
      const std::size_t dot = std::min(name.find('.', at), name.size());
      made.push_back(static_cast<std::uint8_t>(dot - at));
      append(made, view(std::string_view(name).substr(at, dot - at)));
      at = dot + 1;
    }
    made.push_back(0);
    put(made, static_cast<std::uint16_t>(type));
    put(made, record_class);
    if (edns_bytes != 0)
      append(made, Bytes{0, 0, 41, hi(edns_bytes), lo(edns_bytes), 0, edns_version, 0, 0, 0, 0});
    return made;
  }
  static std::uint8_t hi(std::uint16_t n) { return static_cast<std::uint8_t>(n >> 8); }
  static std::uint8_t lo(std::uint16_t n) { return static_cast<std::uint8_t>(n); }
  static void put(Bytes& to, std::uint16_t n) { append(to, Bytes{hi(n), lo(n)}); }
};

/// What ldns makes of an answer.
struct Read {
  struct Free {
    void operator()(ldns_pkt* read) const { ldns_pkt_free(read); }
    void operator()(char* text) const { std::free(text); }
  };
  explicit Read(const Bytes& answer) : size(answer.size()) {
    ldns_pkt* parsed = nullptr;
    if (ldns_wire2pkt(&parsed, answer.data(), answer.size()) == LDNS_STATUS_OK) packet.reset(parsed);
    ensure(packet != nullptr, "ldns reads every answer");
  }
  ldns_pkt_rcode code() const { return ldns_pkt_get_rcode(packet.get()); }
  std::size_t answers() const { return ldns_pkt_ancount(packet.get()); }
  std::size_t authorities() const { return ldns_pkt_nscount(packet.get()); }
  bool is_truncated() const { return ldns_pkt_tc(packet.get()); }
  /// "robot.home.internal. 60 IN A 192.0.2.1", one a line.
  std::string text(ldns_rr_list* list) const {
    const std::unique_ptr<char, Free> made(ldns_rr_list2str(list));
    std::string lines(made.get());
    for (char& c : lines)
      if (c == '\t') c = ' ';
    return lines;
  }
  std::string answer() const { return text(ldns_pkt_answer(packet.get())); }
  std::string authority() const { return text(ldns_pkt_authority(packet.get())); }

  std::unique_ptr<ldns_pkt, Free> packet;
  std::size_t size;
};

inline Read ask(const Zone& zone, const Asked& asked, WallTime now = noon, Via via = Via::udp) {
  return Read(respond(zone, asked.bytes(), now, via));
}

}  // namespace grapevine::dns::resolver
