#include "dns/query.hpp"

namespace grapevine::dns {

namespace {

constexpr std::uint8_t pointer_bits = 0xc0;  // two bits mark a compression pointer (RFC 1035, 4.1.4)

/// The bytes of a message, taken one after the other. What is not there reads as zero and is remembered.
class Reader {
 public:
  explicit Reader(View bytes) : left_(bytes) {}
  std::uint8_t u8() {
    if (left_.empty()) return fall_short();
    const std::uint8_t byte = left_.front();
    left_ = left_.subspan(1);
    return byte;
  }
  std::uint16_t u16() {
    const unsigned high = u8();
    return static_cast<std::uint16_t>(high << 8 | u8());
  }
  void skip(std::size_t bytes) {
    if (bytes > left_.size()) {
      fall_short();
    } else {
      left_ = left_.subspan(bytes);
    }
  }
  View left() const { return left_; }
  bool is_short() const { return short_; }

 private:
  std::uint8_t fall_short() {
    left_ = {};
    short_ = true;
    return 0;
  }
  View left_;
  bool short_ = false;
};

bool read_question(Reader& reader, Query& query);
bool read_records(Reader& reader, std::size_t records, Query& query);
bool skip_name(Reader& reader);

}  // namespace

std::optional<Query> read_query(View message) {
  if (message.size() < message_header_bytes) return std::nullopt;
  Reader reader(message);
  Query query;
  query.id = reader.u16();
  const std::uint16_t flags = reader.u16();
  if ((flags & 0x8000) != 0) return std::nullopt;
  query.echoed_flags = flags & 0x7900;
  const std::uint16_t questions = reader.u16();
  const std::size_t records = std::size_t{reader.u16()} + reader.u16() + reader.u16();
  if ((flags & 0x7800) != 0) {
    query.verdict = Rcode::not_implemented;
  } else if (questions != 1 || !read_question(reader, query)) {
    query.verdict = Rcode::bad_form;
  } else if (!read_records(reader, records, query)) {
    query.verdict = Rcode::bad_form;
  }
  return query;
}

namespace {

/// The one question. A pointer there could only lead back into the header: no honest sender writes one.
bool read_question(Reader& reader, Query& query) {
  const View begin = reader.left();
  for (std::uint8_t label = 1; label != 0;) {
    label = reader.u8();
    if ((label & pointer_bits) != 0 || query.folded_bytes + 1u + label > query.folded.size()) return false;
    query.folded[query.folded_bytes++] = static_cast<char>(label);
    for (std::uint8_t i = 0; i < label; ++i) {
      const std::uint8_t c = reader.u8();
      query.folded[query.folded_bytes++] = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    if (reader.is_short()) return false;
  }
  query.type = static_cast<Type>(reader.u16());
  query.record_class = reader.u16();
  if (reader.is_short()) return false;
  query.question = begin.first(begin.size() - reader.left().size());
  return true;
}

/// Whatever else is in the message; of it only EDNS says something, and at most once.
bool read_records(Reader& reader, std::size_t records, Query& query) {
  for (std::size_t i = 0; i < records; ++i) {
    if (!skip_name(reader)) return false;
    const auto type = static_cast<Type>(reader.u16());
    const std::uint16_t record_class = reader.u16();
    reader.skip(1);  // upper bits of an answer's code
    const std::uint8_t version = reader.u8();
    reader.skip(2);
    reader.skip(reader.u16());
    if (reader.is_short()) return false;
    if (type != Type::opt) continue;
    if (query.has_edns) return false;
    query.has_edns = true;
    query.edns_bytes = record_class;
    if (version != 0) query.verdict = Rcode::bad_version;
  }
  return true;
}

bool skip_name(Reader& reader) {
  for (;;) {
    const std::uint8_t label = reader.u8();
    if (reader.is_short()) return false;
    if (label == 0) return true;
    if ((label & pointer_bits) == pointer_bits) {
      reader.skip(1);  // where it leads does not matter
      return !reader.is_short();
    }
    if ((label & pointer_bits) != 0) return false;
    reader.skip(label);
  }
}

}  // namespace

}  // namespace grapevine::dns
