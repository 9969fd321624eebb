#include "node/join_server.hpp"

namespace grapevine::node {

namespace {

constexpr std::size_t knock_size = 8;

void append_number(Bytes& to, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) to.push_back(static_cast<std::uint8_t>(number >> shift));
}

std::uint64_t number_at_front(View from) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : from.first(knock_size)) number = (number << 8) | byte;
  return number;
}

}  // namespace

Bytes to_packet(const JoinRequestPacket& request) {
  Bytes packet;
  append_number(packet, request.knock);
  append(packet, request.key.value.view());
  append(packet, request.frame);
  return packet;
}

Bytes to_packet(const JoinAnswer& answer) {
  Bytes packet;
  append_number(packet, answer.knock);
  append(packet, answer.frame);
  return packet;
}

std::optional<JoinRequestPacket> parse_join_request(View packet) {
  constexpr std::size_t head = knock_size + Fixed<32>::size();
  if (packet.size() < head || packet.size() > join_packet_bytes_max) return std::nullopt;
  const auto key = Fixed<32>::of(packet.subspan(knock_size, Fixed<32>::size()));
  return JoinRequestPacket{number_at_front(packet), TransportKey{*key}, to_bytes(packet.subspan(head))};
}

std::optional<JoinAnswer> parse_join_answer(View packet) {
  if (packet.size() < knock_size || packet.size() > knock_size + join_answer_bytes_max) return std::nullopt;
  return JoinAnswer{number_at_front(packet), to_bytes(packet.subspan(knock_size))};
}

}  // namespace grapevine::node
