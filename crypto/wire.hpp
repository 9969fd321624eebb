// The one byte form: MessagePack arrays of fixed length, driven both ways by one field list per type.
//
//   struct Ping { std::uint32_t number; Text<64> note;
//                 static auto fields(auto& self) { return std::tie(self.number, self.note); } };
//
// Fields are unsigned integers, bool, enums (with `wire_last(E)` saying the greatest legal value), Fixed<N>,
// Strong<>, Text<Max>, Blob<Max>, List<T, Max>, WallTime (u64 ms), Duration (u64 us), std::optional<T> (array
// of 0 or 1) and structs with fields. There are no maps, floats, signed numbers, nil or extensions: nothing
// has two spellings. Decoding packs the value again and compares: bytes that are not what we would have
// written are refused, and so are trailing bytes and every length above its maximum. msgpack-cxx does the
// parsing, always under Limits; only wire.cpp knows it. A decoder never throws and sizes nothing by a number
// the sender wrote.
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/ensure.hpp"
#include "crypto/strong.hpp"
#include "crypto/time.hpp"

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

namespace grapevine {

/// A container that declares its maximum. Encoding more is our bug; decoding more is refused.
template <class Container, std::size_t Max>
struct Bounded : Container {
  using Container::Container;
  Bounded() = default;
  Bounded(Container from) : Container(std::move(from)) {}  // NOLINT(google-explicit-constructor)
  static constexpr std::size_t max = Max;
};
template <std::size_t Max>
using Text = Bounded<std::string, Max>;
template <std::size_t Max>
using Blob = Bounded<Bytes, Max>;
template <class T, std::size_t Max>
using List = Bounded<std::vector<T>, Max>;

namespace wire {

/// What a decoder accepts before it looks at meaning; lengths above are refused before anything is allocated.
struct Limits {
  std::uint32_t array_max = 1024;
  std::uint32_t bytes_max = 256 * 1024;  // one string or binary; the transport takes no larger frame either
  std::uint32_t depth_max = 8;
};

/// Appends values; the caller has checked maxima.
class Writer {
 public:
  /// Room for so many bytes is taken at once; more is no error.
  explicit Writer(std::size_t bytes_expected = 256) { out_.reserve(bytes_expected); }

  void array(std::size_t size);
  void number(std::uint64_t value);
  void boolean(bool value);
  void text(std::string_view value);
  void bytes(View value);
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

/// Reads values in order from a parsed message. Every read may fail; after the first failure all do.
class Reader {
 public:
  /// Parses all of `from` (one value, no trailing bytes). The views handed out point into `from`.
  static Result<Reader> parse(View from, Limits limits);

  /// The number of elements that follow; they are read next, in order.
  std::optional<std::size_t> array();
  std::optional<std::uint64_t> number();
  std::optional<bool> boolean();
  std::optional<std::string_view> text();
  std::optional<View> bytes();

 private:
  enum class Kind : std::uint8_t { array, number, boolean, text, bytes };
  struct Token {
    Kind kind;
    std::uint64_t number;  // the value, or the number of elements
    View bytes;
  };
  const Token* next(Kind kind);

  std::vector<Token> tokens_;
  std::size_t at_ = 0;

