#include "moa/sentences.hpp"

#include <algorithm>
#include <array>

namespace grapevine::moa {
namespace {

constexpr std::string_view spaces = " \t\r\n";

/// Words whose full stop ends no sentence when a capital follows.
constexpr std::array<std::string_view, 22> abbreviations{
    "mr",  "mrs", "ms",  "dr",  "prof", "st",  "jr", "sr",  "vs",     "e.g", "i.e",
    "etc", "no",  "inc", "ltd", "co",   "fig", "ca", "gen", "approx", "lt",  "col"};

bool is_space(char c) {
  return spaces.find(c) != spaces.npos;
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
char folded(char c) {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Whether the full stop at `at` belongs to the word before it: an abbreviation, or an initial as in "J.
/// Smith".
bool belongs_to_word(std::string_view text, std::size_t at) {
  std::size_t start = at;
  while (start > 0 && !is_space(text[start - 1]) && text[start - 1] != '(') --start;
  const auto word = text.substr(start, at - start);
  if (word.size() == 1 && is_upper(word[0])) return true;
  return std::any_of(abbreviations.begin(), abbreviations.end(), [&](std::string_view known) {
    return std::equal(word.begin(), word.end(), known.begin(), known.end(),
                      [](char a, char b) { return folded(a) == b; });
  });
}

/// Whether a line begins an item of a list: "- milk", "* milk", "2. milk", "2) milk".
bool begins_item(std::string_view line) {
  const auto mark = std::min(line.find_first_not_of("0123456789"), line.size());
  if (mark + 1 >= line.size() || line[mark + 1] != ' ') return false;
  return mark == 0 ? line[0] == '-' || line[0] == '*' : line[mark] == '.' || line[mark] == ')';
}

/// Just behind the sentence that starts at `start`.
std::size_t sentence_end(std::string_view text, std::size_t start) {
  for (std::size_t at = start; at < text.size(); ++at) {
    if (text[at] == '\n') {
      const auto next = std::min(text.find_first_not_of(" \t", at + 1), text.size());
      if (begins_item(text.substr(next))) return at;
    }
    if (text[at] != '.' && text[at] != '!' && text[at] != '?') continue;
    const auto end = std::min(text.find_first_not_of(".!?\"')]", at), text.size());
    if (end == text.size()) return end;
    const auto next = std::min(text.find_first_not_of(spaces, end), text.size());
    const bool goes_on = next < text.size() && (next == end || is_lower(text[next]));
    if (!goes_on && !(text[at] == '.' && end == at + 1 && belongs_to_word(text, at))) return end;
    at = end - 1;
  }
  return text.size();
}

}  // namespace

std::vector<std::string_view> sentences_of(std::string_view paragraph) {
  std::vector<std::string_view> found;
  std::size_t at = paragraph.find_first_not_of(spaces);
  while (at < paragraph.size()) {
    const auto end = sentence_end(paragraph, at);
    auto sentence = paragraph.substr(at, end - at);
    while (is_space(sentence.back())) sentence.remove_suffix(1);
    found.push_back(sentence);
    at = paragraph.find_first_not_of(spaces, end);
  }
  return found;
}

}  // namespace grapevine::moa
