// Answers that were given once, said again at a chosen pace: for evaluation, demonstrations and load tests.
// The file is AlpacaEval's model_outputs.json (an array of {instruction, output, generator}) or lines of
// {instruction, answers: {model: {output}}}; the prompt, which is the last thing the user said, must equal an
// instruction exactly. An entry with the instruction "*" answers every prompt that has no entry of its own;
// without one, an unknown prompt fails the call. Pace: a pause of prompt tokens / prefill rate, then pieces
// at so many tokens per second; a token is four characters.
#pragma once

#include "node/model.hpp"

#include <atomic>
#include <filesystem>
#include <map>
#include <string>

namespace grapevine::node {

struct Pace {
  double tokens_per_second = 0;  // 0: all at once
  double prefill_rate = 0;       // prompt tokens per second; 0: no pause
  double jitter = 0;             // 0.2: each call's pace lies within 20 % of the stated one, evenly; below 1
  std::uint64_t seed = 0;
};

class Recorded final : public Model {
 public:
  static constexpr std::uintmax_t file_bytes_max = 64 * 1024 * 1024;

  /// Prompts and what was answered to them.
  using Answers = std::map<std::string, std::string, std::less<>>;

  Recorded(Answers answers, moa::Profile profile, Pace pace);

  moa::Profile profile() const override { return profile_; }
  Result<moa::Finished> generate(const Request& request, Sink& sink, std::stop_token stop) override;

 private:
  const std::string* answer_to(std::string_view prompt) const;
  double next_speed();

  Answers answers_;
  moa::Profile profile_;
  Pace pace_;
  // The jitter of call n depends on seed and n alone, whichever thread makes it.
  std::atomic<std::uint64_t> calls_ = 0;
};

/// What `model` answered according to a file; an empty name takes the first model the file has. Errors:
/// storage (not readable), too_big, malformed (neither form), unknown (the file has no answer of that model).
Result<Recorded::Answers> read_answers(const std::filesystem::path& file, const std::string& model);

}  // namespace grapevine::node
