#include "dns/render.hpp"

#include "crypto/ensure.hpp"

#include <array>

namespace grapevine::dns {

namespace {

constexpr std::uint16_t internet = 1;
constexpr std::size_t label_bytes_max = 63;
constexpr std::size_t name_bytes_max = 255;
constexpr std::size_t string_bytes_max = 255;

void append_u16(Bytes& to, std::size_t number) {
  to.push_back(static_cast<std::uint8_t>(number >> 8));
  to.push_back(static_cast<std::uint8_t>(number));
}

void append_u32(Bytes& to, std::uint32_t number) {
  append_u16(to, number >> 16);
  append_u16(to, number & 0xffff);
}

}  // namespace

std::optional<std::string> wire_name(std::string_view dotted) {
  std::string name;
  name.reserve(dotted.size() + 2);
  while (!dotted.empty()) {
    const auto label = dotted.substr(0, dotted.find('.'));
    if (label.empty() || label.size() > label_bytes_max) return std::nullopt;
    name.push_back(static_cast<char>(label.size()));
    name.append(label);
    dotted.remove_prefix(std::min(dotted.size(), label.size() + 1));
  }
  name.push_back(0);
  return name.size() <= name_bytes_max ? std::optional(std::move(name)) : std::nullopt;
}

Bytes record(Type type, std::uint32_t ttl, View content) {
  ensure(content.size() <= 0xffff, "the content of a record is short");
  constexpr std::size_t head = 12;
  Bytes made;
  made.reserve(head + content.size());
  append_u16(made, to_question);
  append_u16(made, static_cast<std::uint16_t>(type));
  append_u16(made, internet);
  append_u32(made, ttl);
  append_u16(made, content.size());
  append(made, content);
  return made;
}

void append_text(Bytes& content, std::string_view text) {
  const std::size_t length_at = content.size();
  content.push_back(0);
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    const bool prints = c >= ' ' && c <= '~';
    const std::array<std::uint8_t, 4> spelled{'\\', static_cast<std::uint8_t>('0' + byte / 100),
                                              static_cast<std::uint8_t>('0' + byte / 10 % 10),
                                              static_cast<std::uint8_t>('0' + byte % 10)};
    const View bytes = prints ? View(&byte, 1) : View(spelled);
    if (content[length_at] + bytes.size() > string_bytes_max) break;
    append(content, bytes);
    content[length_at] = static_cast<std::uint8_t>(content[length_at] + bytes.size());
  }
}

Bytes service_content(std::uint16_t port, std::string_view target) {
  Bytes content;
  append_u32(content, 0);
  append_u16(content, port);
  append(content, view(target));
  return content;
}

Bytes authority_content(std::string_view server, std::string_view mailbox, std::uint32_t denial_ttl) {
  constexpr std::uint32_t serial = 1, refresh = 3600, retry = 600, expire = 86'400;
  Bytes content = to_bytes(view(server));
  append(content, view(mailbox));
  for (const std::uint32_t number : {serial, refresh, retry, expire, denial_ttl}) append_u32(content, number);
  return content;
}

}  // namespace grapevine::dns
