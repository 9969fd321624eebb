// From a line of a zone file to the bytes of a message: the only place that knows ldns. What others wrote
// into their records is spelled so that no terminal obeys it: every byte that does not print becomes \ddd,
// also in the wire form.
#pragma once

#include "crypto/bytes.hpp"

#include <optional>

namespace grapevine::dns {

/// Numbers of RFC 1035 and its successors.
enum class Type : std::uint16_t {
  a = 1,
  ns = 2,
  soa = 6,
  ptr = 12,
  hinfo = 13,
  txt = 16,
  aaaa = 28,
  srv = 33,
  opt = 41,
  ixfr = 251,
  axfr = 252,
  any = 255
};

/// A pointer to byte 12 of a message, where the name in the question stands (RFC 1035, 4.1.4).
inline constexpr std::uint16_t to_question = 0xc00c;

/// A record in wire form. Its owner stands apart: in a message the record begins with a pointer to it.
struct Rendered {
  std::string owner;
  Type type = Type::a;
  std::uint32_t ttl = 0;
  Bytes record;
};
/// Absent when the line is none.
std::optional<Rendered> render(const std::string& line);

/// An address as lines spell it: "A 192.0.2.1" or "AAAA 2001:db8::1". Requires: 4 or 16 bytes.
std::string address_text(View ip);
/// One string of a TXT record, at most 255 bytes of it.
std::string quoted(std::string_view text);

}  // namespace grapevine::dns
