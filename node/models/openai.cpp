#include "node/models/openai.hpp"

#include "node/json.hpp"
#include "node/models/chat_reply.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node {
namespace {

/// Reads a reply in whichever of the two forms it comes.
struct Listener {
  ChatReply reply;
  std::string plain = {};  // lines that are no events: perhaps one JSON document

  Heard read(std::string_view line);
  Heard take(const nlohmann::json& document, const std::string& words_at);
};

nlohmann::json body_of(const Request& request, const std::string& model) {
  nlohmann::json body = {{"model", model},
                         {"messages", messages_of(request)},
                         {"stream", true},
                         {"stream_options", {{"include_usage", true}}},
                         {"max_tokens", request.sampling.tokens_max},
                         {"temperature", request.sampling.temperature_milli / 1000.0}};
  if (request.sampling.seed != 0) body["seed"] = request.sampling.seed;
  return body;
}

}  // namespace

OpenAi::OpenAi(ChatServer chat) : chat_(std::move(chat)), client_(chat_.server, chat_.limits) {}

moa::Profile OpenAi::profile() const {
  return profile_of(Protocol::openai, chat_);
}

Result<moa::Finished> OpenAi::generate(const Request& request, Sink& sink, std::stop_token stop) {
  Listener listener{.reply = {.transcript = Transcript(sink)}};
  const auto ending = client_.exchange(
      {.path = "/chat/completions",
       .body = text_of(body_of(request, chat_.model)),
       .time_left = request.time_left},
      [&](std::string_view line) { return listener.read(line); }, stop);
  if (!ending) return fail(ending.error());
  auto& reply = listener.reply;
  if (*ending == Ending::complete && !reply.understood) {
    if (const auto document = reply.document(listener.plain))
      listener.take(*document, "/choices/0/message/content");
    reply.ended = true;
  }
  return reply.outcome(*ending, request);
}

namespace {

Heard Listener::read(std::string_view line) {
  constexpr std::string_view mark = "data:";
  if (!line.starts_with(mark)) {  // a comment, another field of an event, or a line of a plain reply
    plain.append(line).push_back('\n');
    return Heard::nothing;
  }
  line.remove_prefix(mark.size());
  if (line.starts_with(' ')) line.remove_prefix(1);
  if (line == "[DONE]") {
    reply.understood = true;
    reply.ended = true;
    return Heard::enough;
  }
  const auto document = reply.document(line);
  return document ? take(*document, "/choices/0/delta/content") : Heard::enough;
}

Heard Listener::take(const nlohmann::json& document, const std::string& words_at) {
  if (document.contains("error")) return reply.take_trouble(document, "/error/message");
  reply.understood = reply.understood || document.contains("choices");
  const auto reason = text_at(document, "/choices/0/finish_reason");
  reply.ended = reply.ended || reason;
  reply.cut_by_length = reply.cut_by_length || reason == "length";
  if (const auto count = number_at(document, "/usage/prompt_tokens")) reply.tokens_in = count;
  if (const auto count = number_at(document, "/usage/completion_tokens")) reply.tokens_out = count;
  return reply.take_words(document, words_at);
}

}  // namespace
}  // namespace grapevine::node
