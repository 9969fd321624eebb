#include "node/models/chat_reply.hpp"

#include "moa/text.hpp"
#include "node/json.hpp"
#include "node/models/utf8.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node {
namespace {

std::string_view role(moa::Speaker speaker) {
  switch (speaker) {
    case moa::Speaker::system: return "system";
    case moa::Speaker::user: return "user";
    case moa::Speaker::assistant: return "assistant";
  }
  return "user";
}

}  // namespace

nlohmann::json messages_of(const Request& request) {
  auto messages = nlohmann::json::array();
  for (const auto& turn : request.turns)
    messages.push_back({{"role", role(turn.speaker)}, {"content", std::string(turn.text)}});
  return messages;
}

std::optional<nlohmann::json> ChatReply::document(std::string_view text) {
  auto parsed = parse_json(repair_utf8(text));
  nonsense = nonsense || !parsed || !parsed->is_object();
  return nonsense ? std::nullopt : std::move(parsed);
}

Heard ChatReply::take_words(const nlohmann::json& document, const std::string& pointer) {
  const auto words = text_at(document, pointer);
  if (!words || words->empty()) return Heard::nothing;
  return transcript.add(*words) ? Heard::words : Heard::enough;
}

Heard ChatReply::take_trouble(const nlohmann::json& document, const std::string& pointer) {
  constexpr std::size_t told_max = 200;  // a sentence for a log line
  trouble = moa::printable(text_at(document, pointer).value_or("an error it does not explain"));
  trouble = moa::cut(trouble, told_max);
  return Heard::enough;
}

Result<moa::Finished> ChatReply::outcome(Ending ending, const Request& request) const {
  if (!trouble.empty()) return fail(Code::unavailable, "the model server reports: " + trouble);
  if (nonsense || (!understood && ending == Ending::complete))
    return fail(Code::malformed, "the model server does not speak the protocol it is configured for");
  if (ending == Ending::complete && !ended)
    return fail(Code::unavailable, "the model server broke off mid-reply");
  auto finished = transcript.finish(ending, request);
  if (!finished) return finished;
  if (cut_by_length && finished->finish == moa::Finish::stop) finished->finish = moa::Finish::length;
  finished->tokens_in = tokens_in.value_or(finished->tokens_in);
  finished->tokens_out = tokens_out.value_or(finished->tokens_out);
  return finished;
}

}  // namespace grapevine::node
