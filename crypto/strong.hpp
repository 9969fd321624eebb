// Numbers and byte strings that do not mix: a mesh id is no node id, although both are 32 bytes. The tag is a
// type that is never defined; the value is public because the point is to prevent mix-ups, not to hide.
#pragma once

#include <compare>
#include <cstddef>
#include <cstring>

namespace grapevine {

template <class Tag, class Value>
struct Strong {
  Value value{};
  auto operator<=>(const Strong&) const = default;
};

/// Hashes ids whose bytes are already uniformly distributed (hashes, keys): the first eight are enough.
struct FirstBytes {
  template <class Tag, class Value>
  std::size_t operator()(const Strong<Tag, Value>& id) const {
    std::size_t hash = 0;
    std::memcpy(&hash, id.value.data(), sizeof hash);
    return hash;
  }
};

}  // namespace grapevine
