#include "dns/responder.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

constexpr std::uint16_t internet = 1;
constexpr std::size_t plain_udp_bytes_max = 512;  // RFC 1035, 4.2.1
constexpr std::size_t tcp_bytes_max = 65'535;
constexpr std::size_t edns_bytes = 11;  // of the OPT record we add
constexpr std::size_t usual_bytes = 256;

constexpr std::uint16_t is_answer = 0x8000;
constexpr std::uint16_t is_authority = 0x0400;
constexpr std::uint16_t is_truncated = 0x0200;

/// What goes into the header.
struct Head {
  Rcode code = Rcode::none;
  std::uint16_t flags = is_answer;
  std::uint16_t answers = 0;
  std::uint16_t authorities = 0;
};

Head answer(const Zone& zone, const Query& query, WallTime now, Bytes& message);
void append_short_any(Section& section);
void append_edns(Rcode code, Bytes& message);
void write_head(const Head& head, const Query& query, Bytes& message);
std::size_t bytes_max(const Query& query, Via via);
void append_u16(Bytes& to, std::uint16_t number);

}  // namespace

Bytes respond(const Zone& zone, View bytes, WallTime now, Via via) {
  const auto query = read_query(bytes);
  if (!query) return {};
  Bytes message;
  message.reserve(usual_bytes);
  message.resize(message_header_bytes);
  append(message, query->question);
  Head head = via == Via::udp_throttled ? Head{.flags = is_answer | is_truncated}
                                        : answer(zone, *query, now, message);
  if (message.size() + (query->has_edns ? edns_bytes : 0) > bytes_max(*query, via)) {
    head.flags |= is_truncated;
    head.answers = head.authorities = 0;
    message.resize(message_header_bytes + query->question.size());
  }
  write_head(head, *query, message);
  if (query->has_edns) append_edns(head.code, message);
  return message;
}

namespace {

Head answer(const Zone& zone, const Query& query, WallTime now, Bytes& message) {
  if (query.verdict != Rcode::none) return {.code = query.verdict};
  if (query.record_class != internet || query.type == Type::axfr || query.type == Type::ixfr)
    return {.code = Rcode::refused};
  Section section{message};
  const auto outcome = zone.answer(query.name(), query.type, now, query.id, section);
  if (outcome == Zone::Outcome::outside) return {.code = Rcode::refused};
  Head head{.flags = is_answer | is_authority};
  if (outcome == Zone::Outcome::no_such_type && query.type == Type::any) append_short_any(section);
  if (section.count == 0) {
    zone.deny(query.name(), section);
    head.authorities = section.count;
    if (outcome == Zone::Outcome::no_such_name) head.code = Rcode::no_such_name;
  } else {
    head.answers = section.count;
  }
  return head;
}

void append_short_any(Section& section) {
  constexpr std::string_view cpu = "RFC8482";
  constexpr std::uint16_t ttl_s = 3600;
  append_u16(section.bytes, to_question);
  append_u16(section.bytes, static_cast<std::uint16_t>(Type::hinfo));
  append_u16(section.bytes, internet);
  append_u16(section.bytes, 0);
  append_u16(section.bytes, ttl_s);
  append_u16(section.bytes, static_cast<std::uint16_t>(cpu.size() + 2));
  section.bytes.push_back(static_cast<std::uint8_t>(cpu.size()));
  append(section.bytes, view(cpu));
  section.bytes.push_back(0);
  ++section.count;
}

/// The OPT record (RFC 6891): the root as its name, our size as its class, the code's upper bits.
void append_edns(Rcode code, Bytes& message) {
  message.push_back(0);
  append_u16(message, static_cast<std::uint16_t>(Type::opt));
  append_u16(message, udp_answer_bytes_max);
  append_u16(message, static_cast<std::uint16_t>((static_cast<unsigned>(code) >> 4) << 8));
  append_u16(message, 0);
  append_u16(message, 0);
}

void write_head(const Head& head, const Query& query, Bytes& message) {
  const auto flags =
      static_cast<std::uint16_t>(head.flags | query.echoed_flags | (static_cast<unsigned>(head.code) & 0xf));
  const std::array<std::uint16_t, 6> fields{query.id,
                                            flags,
                                            static_cast<std::uint16_t>(query.question.empty() ? 0 : 1),
                                            head.answers,
                                            head.authorities,
                                            static_cast<std::uint16_t>(query.has_edns ? 1 : 0)};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    message[2 * i] = static_cast<std::uint8_t>(fields[i] >> 8);
    message[2 * i + 1] = static_cast<std::uint8_t>(fields[i]);
  }
}

std::size_t bytes_max(const Query& query, Via via) {
  if (via == Via::tcp) return tcp_bytes_max;
  if (!query.has_edns) return plain_udp_bytes_max;
  return std::clamp<std::size_t>(query.edns_bytes, plain_udp_bytes_max, udp_answer_bytes_max);
}

void append_u16(Bytes& to, std::uint16_t number) {
  to.push_back(static_cast<std::uint8_t>(number >> 8));
  to.push_back(static_cast<std::uint8_t>(number));
}

}  // namespace

}  // namespace grapevine::dns
