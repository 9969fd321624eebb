#include "node/models/knowledge_manifest.hpp"

#include <algorithm>
#include <charconv>

namespace grapevine::node {
namespace {

std::string_view next_field(std::string_view& text) {
  const auto field = text.substr(0, text.find('\0'));
  text.remove_prefix(std::min(field.size() + 1, text.size()));
  return field;
}

template <class Number>
Number next_number(std::string_view& text) {
  Number number{};
  const auto field = next_field(text);
  std::from_chars(field.data(), field.data() + field.size(), number);
  return number;
}

}  // namespace

std::string write_manifest(const Manifest& manifest) {
  std::string text;
  for (const auto& [path, known] : manifest) {
    for (const auto& field :
         {path, std::to_string(known.stamp.bytes), std::to_string(known.stamp.changed),
          std::to_string(known.number),
          known.skipped ? std::to_string(static_cast<int>(*known.skipped)) : std::string()})
      text.append(field).push_back('\0');
  }
  return text;
}

Manifest read_manifest(std::string_view text) {
  Manifest manifest;
  while (!text.empty()) {
    auto& known = manifest[std::string(next_field(text))];
    known.stamp.bytes = next_number<std::uintmax_t>(text);
    known.stamp.changed = next_number<std::int64_t>(text);
    known.number = next_number<std::uint64_t>(text);
    if (const auto reason = next_field(text); !reason.empty()) {
      int code = 0;
      std::from_chars(reason.data(), reason.data() + reason.size(), code);
      known.skipped = static_cast<Code>(code);
    }
  }
  return manifest;
}

}  // namespace grapevine::node
