#include "node/models/family.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace grapevine::node {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || static_cast<signed char>(c) < 0;
}

std::string lower(std::string_view text) {
  std::string folded(text);
  std::transform(folded.begin(), folded.end(), folded.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return folded;
}

/// The runs of letters: digits, dots and dashes in a name are sizes and versions.
std::vector<std::string_view> words(std::string_view name) {
  std::vector<std::string_view> found;
  for (std::size_t at = 0; at < name.size();) {
    std::size_t end = at;
    while (end < name.size() && is_letter(name[end])) ++end;
    if (end > at) found.push_back(name.substr(at, end - at));
    at = std::max(end, at + 1);
  }
  return found;
}

/// How words of model names begin, and the family they tell.
constexpr std::array<std::pair<std::string_view, std::string_view>, 28> beginnings{{
    {"llama", "llama"},       {"codellama", "llama"},   {"tinyllama", "llama"},  {"vicuna", "llama"},
    {"qwen", "qwen"},         {"qwq", "qwen"},          {"codeqwen", "qwen"},    {"gemma", "gemma"},
    {"codegemma", "gemma"},   {"medgemma", "gemma"},    {"mistral", "mistral"},  {"mixtral", "mistral"},
    {"ministral", "mistral"}, {"codestral", "mistral"}, {"devstral", "mistral"}, {"magistral", "mistral"},
    {"phi", "phi"},           {"deepseek", "deepseek"}, {"granite", "granite"},  {"falcon", "falcon"},
    {"smollm", "smollm"},     {"olmo", "olmo"},         {"glm", "glm"},          {"chatglm", "glm"},
    {"internlm", "internlm"}, {"nemotron", "nemotron"}, {"gpt", "gpt"},          {"claude", "claude"},
}};

}  // namespace

std::string family_of(std::string_view model) {
  const auto name = lower(model.substr(model.rfind('/') + 1));  // no slash: npos + 1 is 0
  const auto found = words(name);
  for (const auto word : found) {
    for (const auto& [beginning, family] : beginnings) {
      if (word.starts_with(beginning)) return std::string(family);
    }
  }
  return std::string(found.empty() ? std::string_view(name) : found.front());
}

}  // namespace grapevine::node