  friend struct Parser;
};

template <class T>
concept Struct = requires(T& value) {
  T::fields(value);
};

namespace detail {
template <class T>
struct is_strong : std::false_type {};
template <class Tag, class Value>
struct is_strong<Strong<Tag, Value>> : std::true_type {};
template <class T>
struct is_fixed : std::false_type {};
template <std::size_t N>
struct is_fixed<Fixed<N>> : std::true_type {};
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
inline constexpr bool is_bounded = requires {
  T::max;
};

// The year 287 396 in milliseconds, 285 years in microseconds: no sum of two such times overflows.
inline constexpr std::uint64_t time_max = 1ull << 53;
}  // namespace detail

template <class T>
void write(Writer& to, const T& value);
template <class T>
bool read(Reader& from, T& value);
template <class T>
bool read_bounded(Reader& from, T& value);

template <Struct T>
inline constexpr std::size_t field_count = std::tuple_size_v<decltype(T::fields(std::declval<T&>()))>;

template <Struct T>
void write_fields(Writer& to, const T& value) {
  std::apply([&](const auto&... field) { (write(to, field), ...); }, T::fields(value));
}

template <Struct T>
bool read_fields(Reader& from, T& value) {
  return std::apply([&](auto&... field) { return (read(from, field) && ...); }, T::fields(value));
}

template <class T>
void write(Writer& to, const T& value) {
  if constexpr (std::same_as<T, bool>) {
    to.boolean(value);
  } else if constexpr (std::unsigned_integral<T>) {
    to.number(value);
  } else if constexpr (std::is_enum_v<T>) {
    to.number(static_cast<std::uint64_t>(value));
  } else if constexpr (detail::is_strong<T>::value) {
    write(to, value.value);
  } else if constexpr (detail::is_fixed<T>::value) {
    to.bytes(value.view());
  } else if constexpr (std::same_as<T, WallTime>) {
    to.number(static_cast<std::uint64_t>(value.time_since_epoch().count()));
  } else if constexpr (std::same_as<T, Duration>) {
    to.number(static_cast<std::uint64_t>(value.count()));
  } else if constexpr (detail::is_optional<T>::value) {
    to.array(value ? 1 : 0);
    if (value) write(to, *value);
  } else if constexpr (detail::is_bounded<T>) {
    ensure(value.size() <= T::max, "what we write keeps its own maximum");
    if constexpr (std::derived_from<T, std::string>) {
      to.text(value);
    } else if constexpr (std::derived_from<T, Bytes>) {
      to.bytes(value);
    } else {
      to.array(value.size());
      for (const auto& item : value) write(to, item);
    }
  } else {
    static_assert(Struct<T>, "a field list is needed");
    to.array(field_count<T>);
    write_fields(to, value);
  }
}

template <class T>
bool read(Reader& from, T& value) {
  if constexpr (std::same_as<T, bool>) {
    const auto got = from.boolean();
    if (got) value = *got;
    return got.has_value();
  } else if constexpr (std::unsigned_integral<T>) {
    const auto got = from.number();
    if (!got || *got > std::numeric_limits<T>::max()) return false;
    value = static_cast<T>(*got);
    return true;
  } else if constexpr (std::is_enum_v<T>) {
    const auto got = from.number();
    if (!got || *got > static_cast<std::uint64_t>(wire_last(T{}))) return false;
    value = static_cast<T>(*got);
    return true;
  } else if constexpr (detail::is_strong<T>::value) {
    return read(from, value.value);
  } else if constexpr (detail::is_fixed<T>::value) {
    const auto got = from.bytes();
    if (!got || got->size() != T::size()) return false;
    std::memcpy(value.data(), got->data(), T::size());
    return true;
  } else if constexpr (std::same_as<T, WallTime> || std::same_as<T, Duration>) {
    const auto got = from.number();
    if (!got || *got > detail::time_max) return false;
    if constexpr (std::same_as<T, Duration>) {
      value = Duration(static_cast<Duration::rep>(*got));
    } else {
      value = WallTime(SignedClock::duration(static_cast<SignedClock::rep>(*got)));
    }
    return true;
  } else if constexpr (detail::is_optional<T>::value) {
    const auto size = from.array();
    if (!size || *size > 1) return false;
    value.reset();
    return *size == 0 || read(from, value.emplace());
  } else if constexpr (detail::is_bounded<T>) {
    return read_bounded(from, value);
  } else {
    static_assert(Struct<T>, "a field list is needed");
    const auto size = from.array();
    return size == field_count<T> && read_fields(from, value);
  }
}

template <class T>
bool read_bounded(Reader& from, T& value) {
  if constexpr (std::derived_from<T, std::string>) {
    const auto got = from.text();
    if (!got || got->size() > T::max) return false;
    value.assign(*got);
    return true;
  } else if constexpr (std::derived_from<T, Bytes>) {
    const auto got = from.bytes();
    if (!got || got->size() > T::max) return false;
    value.assign(got->begin(), got->end());
    return true;
  } else {
    const auto size = from.array();
    if (!size || *size > T::max) return false;
    value.clear();
    for (std::size_t i = 0; i < *size; ++i) {
      if (!read(from, value.emplace_back())) return false;
    }
    return true;
  }
}

/// The bytes of a value; equal values give equal bytes.
template <class T>
Bytes encode(const T& value, std::size_t bytes_expected = 256) {
  Writer to(bytes_expected);
  write(to, value);
  return to.take();
}

/// The value of these bytes: malformed when they are not a T, not_canonical when we would have written them
/// otherwise.
template <class T>
Result<T> decode(View from, Limits limits = {}) {
  auto reader = Reader::parse(from, limits);
  if (!reader) return fail(reader.error());
  T value{};
  if (!read(*reader, value))
    return fail(Code::malformed, "a field is missing, of another type, or over its maximum");
  const Bytes again = encode(value, from.size());
  if (again.size() != from.size() || std::memcmp(again.data(), from.data(), again.size()) != 0)
    return fail(Code::not_canonical, "these bytes have another, canonical spelling");
  return value;
}

/// A message: [number, field...]. Each alternative has a `static constexpr std::uint8_t number`.
template <class... M>
Bytes encode_message(const std::variant<M...>& message, std::size_t bytes_expected = 256) {
  Writer to(bytes_expected);
  std::visit(
      [&]<class T>(const T& value) {
        to.array(1 + field_count<T>);
        to.number(T::number);
        write_fields(to, value);
      },
      message);
  return to.take();
}

namespace detail {
template <class Message, class T>
bool read_alternative(Reader& from, std::uint64_t number, std::size_t size, std::optional<Message>& into) {
  if (T::number != number) return false;
  T value{};
  if (size == 1 + field_count<T> && read_fields(from, value)) into.emplace(std::move(value));
  return true;
}
}  // namespace detail

template <class Message>
struct MessageDecoder;
template <class... M>
struct MessageDecoder<std::variant<M...>> {
  using Message = std::variant<M...>;
  static Result<Message> decode(View from, Limits limits) {
    auto reader = Reader::parse(from, limits);
    if (!reader) return fail(reader.error());
    const auto size = reader->array();
    const auto number = size && *size > 0 ? reader->number() : std::nullopt;
    if (!number) return fail(Code::malformed, "not a message");
    std::optional<Message> message;
    if (!(detail::read_alternative<Message, M>(*reader, *number, *size, message) || ...))
      return fail(Code::unknown, "no message has the number " + std::to_string(*number));
    if (!message)
      return fail(Code::malformed,
                  "message " + std::to_string(*number) + ": a field is missing or over its maximum");
    const Bytes again = encode_message(*message, from.size());
    if (again.size() != from.size() || std::memcmp(again.data(), from.data(), again.size()) != 0)
      return fail(Code::not_canonical,
                  "message " + std::to_string(*number) + " has another, canonical spelling");
    return std::move(*message);
  }
};

/// The message of these bytes; unknown when no alternative has its number.
template <class Message>
Result<Message> decode_message(View from, Limits limits = {}) {
  return MessageDecoder<Message>::decode(from, limits);
}

}  // namespace wire
}  // namespace grapevine
