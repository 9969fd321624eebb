#include "crypto/bytes.hpp"

#include <optional>

namespace grapevine {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base32_digits = "abcdefghijklmnopqrstuvwxyz234567";

// The value of a digit in an alphabet of lower-case letters; nothing for a foreign character.
std::optional<std::uint32_t> digit_value(std::string_view alphabet, char digit) {
  if (digit >= 'A' && digit <= 'Z') digit = static_cast<char>(digit - 'A' + 'a');
  const auto at = alphabet.find(digit);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint32_t>(at);
}

tl::unexpected<Error> foreign(std::string_view alphabet_name, std::size_t at) {
  return fail(Code::malformed,
              "character " + std::to_string(at + 1) + " is no " + std::string(alphabet_name) + " digit");
}

}  // namespace

std::string to_hex(View bytes) {
  std::string digits;
  digits.reserve(bytes.size() * 2);
  for (const auto byte : bytes) {
    digits += hex_digits[byte >> 4];
    digits += hex_digits[byte & 15];
  }
  return digits;
}

Result<Bytes> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return fail(Code::malformed, "hex has two digits a byte");
  Bytes bytes(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const auto value = digit_value(hex_digits, digits[i]);
    if (!value) return foreign("hex", i);
    bytes[i / 2] = static_cast<std::uint8_t>(bytes[i / 2] * 16u + *value);
  }
  return bytes;
}

std::string to_base32(View bytes) {
  std::string digits;
  digits.reserve((bytes.size() * 8 + 4) / 5);
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const auto byte : bytes) {
    held = held << 8 | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) digits += base32_digits[held >> (bits - 5) & 31];
  }
  if (bits > 0) digits += base32_digits[held << (5 - bits) & 31];
  return digits;
}

Result<Bytes> from_base32(std::string_view digits) {
  const std::size_t spare_bits = digits.size() * 5 % 8;
  if (spare_bits >= 5) return fail(Code::malformed, "no bytes have a base32 of this length");
  Bytes bytes;
  bytes.reserve(digits.size() * 5 / 8);
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const auto value = digit_value(base32_digits, digits[i]);
    if (!value) return foreign("base32", i);
    held = held << 5 | *value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::uint8_t>(held >> bits));
    }
  }
  if ((held & ((1u << bits) - 1)) != 0)
    return fail(Code::malformed, "base32 ends in bits that belong to no byte");
  return bytes;
}

}  // namespace grapevine
