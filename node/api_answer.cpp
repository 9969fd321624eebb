#include "node/api_answer.hpp"

#include "node/json.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

namespace grapevine::node {

namespace {

using Json = nlohmann::ordered_json;

std::string_view name(moa::Stage stage) {
  switch (stage) {
    case moa::Stage::propose: return "propose";
    case moa::Stage::refine: return "refine";
    case moa::Stage::aggregate: return "aggregate";
  }
  return "?";
}

std::string_view finish_reason(moa::Finish finish) {
  return finish == moa::Finish::stop ? "stop" : "length";
}

// Milliseconds are what a person can tell apart; more digits would only look exact.
double rounded_seconds(Duration duration) {
  return std::round(seconds(duration) * 1000) / 1000;
}

std::string name_of(const NodeId& node, const NodeNames& names) {
  const auto found = names.find(node);
  return found == names.end() ? short_name(node) : found->second;
}

// One line of printable ASCII: what a device calls itself must not end a header and begin another.
std::string header_value(std::string_view text) {
  std::string out(text);
  for (char& letter : out) {
    if (letter < ' ' || letter > '~') letter = '?';
  }
  return out;
}

Json usage_of(const moa::Answered& answer) {
  return {{"prompt_tokens", answer.tokens_in},
          {"completion_tokens", answer.tokens_out},
          {"total_tokens", answer.tokens_in + answer.tokens_out}};
}

Json voice_of(const moa::Voice& voice, const NodeNames& names) {
  return {{"node", to_string(voice.node)},
          {"name", name_of(voice.node, names)},
          {"model", voice.model},
          {"stage", name(voice.stage)},
          {"attempt", moa::name(voice.attempt)},
          {"layer", voice.layer},
          {"outcome", moa::name(voice.outcome)},
          {"elapsed_s", rounded_seconds(voice.elapsed)},
          {"queued_s", rounded_seconds(voice.queued)},
          {"running_s", rounded_seconds(voice.running)},
          {"tokens_in", voice.tokens_in},
          {"tokens_out", voice.tokens_out},
          {"text_hash", to_base32(voice.text_hash.view())},
          {"refusal", voice.refusal ? Json(moa::name(*voice.refusal)) : Json()},
          {"weight", voice.weight ? Json(std::round(*voice.weight * 1000) / 1000) : Json()},
          {"used", voice.used}};
}

/// What the plan was chosen by; null where no prices were asked for.
Json reckoning_of(const moa::Reckoning& reckoning, const NodeNames& names) {
  if (reckoning.worths.empty()) return nullptr;
  Json prices = Json::array();
  for (const auto& bid : reckoning.bids)
    prices.push_back({{"node", to_string(bid.node)},
                      {"name", name_of(bid.node, names)},
                      {"price_s", rounded_seconds(bid.price)},
                      {"quality", bid.quality}});
  Json plans = Json::array();
  for (const auto& worth : reckoning.worths)
    plans.push_back({{"shape", to_string(worth.row.shape)},
                     {"merging", worth.row.merging == moa::Merging::choose ? "choose" : "synthesize"},
                     {"calls", worth.row.calls()},
                     {"value_s", std::round(worth.seconds * 1000) / 1000}});
  return {{"patience_s", rounded_seconds(reckoning.patience)},
          {"prices", std::move(prices)},
          {"plans", std::move(plans)}};
}

Json provenance_of(const moa::Provenance& provenance, const NodeNames& names) {
  Json voices = Json::array();
  for (const auto& voice : provenance.voices) voices.push_back(voice_of(voice, names));
  return {{"id", to_base32(provenance.query.value.view())},
          {"wanted", to_string(provenance.wanted)},
          {"shape", to_string(provenance.got)},
          {"merge", moa::name(provenance.merge)},
          {"degraded", provenance.degraded.empty() ? Json() : Json(provenance.degraded)},
          {"elapsed_s", rounded_seconds(provenance.elapsed)},
          {"reckoning", reckoning_of(provenance.reckoning, names)},
          {"voices", std::move(voices)}};
}

std::string event(const Json& json) {
  return "data: " + text_of(json) + "\n\n";
}

Json chunk(const AnswerHead& head, Json choices) {
  return {{"id", completion_id(head.id)},
          {"object", "chat.completion.chunk"},
          {"created", head.created.time_since_epoch() / std::chrono::seconds(1)},
          {"model", head.model},
          {"choices", std::move(choices)}};
}

Json choice(Json delta, Json finish) {
  return Json::array({{{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", std::move(finish)}}});
}

}  // namespace

std::string to_string(const moa::Shape& shape) {
  return "m" + std::to_string(shape.layers) + "k" + std::to_string(shape.proposers);
}

std::string completion_id(const moa::QueryId& id) {
  return "chatcmpl-" + to_base32(id.value.view());
}

ApiResponse completion(const AnswerHead& head, const moa::Answered& answer, const NodeNames& names) {
  const Json body{{"id", completion_id(head.id)},
                  {"object", "chat.completion"},
                  {"created", head.created.time_since_epoch() / std::chrono::seconds(1)},
                  {"model", head.model},
                  {"choices", Json::array({{{"index", 0},
                                            {"message", {{"role", "assistant"}, {"content", answer.text}}},
                                            {"logprobs", nullptr},
                                            {"finish_reason", finish_reason(answer.finish)}}})},
                  {"usage", usage_of(answer)},
                  {"grapevine", provenance_of(answer.provenance, names)}};
  ApiResponse response;
  response.headers = provenance_headers(answer.provenance, names);
  response.body = text_of(body);
  return response;
}

std::string provenance_json(const moa::Provenance& provenance, const NodeNames& names) {
  return text_of(provenance_of(provenance, names));
}

std::vector<std::pair<std::string, std::string>> provenance_headers(const moa::Provenance& provenance,
                                                                    const NodeNames& names) {
  std::vector<std::string> used;
  for (const auto& voice : provenance.voices) {
    const auto called = name_of(voice.node, names);
    if (voice.used && std::find(used.begin(), used.end(), called) == used.end()) used.push_back(called);
  }
  std::string nodes;
  for (const auto& each : used) nodes.append(nodes.empty() ? "" : ",").append(each);
  std::vector<std::pair<std::string, std::string>> headers{
      {"X-Grapevine-Id", to_base32(provenance.query.value.view())},
      {"X-Grapevine-Shape", to_string(provenance.got)},
      {"X-Grapevine-Nodes", header_value(nodes)}};
  if (!provenance.degraded.empty())
    headers.emplace_back("X-Grapevine-Degraded", header_value(provenance.degraded));
  return headers;
}

std::string AnswerStream::opening() const {
  return event(chunk(head_, choice({{"role", "assistant"}, {"content", ""}}, nullptr)));
}

std::string AnswerStream::comment(const moa::Progress& progress) {
  if (progress.asked == 0) return ": thinking\n\n";
  return ": asking " + std::to_string(progress.answered) + " of " + std::to_string(progress.asked) + "\n\n";
}

std::string AnswerStream::piece(std::string_view text) {
  said_bytes_ += text.size();
  return event(chunk(head_, choice({{"content", text}}, nullptr)));
}

std::string AnswerStream::ending(const moa::Answered& answer, const NodeNames& names) {
  std::string out;
  if (said_bytes_ < answer.text.size()) out += piece(std::string_view(answer.text).substr(said_bytes_));
  Json last = chunk(head_, choice(Json::object(), finish_reason(answer.finish)));
  last["grapevine"] = provenance_of(answer.provenance, names);
  out += event(last);
  if (usage_ == Usage::included) {
    Json usage = chunk(head_, Json::array());
    usage["usage"] = usage_of(answer);
    out += event(usage);
  }
  return out + "data: [DONE]\n\n";
}

std::string AnswerStream::failure(const ApiError& error) {
  return "data: " + error_body(error) + "\n\n";
}

}  // namespace grapevine::node
