// Lots drawn among many, everywhere alike: SipHash-2-4 (Aumasson and Bernstein, INDOCRYPT 2012) of who takes
// part, under a key that says what is drawn. Its output is as good as random for whoever cannot choose the
// bytes freely, and ids, which are hashes, nobody can; it costs less than a BLAKE2b, of which a jury
// among ten thousand takes ten thousand. Never for what is signed, or named by its hash.
#pragma once

#include "crypto/bytes.hpp"

namespace grapevine {

/// The lot of one who takes part.
std::uint64_t draw(const Fixed<16>& key, View who);

}  // namespace grapevine
