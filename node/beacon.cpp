#include "node/beacon.hpp"

#include <algorithm>
#include <array>

namespace grapevine::node {

namespace {

constexpr std::array<std::uint8_t, 4> magic{'G', 'V', 'B', 1};

// A neighbour that is just binding its port, or a switch that is just learning ours, misses the first ones.
constexpr std::array<Duration, 4> quick{200ms, 500ms, 1s, 2s};

using PortBytes = Fixed<2>;

PortBytes to_bytes(std::uint16_t port) {
  return {{static_cast<std::uint8_t>(port >> 8), static_cast<std::uint8_t>(port & 0xff)}};
}

std::uint16_t to_port(const PortBytes& bytes) {
  return static_cast<std::uint16_t>(bytes.bytes[0] << 8 | bytes.bytes[1]);
}

// Its own inverse.
Fixed<32> masked(Fixed<32> node, const MeshId& mesh, const Fixed<16>& blind) {
  const auto mask = hash<32>(purpose::beacon_mask, {mesh.value.view(), blind.view()});
  std::transform(node.bytes.begin(), node.bytes.end(), mask.bytes.begin(), node.bytes.begin(),
                 [](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(a ^ b); });
  return node;
}

Fixed<16> tag_of(const Beacon& beacon, const MeshId& mesh, const Fixed<16>& blind) {
  return hash<16>(purpose::beacon,
                  {mesh.value.view(), beacon.origin.address.view(), to_bytes(beacon.origin.port).view(),
                   blind.view(), beacon.node.value.view()});
}

}  // namespace

BeaconFrame to_frame(const Beacon& beacon, const MeshId& mesh, const Fixed<16>& blind) {
  BeaconFrame frame;
  auto* at = frame.data();
  const auto put = [&](View bytes) { at = std::copy(bytes.begin(), bytes.end(), at); };
  put(magic);
  put(to_bytes(beacon.origin.port).view());
  put(blind.view());
  put(masked(beacon.node.value, mesh, blind).view());
  put(tag_of(beacon, mesh, blind).view());
  return frame;
}

Result<Beacon> open_beacon(View datagram, const Ipv4& source, const MeshId& mesh) {
  if (datagram.size() != beacon_bytes || !std::equal(magic.begin(), magic.end(), datagram.begin()))
    return fail(Code::malformed, "no beacon of this version");
  datagram = datagram.subspan(magic.size());
  const auto take = [&]<std::size_t n>(Fixed<n>& into) {
    std::copy_n(datagram.begin(), n, into.data());
    datagram = datagram.subspan(n);
  };
  PortBytes port;
  Fixed<16> blind;
  Fixed<32> node;
  Fixed<16> tag;
  take(port), take(blind), take(node), take(tag);
  const Beacon beacon{NodeId{masked(node, mesh, blind)}, {source, to_port(port)}};
  if (tag != tag_of(beacon, mesh, blind) || beacon.origin.port == 0)
    return fail(Code::refused, "of another mesh, or from another address than it names");
  return beacon;
}

void BeaconPace::begin(Time now) {
  step_ = 0;
  next_ = now;
}

void BeaconPace::spoken(Time now, Random& random) {
  const Duration wait = step_ < quick.size() ? quick.at(step_++) : usual;
  const auto spread = from_seconds(seconds(wait) * jitter);
  next_ = now + random.between(wait - spread, wait + spread);
}

}  // namespace grapevine::node
