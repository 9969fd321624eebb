#include "moa/text.hpp"

#include <algorithm>
#include <array>

namespace grapevine::moa {

namespace {

// ASCII by hand: the C functions depend on the locale.
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
// Behind 0xc2, what UTF-8 makes of U+0080 to U+009F.
bool ends_high_control(char c) {
  return static_cast<unsigned char>(c) >= 0x80 && static_cast<unsigned char>(c) < 0xa0;
}
bool is_word(char c) {
  const char l = lower(c);
  return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

bool begins_with(std::string_view text, std::string_view start) {
  return text.size() >= start.size() &&
         std::equal(start.begin(), start.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

/// The length of the chat mark the text begins with; 0 when there is none.
std::size_t mark_length(std::string_view text) {
  constexpr std::array<std::string_view, 12> marks = {
      "[inst]", "[/inst]", "<<sys>>",         "<</sys>>",
      "<s>",    "</s>",    "<start_of_turn>", "<end_of_turn>",
      "<bos>",  "<eos>",   "[system_prompt]", "[/system_prompt]"};
  if (text.empty() || (text.front() != '<' && text.front() != '[')) return 0;
  for (const auto mark : marks) {
    if (begins_with(text, mark)) return mark.size();
  }
  constexpr std::size_t name_max = 64;  // longer than any special token; keeps the search linear
  if (!text.starts_with("<|")) return 0;
  const auto end = text.substr(0, name_max).find("|>", 2);
  return end == std::string_view::npos ? 0 : end + 2;
}

}  // namespace

std::string_view cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_control(c) && c != '\n' && c != '\t') continue;
    // Looked for in what is left: two halves must not become one by the loss of what stood between.
    if (ends_high_control(c) && out.ends_with('\xc2')) {
      out.pop_back();
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string clean(std::string_view text) {
  const std::string shown = printable(text);
  std::string out;
  out.reserve(shown.size());
  for (std::string_view rest = shown; !rest.empty();) {
    const std::size_t mark = mark_length(rest);
    out.push_back(mark > 0 ? ' ' : rest.front());
    rest.remove_prefix(mark > 0 ? mark : 1);
  }
  return out;
}

std::string normalised(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_word(c)) {
      out.push_back(lower(c));
    } else if (c != '\'' && !out.empty() && out.back() != ' ') {
      out.push_back(' ');  // an apostrophe joins: "don't" is one word
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::vector<std::string> words(std::string_view text) {
  const std::string plain = normalised(text);
  std::vector<std::string> out;
  for (std::size_t at = 0; at < plain.size();) {
    const std::size_t end = std::min(plain.find(' ', at), plain.size());
    out.emplace_back(plain, at, end - at);
    at = end + 1;
  }
  return out;
}

bool is_short(std::string_view text) {
  return normalised(text).size() <= 64;
}

bool is_blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || is_control(c); });
}

}  // namespace grapevine::moa
