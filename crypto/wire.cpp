#include "crypto/wire.hpp"

#include <algorithm>

#define MSGPACK_NO_BOOST
#include <msgpack.hpp>

namespace grapevine::wire {

namespace {

// Where msgpack's packer puts its bytes.
struct Sink {
  Bytes& out;
  void write(const char* from, std::size_t size) { out.insert(out.end(), from, from + size); }
};

msgpack::packer<Sink> packer(Sink& sink) {
  return msgpack::packer<Sink>(sink);
}

std::uint32_t length(std::size_t size) {
  ensure(size <= std::numeric_limits<std::uint32_t>::max(), "a length fits its header");
  return static_cast<std::uint32_t>(size);
}

}  // namespace

void Writer::array(std::size_t size) {
  Sink sink{out_};
  packer(sink).pack_array(length(size));
}

void Writer::number(std::uint64_t value) {
  Sink sink{out_};
  packer(sink).pack_uint64(value);
}

void Writer::boolean(bool value) {
  Sink sink{out_};
  value ? packer(sink).pack_true() : packer(sink).pack_false();
}

void Writer::text(std::string_view value) {
  Sink sink{out_};
  packer(sink).pack_str(length(value.size())).pack_str_body(value.data(), length(value.size()));
}

void Writer::bytes(View value) {
  Sink sink{out_};
  packer(sink).pack_bin(length(value.size()));
  append(out_, value);
}

// msgpack reads from front to back and tells this visitor what it meets; the first `false` ends it. Compared
// with msgpack::unpack there is no object tree, no zone and no exception, and the limits are the same: a
// length is refused when its header is read, and strings are views of bytes that have arrived.
struct Parser : msgpack::null_visitor {
  Parser(Reader& reader_, Limits limits_) : reader(reader_), limits(limits_) {}

  bool start_array(std::uint32_t size) {
    return size <= limits.array_max && ++depth <= limits.depth_max && keep({Reader::Kind::array, size, {}});
  }
  bool end_array() {
    --depth;
    return true;
  }
  bool visit_positive_integer(std::uint64_t value) { return keep({Reader::Kind::number, value, {}}); }
  bool visit_boolean(bool value) { return keep({Reader::Kind::boolean, value, {}}); }
  bool visit_str(const char* from, std::uint32_t size) { return keep_bytes(Reader::Kind::text, from, size); }
  bool visit_bin(const char* from, std::uint32_t size) { return keep_bytes(Reader::Kind::bytes, from, size); }

  bool visit_nil() { return false; }
  bool visit_negative_integer(std::int64_t) { return false; }
  bool visit_float32(float) { return false; }
  bool visit_float64(double) { return false; }
  bool visit_ext(const char*, std::uint32_t) { return false; }
  bool start_map(std::uint32_t) { return false; }

  bool keep_bytes(Reader::Kind kind, const char* from, std::uint32_t size) {
    return size <= limits.bytes_max && keep({kind, size, view(std::string_view(from, size))});
  }
  bool keep(const Reader::Token& token) {
    reader.tokens_.push_back(token);
    return true;
  }

  Reader& reader;
  Limits limits;
  std::uint32_t depth = 0;
};

Result<Reader> Reader::parse(View from, Limits limits) {
  Reader reader;
  reader.tokens_.reserve(std::min<std::size_t>(from.size(), 32));  // of most messages, all of them
  Parser parser(reader, limits);
  std::size_t end = 0;
  const bool whole = msgpack::parse(grapevine::text(from).data(), from.size(), end, parser);
  if (!whole) return fail(Code::malformed, "not one value of our byte form within its limits");
  if (end != from.size()) return fail(Code::malformed, "bytes follow the value");
  return reader;
}

std::optional<std::size_t> Reader::array() {
  const Token* token = next(Kind::array);
  return token ? std::optional<std::size_t>(token->number) : std::nullopt;
}

std::optional<std::uint64_t> Reader::number() {
  const Token* token = next(Kind::number);
  return token ? std::optional(token->number) : std::nullopt;
}

std::optional<bool> Reader::boolean() {
  const Token* token = next(Kind::boolean);
  return token ? std::optional(token->number != 0) : std::nullopt;
}

std::optional<std::string_view> Reader::text() {
  const Token* token = next(Kind::text);
  return token ? std::optional(grapevine::text(token->bytes)) : std::nullopt;
}

std::optional<View> Reader::bytes() {
  const Token* token = next(Kind::bytes);
  return token ? std::optional(token->bytes) : std::nullopt;
}

const Reader::Token* Reader::next(Kind kind) {
  if (at_ >= tokens_.size() || tokens_[at_].kind != kind) {
    at_ = tokens_.size();
    return nullptr;
  }
  return &tokens_[at_++];
}

}  // namespace grapevine::wire
