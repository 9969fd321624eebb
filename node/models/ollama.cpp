#include "node/models/ollama.hpp"

#include "node/json.hpp"
#include "node/models/chat_reply.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node {
namespace {

nlohmann::json body_of(const Request& request, const std::string& model) {
  nlohmann::json options = {{"num_predict", request.sampling.tokens_max},
                            {"temperature", request.sampling.temperature_milli / 1000.0}};
  if (request.sampling.seed != 0) options["seed"] = request.sampling.seed;
  return {{"model", model},
          {"messages", messages_of(request)},
          {"stream", true},
          {"options", std::move(options)}};
}

Heard read(ChatReply& reply, std::string_view line) {
  if (line.empty()) return Heard::nothing;
  const auto document = reply.document(line);
  if (!document) return Heard::enough;
  if (document->contains("error")) return reply.take_trouble(*document, "/error");
  reply.understood = reply.understood || document->contains("message");
  const auto heard = reply.take_words(*document, "/message/content");
  const auto done = document->find("done");
  if (done == document->end() || *done != true) return heard;
  reply.ended = true;
  reply.cut_by_length = text_at(*document, "/done_reason") == "length";
  reply.tokens_in = number_at(*document, "/prompt_eval_count");
  reply.tokens_out = number_at(*document, "/eval_count");
  return Heard::enough;
}

}  // namespace

Ollama::Ollama(ChatServer chat) : chat_(std::move(chat)), client_(chat_.server, chat_.limits) {}

moa::Profile Ollama::profile() const {
  return profile_of(Protocol::ollama, chat_);
}

Result<moa::Finished> Ollama::generate(const Request& request, Sink& sink, std::stop_token stop) {
  ChatReply reply{.transcript = Transcript(sink)};
  const auto ending = client_.exchange(
      {.path = "/api/chat", .body = text_of(body_of(request, chat_.model)), .time_left = request.time_left},
      [&](std::string_view line) { return read(reply, line); }, stop);
  if (!ending) return fail(ending.error());
  return reply.outcome(*ending, request);
}

}  // namespace grapevine::node
