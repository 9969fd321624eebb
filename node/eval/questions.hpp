// What `grapevine eval` reads: questions somebody has judged answers of, in one of two public shapes.
//
// AlpacaEval's, a line each: {"instruction", "answers": {model: {"output", "preference"}}}. Each model stands
// for a device; what it answered is recorded, with a judge's preference in [0, 1]. All lines name the same
// models.
// SQuAD's: {"data": [{"paragraphs": [{"qas": [{"question", "answers": [{"text"}]}]}]}]}. The questions are
// for a running mesh; an answer that contains a gold answer is right.
#pragma once

#include "crypto/result.hpp"

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace grapevine::node::eval {

/// A prompt, and for each of the models, in their order, what it answered and how well.
struct Judged {
  std::string instruction;
  std::vector<std::string> outputs;
  std::vector<double> preferences;  // 0 to 1
};
struct Recordings {
  std::vector<std::string> models;
  std::vector<Judged> prompts;
};

struct Asked {
  std::string question;
  std::vector<std::string> gold;  // any of them is right
};
using Quiz = std::vector<Asked>;

using Questions = std::variant<Recordings, Quiz>;

/// The questions of a file of at most 64 MiB. Errors: storage (not readable), too_big, malformed (neither
/// shape; the text says which line and what was expected).
Result<Questions> read_questions(const std::filesystem::path& file);

}  // namespace grapevine::node::eval
