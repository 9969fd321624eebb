#include "node/api_chat.hpp"

#include "node/json.hpp"
#include "node/models/knowledge_index.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

namespace grapevine::node {

namespace {

using Json = nlohmann::json;

constexpr std::uint32_t tokens_most = moa::proposal_bytes_max / 4;  // an answer, at four letters a token
constexpr double temperature_most = 2;
constexpr double deadline_most_s = 600;

using Refusal = std::optional<ApiError>;

Refusal check_shape(const std::string& what, std::uint32_t wanted, std::uint32_t allowed, std::uint32_t most);
Refusal read_messages(const Json& body, ChatRequest& into);
Result<moa::Turn, ApiError> read_turn(const Json& message, const std::string& param);
Refusal read_content(const Json& content, const std::string& param, std::string& into);
Refusal read_sampling(const Json& body, ChatRequest& into);
Refusal read_delivery(const Json& body, ChatRequest& into);
Refusal read_wishes(const Json& body, ChatRequest& into);
Refusal check_unsupported(const Json& body);

/// The field, or nullptr when it is absent or null: OpenAI clients send null for "not set".
const Json* field(const Json& from, const char* name) {
  const auto found = from.find(name);
  return found == from.end() || found->is_null() ? nullptr : &*found;
}

/// A whole number in a range, if the field is there.
template <class Number>
Refusal read_whole(const Json& from, const char* name, const std::string& param, std::uint64_t least,
                   std::uint64_t most, std::optional<Number>& into) {
  const Json* value = field(from, name);
  if (value == nullptr) return {};
  if (!value->is_number_unsigned() || value->get<std::uint64_t>() < least ||
      value->get<std::uint64_t>() > most)
    return bad_request(
        param, param + " is a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  into = static_cast<Number>(value->get<std::uint64_t>());
  return {};
}

Refusal read_flag(const Json& from, const char* name, const std::string& param, bool& into) {
  const Json* value = field(from, name);
  if (value == nullptr) return {};
  if (!value->is_boolean()) return bad_request(param, param + " is true or false");
  into = value->get<bool>();
  return {};
}

}  // namespace

Result<ChatRequest, ApiError> parse_chat(std::string_view body) {
  const auto json = parse_json(body);
  if (!json)
    return fail(bad_request("", "the body is no JSON, or nests too deeply; send one JSON object in UTF-8"));
  if (!json->is_object())
    return fail(bad_request("", "the body is JSON but no object; send {\"model\", \"messages\"}"));
  ChatRequest request;
  const Json* model = field(*json, "model");
  if (model == nullptr) return fail(bad_request("model", "model is missing; \"grapevine\" asks the mesh"));
  if (!model->is_string()) return fail(bad_request("model", "model is a text such as \"grapevine\""));
  request.model = model->get<std::string>();
  for (const auto read : {read_messages, read_sampling, read_delivery, read_wishes}) {
    if (auto refusal = read(*json, request)) return fail(*refusal);
  }
  if (auto refusal = check_unsupported(*json)) return fail(*refusal);
  return request;
}

Result<moa::Ask, ApiError> plan_chat(const ChatRequest& request, const Catalogue& catalogue,
                                     const ChatRules& rules, const moa::QueryId& id) {
  const auto found = find_target(catalogue, request.model);
  if (!found) return fail(found.error());

  moa::Ask ask{.id = id, .turns = request.turns, .sampling = request.sampling, .deadline = request.deadline};
  ask.terms = KnowledgeIndex::query_terms_of(request.turns.back().text);
  ask.only = found->only;
  ask.scope = found->scope ? *found->scope : request.scope.value_or(rules.scope);
  ask.shape = found->shape;
  if (!found->shape && (request.layers || request.proposers))
    ask.shape = moa::Shape{request.layers.value_or(static_cast<std::uint8_t>(rules.moa.layers)),
                           request.proposers.value_or(static_cast<std::uint8_t>(rules.moa.proposers))};
  if (!ask.shape) return ask;
  if (auto refusal = check_shape("layers", ask.shape->layers, rules.moa.layers_max, layers_most))
    return fail(*std::move(refusal));
  if (auto refusal = check_shape("proposers", ask.shape->proposers, rules.moa.proposers_max, proposers_most))
    return fail(*std::move(refusal));
  return ask;
}

namespace {

Refusal check_shape(const std::string& what, std::uint32_t wanted, std::uint32_t allowed,
                    std::uint32_t most) {
  if (wanted <= allowed) return {};
  return bad_request("grapevine." + what,
                     "this device allows " + std::to_string(allowed) + " " + what +
                         (wanted <= most ? "; more needs moa." + what + "_max in its configuration"
                                         : "; none can allow more than " + std::to_string(most)));
}

Refusal read_messages(const Json& body, ChatRequest& into) {
  const Json* messages = field(body, "messages");
  if (messages == nullptr)
    return bad_request("messages", "messages is missing; send at least one of role \"user\"");
  if (!messages->is_array() || messages->empty())
    return bad_request("messages", "messages is a list of at least one {\"role\", \"content\"}");
  if (messages->size() > moa::turns_max)
    return bad_request("messages", "at most " + std::to_string(moa::turns_max) + " messages are taken");
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < messages->size(); ++i) {
    auto turn = read_turn((*messages)[i], "messages[" + std::to_string(i) + "]");
    if (!turn) return turn.error();
    into.turns.push_back(std::move(*turn));
    bytes += into.turns.back().text.size();
    if (bytes > moa::prompt_bytes_max)
      return ApiError{.status = 413,
                      .code = "prompt_too_large",
                      .param = "messages",
                      .message = "all messages together may have " + std::to_string(moa::prompt_bytes_max) +
                                 " bytes; shorten the conversation"};
  }
  const auto& last = into.turns.back();
  if (last.speaker != moa::Speaker::user)
    return bad_request("messages", "the last message must be of role \"user\"");
  if (last.text.find_first_not_of(" \t\r\n") == std::string::npos)
    return bad_request("messages", "the last message is empty; there is nothing to answer");
  return {};
}

Result<moa::Turn, ApiError> read_turn(const Json& message, const std::string& param) {
  constexpr std::array<std::pair<std::string_view, moa::Speaker>, 4> roles{
      {{"system", moa::Speaker::system},
       {"developer", moa::Speaker::system},
       {"user", moa::Speaker::user},
       {"assistant", moa::Speaker::assistant}}};
  if (!message.is_object()) return fail(bad_request(param, param + " is no object with role and content"));
  const Json* role = field(message, "role");
  const auto* known =
      role != nullptr && role->is_string()
          ? std::find_if(roles.begin(), roles.end(),
                         [&](const auto& each) { return each.first == role->get_ref<const std::string&>(); })
          : roles.end();
  if (known == roles.end())
    return fail(bad_request(param + ".role", param + ".role is none of system, developer, user, assistant"));
  const Json* content = field(message, "content");
  if (content == nullptr) return fail(bad_request(param + ".content", param + ".content is missing"));
  moa::Turn turn;
  turn.speaker = known->second;
  std::string text;
  if (auto refusal = read_content(*content, param + ".content", text)) return fail(*refusal);
  if (text.size() <= moa::prompt_bytes_max) {
    turn.text = std::move(text);
    return turn;
  }
  return fail(ApiError{.status = 413,
                       .code = "prompt_too_large",
                       .param = "messages",
                       .message = "a message may have " + std::to_string(moa::prompt_bytes_max) + " bytes"});
}

// A text, or a list of parts that are all texts.
Refusal read_content(const Json& content, const std::string& param, std::string& into) {
  if (content.is_string()) return into = content.get<std::string>(), std::nullopt;
  if (!content.is_array()) return bad_request(param, param + " is a text or a list of parts");
  for (const auto& part : content) {
    const Json* type = part.is_object() ? field(part, "type") : nullptr;
    const Json* text = part.is_object() ? field(part, "text") : nullptr;
    if (type == nullptr || *type != "text" || text == nullptr || !text->is_string())
      return bad_request(param,
                         param + " has a part that is no text; images and files cannot be asked about");
    into += text->get_ref<const std::string&>();
  }
  return {};
}

Refusal read_sampling(const Json& body, ChatRequest& into) {
  auto& sampling = into.sampling;
  if (const Json* temperature = field(body, "temperature")) {
    if (!temperature->is_number() || temperature->get<double>() < 0 ||
        temperature->get<double>() > temperature_most)
      return bad_request("temperature", "temperature is a number from 0 to 2");
    sampling.temperature_milli = static_cast<std::uint16_t>(std::lround(temperature->get<double>() * 1000));
  }
  std::optional<std::uint32_t> tokens;
  for (const char* name : {"max_tokens", "max_completion_tokens"}) {  // the newer name wins
    if (auto refusal = read_whole(body, name, name, 1, 1u << 30, tokens)) return refusal;
  }
  if (tokens) sampling.tokens_max = std::min(*tokens, tokens_most);
  if (const Json* seed = field(body, "seed")) {
    if (!seed->is_number_integer()) return bad_request("seed", "seed is a whole number");
    sampling.seed = static_cast<std::uint32_t>(seed->get<std::int64_t>());
  }
  return {};
}

Refusal read_delivery(const Json& body, ChatRequest& into) {
  bool streamed = false;
  if (auto refusal = read_flag(body, "stream", "stream", streamed)) return refusal;
  into.delivery = streamed ? Delivery::streamed : Delivery::whole;
  const Json* options = field(body, "stream_options");
  if (options == nullptr) return {};
  if (!options->is_object()) return bad_request("stream_options", "stream_options is an object");
  return read_flag(*options, "include_usage", "stream_options.include_usage", into.include_usage);
}

Refusal read_wishes(const Json& body, ChatRequest& into) {
  const Json* ours = field(body, "grapevine");
  if (ours == nullptr) return {};
  if (!ours->is_object()) return bad_request("grapevine", "grapevine is an object such as {\"layers\": 1}");
  if (auto refusal = read_whole(*ours, "layers", "grapevine.layers", 0, layers_most, into.layers))
    return refusal;
  if (auto refusal = read_whole(*ours, "proposers", "grapevine.proposers", 0, proposers_most, into.proposers))
    return refusal;
  if (const Json* scope = field(*ours, "scope")) {
    if (*scope != "local" && *scope != "group" && *scope != "mesh")
      return bad_request("grapevine.scope", "grapevine.scope is local, group or mesh");
    into.scope = *scope == "local"   ? moa::Scope::local
                 : *scope == "group" ? moa::Scope::group
                                     : moa::Scope::mesh;
  }
  if (const Json* deadline = field(*ours, "deadline_s")) {
    if (!deadline->is_number() || !(deadline->get<double>() > 0) || deadline->get<double>() > deadline_most_s)
      return bad_request("grapevine.deadline_s", "grapevine.deadline_s is a number of seconds, at most 600");
    into.deadline = from_seconds(deadline->get<double>());
  }
  return {};
}

Refusal check_unsupported(const Json& body) {
  const Json* choices = field(body, "n");
  if (choices != nullptr && *choices != 1)
    return bad_request("n", "one answer is given; leave n out or send 1");
  const Json* logprobs = field(body, "logprobs");
  if (logprobs != nullptr && *logprobs != false)
    return bad_request("logprobs",
                       "an answer of several models has no log probabilities; leave logprobs out");
  for (const char* name : {"tools", "functions"}) {
    const Json* tools = field(body, name);
    if (tools != nullptr && !tools->empty())
      return bad_request(name, std::string(name) + " cannot be called here; ask the model server itself");
  }
  const Json* format = field(body, "response_format");
  if (format != nullptr && (!format->is_object() || format->value("type", Json("text")) != "text"))
    return bad_request("response_format", "only response_format {\"type\": \"text\"} is given");
  return {};
}

}  // namespace

}  // namespace grapevine::node
