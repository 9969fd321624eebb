#include "dns/render.hpp"

#include "crypto/ensure.hpp"

#include <array>
#include <cstdlib>
#include <memory>

#include <arpa/inet.h>
#include <ldns/ldns.h>

namespace grapevine::dns {

namespace {

constexpr std::size_t string_bytes_max = 255;

struct Free {
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
  void operator()(std::uint8_t* wire) const { std::free(wire); }
};

/// The three digits zone files and we spell a byte with.
std::string digits(unsigned char byte) {
  const std::string number = std::to_string(byte);
  return std::string(3 - number.size(), '0') + number;
}

}  // namespace

std::optional<Rendered> render(const std::string& line) {
  ldns_rr* parsed = nullptr;
  if (ldns_rr_new_frm_str(&parsed, line.c_str(), 0, nullptr, nullptr) != LDNS_STATUS_OK) return std::nullopt;
  const std::unique_ptr<ldns_rr, Free> record(parsed);
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  if (ldns_rr2wire(&bytes, parsed, LDNS_SECTION_ANSWER, &size) != LDNS_STATUS_OK) return std::nullopt;
  const std::unique_ptr<std::uint8_t, Free> wire(bytes);
  const std::size_t owner_bytes = ldns_rdf_size(ldns_rr_owner(parsed));
  Rendered made{.owner = std::string(text(View(bytes, owner_bytes))),
                .type = static_cast<Type>(ldns_rr_get_type(parsed)),
                .ttl = ldns_rr_ttl(parsed)};
  made.record.reserve(sizeof to_question + size - owner_bytes);
  made.record.push_back(to_question >> 8);
  made.record.push_back(to_question & 0xff);
  append(made.record, View(bytes, size).subspan(owner_bytes));
  return made;
}

std::string address_text(View ip) {
  ensure(ip.size() == 4 || ip.size() == 16, "an address has 4 or 16 bytes");
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(ip.size() == 4 ? AF_INET : AF_INET6, ip.data(), text.data(), text.size());
  return (ip.size() == 4 ? "A " : "AAAA ") + std::string(text.data());
}

std::string quoted(std::string_view text) {
  std::string line = "\"";
  std::size_t bytes = 0;
  for (const char c : text) {
    const bool prints = c >= ' ' && c <= '~';
    bytes += prints ? 1 : 4;
    if (bytes > string_bytes_max) break;
    if (!prints) {
      line.append("\\\\").append(digits(static_cast<unsigned char>(c)));  // a backslash, spelled as one
    } else {
      if (c == '"' || c == '\\') line.push_back('\\');
      line.push_back(c);
    }
  }
  return line.append("\"");
}

}  // namespace grapevine::dns
