// Time as voters count it. A term is ten minutes of wall time: long enough for a vote to reach everybody and
// for clocks that are a little apart to agree on most of it. An epoch is a day of terms, for which the voters
// stay the same. Every span of the vote rule is a number of terms, so that it is the same on every machine.
#pragma once

#include "crypto/time.hpp"

namespace grapevine::dns {

using Term = std::uint32_t;
using Epoch = std::uint32_t;

inline constexpr std::chrono::minutes term_length{10};
inline constexpr Term terms_an_epoch = 144;
/// A vote that no certificate has made superfluous is kept for two hours.
inline constexpr Term vote_life = 12;
/// A certificate holds for one key lease, fourteen days; from the middle of it on it is renewed.
inline constexpr Term certificate_life = 14 * terms_an_epoch;
inline constexpr Term certificate_renewal = certificate_life / 2;
/// For a day after that only the former holder can confirm the name again.
inline constexpr Term certificate_grace = terms_an_epoch;

/// Times before 1970 belong to term 0, those after the year 83 000 to the last.
constexpr Term term_of(WallTime at) {
  const auto terms = std::chrono::floor<std::chrono::minutes>(at).time_since_epoch() / term_length;
  return terms < 0 ? 0 : terms > UINT32_MAX ? UINT32_MAX : static_cast<Term>(terms);
}
constexpr WallTime begin_of(Term term) {
  return WallTime(term_length * static_cast<std::int64_t>(term));
}
constexpr Epoch epoch_of(Term term) {
  return term / terms_an_epoch;
}
constexpr bool ends_epoch(Term term) {
  return term % terms_an_epoch == terms_an_epoch - 1;
}

}  // namespace grapevine::dns
