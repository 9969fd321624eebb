// A registry that holds the records of many devices, as one replica of a large mesh would: each has a name,
// an address of its own and two capabilities. All is signed and checked as if it had come from peers.
#pragma once

#include "tests/dns/neighbours.hpp"

#include <memory>

namespace grapevine::bench {

inline constexpr std::uint32_t address_lease_s = 7200;

/// The name of a device; their skeletons differ.
inline std::string label_of(unsigned device) {
  return "device-" + std::to_string(device);
}

/// Where a device is: every `move` is another address.
inline Bytes ip_of(unsigned device, unsigned move = 0) {
  return {static_cast<std::uint8_t>(10 + move % 2), static_cast<std::uint8_t>(device >> 16),
          static_cast<std::uint8_t>(device >> 8), static_cast<std::uint8_t>(device)};
}

/// The ADDR record of a device. One in `rare` of them can also grip.
inline Bytes address_record(const dns::neighbours::Device& device, unsigned number, std::uint64_t seq,
                            WallTime issued) {
  constexpr unsigned rare = 100;
  dns::Address made;
  made.node = device.node;
  made.seq = seq;
  made.issued = issued;
  made.lease_s = address_lease_s;
  made.endpoints.push_back({.proto = 1, .ip = ip_of(number, static_cast<unsigned>(seq)), .port = 4781});
  if (number % rare == 0) made.capabilities.emplace_back("gripper");
  made.capabilities.emplace_back("vision");
  return dns::seal(made, sample::mesh().id, device.key);
}

/// A registry of its own, and the devices it has heard of.
struct RegistryOf {
  SodiumVerifier verifier;
  dns::MemoryStore store;
  Roster roster;
  dns::neighbours::Device self;
  dns::Registry registry;
  std::vector<dns::neighbours::Device> devices;
  WallTime begun;

  RegistryOf(unsigned count, WallTime now)
      : roster(sample::mesh(), verifier),
        self(0, now),
        registry(dns::Config{}, self.self(), store, roster, Random(1)),
        begun(now) {
    for (unsigned number = 1; number <= count; ++number) {
      const auto& device = devices.emplace_back(number, now);
      hear(device.member());
      hear(device.origin());
      hear(device.name(label_of(number), 1, now));
      hear(address_record(device, number, 1, now));
    }
  }
  dns::Effects hear(View record) { return registry.arrived(self.node, record, {Time{}, begun}).second; }
};

}  // namespace grapevine::bench
