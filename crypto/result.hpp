// A value, or the reason there is none. What the world may refuse (a signature, a name, a socket) is returned
// as a Result and must be looked at; a bug of ours is `ensure`d instead (ensure.hpp), and only what keeps a
// program from starting is thrown. A thin shell over tl::expected (P0323), which GCC 12 does not yet have as
// std::expected.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace grapevine {

/// Why there is no value. Stable: faces translate codes to HTTP statuses and exit codes.
enum class Code {
  malformed,      // bytes or text that do not follow their form
  not_canonical,  // a second spelling of something that has one spelling only
  too_big,        // over a stated maximum
  bad_signature,  // the signature does not prove the sentence
  expired,        // was right once
  early,          // will be right later
  unknown,        // names something we have not met
  refused,        // understood, and not allowed
  conflict,       // taken, or contradicts what we hold
  full,           // a bound is reached; later may work
  unavailable,    // the other side does not answer
  storage,        // the disk said no
};

/// The code as a lower-case word, for logs and JSON.
std::string_view name(Code code);

/// A reason: the code for programs, a short sentence for people (what, which rule, what to do).
struct Error {
  Code code;
  std::string text;
};

/// A face may have reasons of its own in the place of Error.
template <class T, class E = Error>
class [[nodiscard]] Result : public tl::expected<T, E> {
 public:
  using tl::expected<T, E>::expected;
};

/// The failed Result of any type: `return fail(Code::expired, "the invite ended at 12:00");`
inline tl::unexpected<Error> fail(Code code, std::string text) {
  return tl::unexpected<Error>({code, std::move(text)});
}
template <class E = Error>
tl::unexpected<E> fail(E error) {
  return tl::unexpected<E>(std::move(error));
}

inline std::string_view name(Code code) {
  switch (code) {
    case Code::malformed: return "malformed";
    case Code::not_canonical: return "not_canonical";
    case Code::too_big: return "too_big";
    case Code::bad_signature: return "bad_signature";
    case Code::expired: return "expired";
    case Code::early: return "early";
    case Code::unknown: return "unknown";
    case Code::refused: return "refused";
    case Code::conflict: return "conflict";
    case Code::full: return "full";
    case Code::unavailable: return "unavailable";
    case Code::storage: return "storage";
  }
  return "?";
}

}  // namespace grapevine
