#include "crypto/hash.hpp"

#include "crypto/ensure.hpp"

#include <algorithm>

#include <sodium.h>

namespace grapevine {

template <std::size_t N>
Fixed<N> hash(Purpose purpose, std::initializer_list<View> parts) {
  static_assert(N <= crypto_generichash_BYTES_MAX);
  // libsodium promises no digest shorter than 16 bytes; a shorter one is the beginning of that.
  Fixed<std::max<std::size_t>(N, crypto_generichash_BYTES_MIN)> digest;
  crypto_generichash_state state;
  ensure(crypto_generichash_init(&state, nullptr, 0, digest.size()) == 0, "BLAKE2b starts");
  const auto add = [&](View bytes) { crypto_generichash_update(&state, bytes.data(), bytes.size()); };
  constexpr std::uint8_t zero = 0;
  add(view(purpose.tag));
  add({&zero, 1});
  for (const View part : parts) add(part);
  crypto_generichash_final(&state, digest.data(), digest.size());

  Fixed<N> made;
  std::copy_n(digest.data(), N, made.data());
  return made;
}

template Fixed<8> hash<8>(Purpose, std::initializer_list<View>);
template Fixed<16> hash<16>(Purpose, std::initializer_list<View>);
template Fixed<32> hash<32>(Purpose, std::initializer_list<View>);

}  // namespace grapevine
