// Who asks, and what: the origin's own identity and one question put to the engine.
#pragma once

#include "crypto/certificate.hpp"
#include "moa/provenance.hpp"
#include "moa/query.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace grapevine::moa {

/// This node. `key` is its operational key and outlives the engine.
struct Self {
  NodeId node;
  Owner owner;
  MeshId mesh;
  const SigningKey* key = nullptr;
};

/// A question. Turns end with the user's latest; together at most prompt_bytes_max.
struct Ask {
  QueryId id;  // random, chosen by the caller
  std::vector<Turn> turns;
  Sampling sampling = {};
  std::optional<Shape> shape = std::nullopt;  // absent: the configured one
  Scope scope = Scope::group;
  Duration deadline{};                        // from now; zero: the configured one
  std::optional<NodeId> only = std::nullopt;  // this device alone, within the scope; no mixing
  std::vector<std::string> terms = {};        // its latest question's, as a knowledge index spells them
};

}  // namespace grapevine::moa
