#include "node/models/recorded.hpp"

#include "crypto/random.hpp"
#include "moa/text.hpp"
#include "node/json.hpp"
#include "node/models/pause.hpp"
#include "node/models/transcript.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <optional>

#include <nlohmann/json.hpp>

namespace grapevine::node {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view any_prompt = "*";
constexpr Duration breath = 20ms;  // between two pieces; more often would measure the machine's timers

/// Says `answer` piece by piece until it is said, stopped, or late.
Ending say(std::string_view answer, double tokens_per_second, Clock::time_point until, Transcript& transcript,
           const std::stop_token& stop);

/// Waits for at most `length`, at most until `until`; whether the whole wait fitted in.
bool wait_within(Duration length, Clock::time_point until, const std::stop_token& stop);

}  // namespace

Recorded::Recorded(Answers answers, moa::Profile profile, Pace pace)
    : answers_(std::move(answers)), profile_(std::move(profile)), pace_(pace) {}

Result<moa::Finished> Recorded::generate(const Request& request, Sink& sink, std::stop_token stop) {
  const auto* found = answer_to(moa::question_of(request.turns));
  if (found == nullptr) return fail(Code::unknown, "no answer was recorded for this prompt");

  const auto until = Clock::now() + request.time_left;
  const double speed = next_speed();
  const auto allowed = moa::cut(*found, std::size_t{request.sampling.tokens_max} * 4);
  Transcript transcript(sink);
  auto ending = Ending::late;
  const auto prefill = pace_.prefill_rate > 0
                           ? from_seconds(tokens_in(request.turns) / (pace_.prefill_rate * speed))
                           : Duration{};
  if (wait_within(prefill, until, stop))
    ending = say(allowed, pace_.tokens_per_second * speed, until, transcript, stop);
  if (stop.stop_requested()) ending = Ending::stopped;

  auto finished = transcript.finish(ending, request);
  const bool cut = allowed.size() < found->size();
  if (finished && cut && finished->finish == moa::Finish::stop) finished->finish = moa::Finish::length;
  return finished;
}

const std::string* Recorded::answer_to(std::string_view prompt) const {
  auto found = answers_.find(prompt);
  if (found == answers_.end()) found = answers_.find(any_prompt);
  return found == answers_.end() ? nullptr : &found->second;
}

double Recorded::next_speed() {
  Random random(pace_.seed + calls_++);
  return 1 + pace_.jitter * (2 * random.uniform() - 1);
}

namespace {

/// Keeps the answers of one model while a file is read.
struct Selection {
  std::string model;  // empty until the first is met
  Recorded::Answers answers = {};

  void take(const std::optional<std::string>& by, std::optional<std::string> instruction,
            std::optional<std::string> output) {
    if (!by || !instruction || !output) return;
    if (model.empty()) model = *by;
    if (*by == model) answers.insert_or_assign(std::move(*instruction), std::move(*output));
  }
};

std::optional<std::string> member(const nlohmann::json& from, const std::string& name) {
  return text_at(from, "/" + name);
}

/// The array form; nothing when it is not an array.
bool take_array(const std::string& text, Selection& selection) {
  const auto document = parse_json(text);
  if (!document || !document->is_array()) return false;
  for (const auto& entry : *document)
    selection.take(member(entry, "generator").value_or(selection.model), member(entry, "instruction"),
                   member(entry, "output"));
  return true;
}

bool take_line(std::string_view line, Selection& selection) {
  const auto document = parse_json(line);
  if (!document || !document->contains("answers") || !(*document)["answers"].is_object()) return false;
  for (const auto& [model, answer] : (*document)["answers"].items())
    selection.take(model, member(*document, "instruction"), member(answer, "output"));
  return true;
}

bool take_lines(std::string_view text, Selection& selection) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    if (!line.empty() && !take_line(line, selection)) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

}  // namespace

Result<Recorded::Answers> read_answers(const std::filesystem::path& file, const std::string& model) {
  std::error_code trouble;
  const auto size = std::filesystem::file_size(file, trouble);
  if (trouble) return fail(Code::storage, file.string() + ": " + trouble.message());
  if (size > Recorded::file_bytes_max)
    return fail(Code::too_big, file.string() + ": recorded answers over 64 MiB");
  std::ifstream stream(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  if (!stream) return fail(Code::storage, file.string() + ": cannot be read");

  Selection selection{.model = model};
  const auto first = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const bool understood =
      text.compare(first, 1, "[") == 0 ? take_array(text, selection) : take_lines(text, selection);
  if (!understood)
    return fail(Code::malformed,
                file.string() + ": neither an array of {instruction, output} nor lines with answers");
  if (selection.answers.empty())
    return fail(Code::unknown,
                file.string() + ": no answer" + (model.empty() ? "" : " of the model " + model));
  return std::move(selection.answers);
}

namespace {

Ending say(std::string_view answer, double tokens_per_second, Clock::time_point until, Transcript& transcript,
           const std::stop_token& stop) {
  if (tokens_per_second <= 0) {
    transcript.add(answer);
    return Ending::complete;
  }
  const auto start = Clock::now();
  const auto since_start = [&] { return std::chrono::duration_cast<Duration>(Clock::now() - start); };
  const Duration whole = from_seconds(tokens_in(answer) / tokens_per_second);
  const Duration one_token = from_seconds(1 / tokens_per_second);
  std::size_t said = 0;  // bytes
  while (said < answer.size()) {
    if (!wait_within(std::min(std::max(one_token, breath), whole - since_start()), until, stop))
      return Ending::late;
    const double tokens = seconds(since_start()) * tokens_per_second;
    const auto due = since_start() >= whole ? answer : moa::cut(answer, static_cast<std::size_t>(tokens) * 4);
    if (!transcript.add(due.substr(said))) return Ending::complete;
    said = due.size();
  }
  return Ending::complete;
}

bool wait_within(Duration length, Clock::time_point until, const std::stop_token& stop) {
  const auto left = std::chrono::duration_cast<Duration>(until - Clock::now());
  if (left < length) {
    pause(left, stop);
    return false;
  }
  if (length > Duration{}) pause(length, stop);
  return !stop.stop_requested();
}

}  // namespace
}  // namespace grapevine::node
