#include "crypto/draw.hpp"

#include <sodium.h>

namespace grapevine {

std::uint64_t draw(const Fixed<16>& key, View who) {
  static_assert(crypto_shorthash_siphash24_KEYBYTES == Fixed<16>::size());
  std::uint64_t lot = 0;
  crypto_shorthash_siphash24(reinterpret_cast<unsigned char*>(&lot), who.data(), who.size(), key.data());
  return le64toh(lot);
}

}  // namespace grapevine
