#include "node/eval/questions.hpp"

#include "node/json.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include <nlohmann/json.hpp>

namespace grapevine::node::eval {

namespace {

using Json = nlohmann::json;

constexpr std::uintmax_t file_bytes_max = 64 * 1024 * 1024;
constexpr std::string_view expected =
    "expected AlpacaEval's lines {\"instruction\", \"answers\": {model: {\"output\", \"preference\"}}}, the "
    "same "
    "models in each, or SQuAD's {\"data\": [{\"paragraphs\": [{\"qas\": [{\"question\", \"answers\": "
    "[{\"text\"}]}]}]}]}";

/// The questions of a document in SQuAD's shape; those without an answer are left out.
std::optional<Quiz> quiz_of(const Json& document);
/// One line in AlpacaEval's shape; the first names the models.
std::optional<Judged> judged_of(const Json& line, std::vector<std::string>& models);

/// A member that is a list; an empty one when there is none.
const Json& list(const Json& from, const char* name) {
  static const Json none = Json::array();
  if (!from.is_object()) return none;
  const auto found = from.find(name);
  return found != from.end() && found->is_array() ? *found : none;
}

}  // namespace

Result<Questions> read_questions(const std::filesystem::path& file) {
  std::error_code trouble;
  const auto size = std::filesystem::file_size(file, trouble);
  if (trouble) return fail(Code::storage, file.string() + ": " + trouble.message());
  if (size > file_bytes_max) return fail(Code::too_big, file.string() + ": over 64 MiB");
  std::ifstream stream(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  if (!stream) return fail(Code::storage, file.string() + ": cannot be read");

  if (const auto whole = parse_json(text)) {
    if (auto quiz = quiz_of(*whole)) return std::move(*quiz);
  }
  Recordings read;
  std::size_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++number;
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    const auto document = parse_json(line);
    auto judged = document ? judged_of(*document, read.models) : std::nullopt;
    if (!judged)
      return fail(Code::malformed,
                  file.string() + ":" + std::to_string(number) + ": " + std::string(expected));
    read.prompts.push_back(std::move(*judged));
  }
  if (read.prompts.empty()) return fail(Code::malformed, file.string() + ": " + std::string(expected));
  return read;
}

namespace {

std::optional<Quiz> quiz_of(const Json& document) {
  Quiz quiz;
  for (const auto& article : list(document, "data")) {
    for (const auto& paragraph : list(article, "paragraphs")) {
      for (const auto& qa : list(paragraph, "qas")) {
        Asked asked{text_at(qa, "/question").value_or(""), {}};
        for (const auto& answer : list(qa, "answers")) {
          if (auto gold = text_at(answer, "/text")) asked.gold.push_back(std::move(*gold));
        }
        if (!asked.question.empty() && !asked.gold.empty()) quiz.push_back(std::move(asked));
      }
    }
  }
  return quiz.empty() ? std::nullopt : std::optional(std::move(quiz));
}

std::optional<Judged> judged_of(const Json& line, std::vector<std::string>& models) {
  const auto instruction = text_at(line, "/instruction");
  if (!instruction || !line.contains("answers") || !line["answers"].is_object()) return std::nullopt;
  Judged judged{*instruction, {}, {}};
  std::vector<std::string> named;
  for (const auto& [model, answer] : line["answers"].items()) {
    auto output = text_at(answer, "/output");
    if (!output || !answer.contains("preference") || !answer["preference"].is_number()) return std::nullopt;
    const double preference = answer["preference"];
    if (!(preference >= 0 && preference <= 1)) return std::nullopt;
    named.push_back(model);
    judged.outputs.push_back(std::move(*output));
    judged.preferences.push_back(preference);
  }
  if (models.empty()) models = named;
  if (named.empty() || named != models) return std::nullopt;
  return judged;
}

}  // namespace

}  // namespace grapevine::node::eval
