#include "node/models/utf8.hpp"

#include <cstdint>

namespace grapevine::node {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

bool within(std::uint8_t byte, std::uint8_t least, std::uint8_t most) {
  return least <= byte && byte <= most;
}

/// The length in bytes of the well-formed character at `at`; 0 when there is none (RFC 3629's table, row by
/// row).
std::size_t character_length(std::string_view text, std::size_t at) {
  const std::uint8_t lead = byte_at(text, at);
  if (lead < 0x80) return 1;
  const std::size_t length = within(lead, 0xc2, 0xdf)   ? 2
                             : within(lead, 0xe0, 0xef) ? 3
                             : within(lead, 0xf0, 0xf4) ? 4
                                                        : 0;
  if (length == 0 || at + length > text.size()) return 0;
  const std::uint8_t least = lead == 0xe0   ? 0xa0
                             : lead == 0xf0 ? 0x90
                                            : 0x80;  // shorter forms exist below these
  const std::uint8_t most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;  // surrogates; above U+10FFFF
  if (!within(byte_at(text, at + 1), least, most)) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!within(byte_at(text, at + i), 0x80, 0xbf)) return 0;
  }
  return length;
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string repair_utf8(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text, at);
    repaired.append(length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(at, length));
    at += length == 0 ? 1 : length;
  }
  return repaired;
}

}  // namespace grapevine::node
