// What stories of gossip machines have in common: how to look at what was told.
#pragma once

#include "tests/gossip/alone.hpp"

#include <doctest/doctest.h>

namespace grapevine::gossip {

inline std::size_t bytes(const List<Rumor, 6>& rumors) {
  std::size_t sum = 0;
  for (const Rumor& rumor : rumors) sum += wire_size(rumor);
  return sum;
}

/// How often sentences about a node itself, its word or its farewell, rode on probes and answers.
inline std::size_t tellings(const Effects& effects, const NodeId& node) {
  std::size_t count = 0;
  const auto look = [&](const News& news) {
    for (const Rumor& rumor : news.rumors) {
      const auto word = rumor.alive ? std::optional(rumor.alive->claimed()) : std::nullopt;
      const auto left = rumor.left ? std::optional(rumor.left->claimed()) : std::nullopt;
      count += (word && *word && (*word)->node == node) || (left && *left && (*left)->node == node) ? 1u : 0u;
    }
  };
  for (const Ping& ping : sent<Ping>(effects)) look(ping.news);
  for (const Ack& ack : sent<Ack>(effects)) look(ack.news);
  return count;
}

}  // namespace grapevine::gossip
