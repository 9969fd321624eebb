// A DNS query, read without trust (RFC 1035, RFC 6891). One pass over the bytes, nothing allocated, nothing
// sized by a number the sender wrote. Why not ldns: it follows compression pointers
// in a question without a word, where we must refuse them; it keeps no bytes to echo; and it builds a tree of
// allocations for a packet of which we need one name, at six times the cost (`names.parse` in scripts/bench
// names). A fuzzer holds the two to equal verdicts on everything else (tests/fuzz/dns.cpp).
#pragma once

#include "dns/render.hpp"

namespace grapevine::dns {

enum class Rcode : std::uint8_t {
  none = 0,
  bad_form = 1,
  no_such_name = 3,
  not_implemented = 4,
  refused = 5,
  bad_version = 16  // of EDNS; its upper bits travel in the OPT record
};

inline constexpr std::size_t message_header_bytes = 12;
inline constexpr std::size_t name_bytes_max = 255;

struct Query {
  std::uint16_t id = 0;
  std::uint16_t echoed_flags = 0;  // of the header, which every answer repeats: opcode, recursion desired
  Rcode verdict = Rcode::none;     // not none: refused on sight; what follows may be empty

  View question;  // as sent, to be echoed byte for byte: its spelling is a check of the sender's (0x20)
  Type type = Type::a;
  std::uint16_t record_class = 0;
  bool has_edns = false;
  std::uint16_t edns_bytes = 0;  // the size of answer the sender can take

  /// The name in lower-case wire form.
  std::string_view name() const { return {folded.data(), folded_bytes}; }
  std::array<char, name_bytes_max> folded;
  std::size_t folded_bytes = 0;
};

/// Absent for what deserves silence: an answer, or less than a header.
std::optional<Query> read_query(View message);

}  // namespace grapevine::dns
