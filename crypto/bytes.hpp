// Bytes that own, bytes that only look, bytes of a fixed number; and the two spellings people read: hex for
// developers, base32 (RFC 4648, lower case, no padding) for everything a person may have to type or say.
#pragma once

#include "crypto/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <endian.h>

namespace grapevine {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

/// Exactly N bytes, ordered as memory is.
template <std::size_t N>
struct Fixed {
  std::array<std::uint8_t, N> bytes{};

  static constexpr std::size_t size() { return N; }
  View view() const { return bytes; }
  std::uint8_t* data() { return bytes.data(); }
  const std::uint8_t* data() const { return bytes.data(); }
  bool operator==(const Fixed&) const = default;
  /// As memory is ordered. Most of what is fixed is a hash, of which the first eight bytes nearly always
  /// decide.
  std::strong_ordering operator<=>(const Fixed& other) const {
    if constexpr (N > sizeof(std::uint64_t)) {
      const std::uint64_t mine = head();
      const std::uint64_t theirs = other.head();
      if (mine != theirs) return mine <=> theirs;
    }
    return std::memcmp(data(), other.data(), N) <=> 0;
  }

  /// The bytes of `from`, or malformed when there are not exactly N.
  static Result<Fixed> of(View from) {
    if (from.size() != N) return fail(Code::malformed, "expected " + std::to_string(N) + " bytes");
    Fixed made;
    std::memcpy(made.data(), from.data(), N);
    return made;
  }

 private:
  std::uint64_t head() const {
    std::uint64_t number = 0;
    std::memcpy(&number, data(), sizeof number);
    return be64toh(number);
  }
};

/// A text seen as bytes, and bytes seen as text; neither copies.
inline View view(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view text(View bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline Bytes to_bytes(View from) {
  return {from.begin(), from.end()};
}
inline void append(Bytes& to, View more) {
  to.insert(to.end(), more.begin(), more.end());
}

/// Lower-case hex; two digits a byte.
std::string to_hex(View bytes);
/// Malformed on an odd length or a character that is no hex digit; both cases are read.
Result<Bytes> from_hex(std::string_view digits);

/// Base32 without padding: 52 characters for 32 bytes.
std::string to_base32(View bytes);
/// Malformed on foreign characters, on impossible lengths, and on spare bits that are not zero (one spelling
/// only). Both cases are read.
Result<Bytes> from_base32(std::string_view digits);

}  // namespace grapevine
