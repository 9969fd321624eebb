#include "dns/evidence.hpp"

#include "crypto/match.hpp"
#include "dns/name.hpp"

namespace grapevine::dns {

namespace {

/// A place that a node fills once: with one number for one thing.
struct Place {
  Evidence::Kind kind;
  NodeId node;
  std::string thing;  // a skeleton; empty: the node itself
  std::uint32_t rot = 0;
  std::uint64_t number = 0;
  bool operator==(const Place&) const = default;
};

std::optional<Place> place_of(const Body& body) {
  using enum Evidence::Kind;
  return match(
      body,
      [](const NameClaim& said) -> std::optional<Place> {
        return Place{sequence, said.node, skeleton_of(said.name).value, said.rot, said.seq};
      },
      [](const Transfer& said) -> std::optional<Place> {
        return Place{sequence, said.from, skeleton_of(said.name).value, said.from_rot, said.from_seq};
      },
      [](const Address& said) -> std::optional<Place> {
        return Place{sequence, said.node, {}, said.rot, said.seq};
      },
      [](const Vote& said) -> std::optional<Place> {
        return Place{vote, said.voter, said.skeleton, said.rot, said.term};
      },
      [](const auto&) -> std::optional<Place> { return std::nullopt; });
}

Bytes payload_of(const Body& body) {
  return match(body, [](const auto& fields) { return wire::encode(fields); });
}

}  // namespace

std::optional<Speaker> speaker_of(const Body& body) {
  return match(
      body,
      [](const Rotation& said) -> std::optional<Speaker> {
        return Speaker{said.node, said.rot};
      },
      [](const NameClaim& said) -> std::optional<Speaker> {
        return Speaker{said.node, said.rot};
      },
      [](const Address& said) -> std::optional<Speaker> {
        return Speaker{said.node, said.rot};
      },
      [](const Vote& said) -> std::optional<Speaker> {
        return Speaker{said.voter, said.rot};
      },
      [](const Transfer& said) -> std::optional<Speaker> {
        return Speaker{said.from, said.from_rot};
      },
      [](const Suspension& said) -> std::optional<Speaker> {
        return Speaker{said.node, said.rot};
      },
      [](const Retirement& said) -> std::optional<Speaker> {
        return Speaker{said.node, 0};
      },
      [](const auto&) -> std::optional<Speaker> { return std::nullopt; });
}

std::optional<Evidence::Kind> contradiction(const Body& one, const Body& other) {
  const auto place = place_of(one);
  if (!place || place != place_of(other)) return std::nullopt;
  if (type_of(one) == type_of(other) && payload_of(one) == payload_of(other)) return std::nullopt;
  return place->kind;
}

}  // namespace grapevine::dns
