// The bytes of resource records (RFC 1035, 3.3 and 4.1.3), made when what they say changes. What others wrote
// into their records is spelled so that no terminal obeys it: every byte that does not print becomes \ddd,
// also in the wire form. Tests read all of it with ldns.
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

/// A name in wire form, of its labels between dots; absent when it can be none.
std::optional<std::string> wire_name(std::string_view dotted);

/// A record whose owner is the name in the question. Requires: at most 65 535 bytes of content.
Bytes record(Type type, std::uint32_t ttl, View content);

/// Content of a TXT: adds one string, at most 255 bytes of it.
void append_text(Bytes& content, std::string_view text);
/// Content of a SRV of priority and weight 0. The target is in wire form.
Bytes service_content(std::uint16_t port, std::string_view target);
/// Content of a SOA whose serial number is 1. The names are in wire form.
Bytes authority_content(std::string_view server, std::string_view mailbox, std::uint32_t denial_ttl);

}  // namespace grapevine::dns
