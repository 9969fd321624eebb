#include "node/models/stop_words.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace grapevine::node {
namespace {

constexpr std::array stop_words = std::to_array<std::string_view>({
    "a",    "about", "after",   "all",    "also",  "am",     "an",    "and",   "any",     "are",   "as",
    "at",   "be",    "because", "been",   "being", "but",    "by",    "can",   "could",   "did",   "do",
    "does", "doing", "each",    "else",   "for",   "from",   "give",  "had",   "has",     "have",  "he",
    "her",  "him",   "his",     "how",    "i",     "if",     "in",    "into",  "is",      "it",    "its",
    "just", "know",  "let",     "many",   "may",   "me",     "might", "more",  "most",    "much",  "must",
    "my",   "no",    "nor",     "not",    "of",    "on",     "or",    "other", "our",     "out",   "please",
    "s",    "shall", "she",     "should", "so",    "some",   "such",  "t",     "tell",    "than",  "that",
    "the",  "their", "them",    "then",   "there", "these",  "they",  "this",  "those",   "to",    "too",
    "us",   "was",   "we",      "were",   "what",  "what's", "when",  "where", "where's", "which", "while",
    "who",  "who's", "whom",    "whose",  "why",   "will",   "with",  "would", "you",     "your",
});
static_assert(std::is_sorted(stop_words.begin(), stop_words.end()));

}  // namespace

bool is_stop_word(std::string_view word) {
  return std::binary_search(stop_words.begin(), stop_words.end(), word);
}

}  // namespace grapevine::node
