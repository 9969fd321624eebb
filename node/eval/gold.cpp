#include "node/eval/gold.hpp"

#include <algorithm>
#include <cctype>

namespace grapevine::node::eval {

namespace {

/// With a space at both ends, so that words are found whole.
std::string comparable(std::string_view text) {
  std::string words = " ";
  std::string word;
  const auto end_word = [&] {
    if (!word.empty() && word != "a" && word != "an" && word != "the") words += word + " ";
    word.clear();
  };
  for (const char c : text) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isspace(letter))
      end_word();
    else if (!std::ispunct(letter))
      word += static_cast<char>(std::tolower(letter));
  }
  end_word();
  return words;
}

}  // namespace

bool contains_gold(std::string_view answer, const Asked& asked) {
  const std::string said = comparable(answer);
  return std::any_of(asked.gold.begin(), asked.gold.end(),
                     [&](const auto& gold) { return said.find(comparable(gold)) != said.npos; });
}

}  // namespace grapevine::node::eval
