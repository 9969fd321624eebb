#include "node/models/chat_server.hpp"

#include "moa/text.hpp"
#include "node/json.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node {
namespace {

constexpr std::size_t listed_max = 256;

/// The strings `list`[i]`name` of the document at `path`.
Result<std::vector<std::string>> names_at(const StreamClient& client, const std::string& path,
                                          const std::string& list, const std::string& key,
                                          Duration time_left) {
  std::string reply;
  const auto collect = [&](std::string_view line) {
    reply.append(line).push_back('\n');
    return Heard::nothing;
  };
  const auto ending =
      client.exchange({.path = path, .body = std::nullopt, .time_left = time_left}, collect, {});
  if (!ending) return fail(ending.error());
  if (*ending != Ending::complete) return fail(Code::unavailable, "the list of models did not come in time");
  const auto document = parse_json(reply);
  if (!document || !document->contains(list) || !(*document)[list].is_array())
    return fail(Code::malformed, "the server does not list its models");
  std::vector<std::string> names;
  for (const auto& item : (*document)[list]) {
    const auto found = text_at(item, "/" + key);
    if (found && names.size() < listed_max) names.push_back(moa::printable(*found));
  }
  return names;
}

}  // namespace

std::string_view name(Protocol protocol) {
  switch (protocol) {
    case Protocol::openai: return "openai";
    case Protocol::ollama: return "ollama";
  }
  return "?";
}

moa::Profile profile_of(Protocol protocol, const ChatServer& chat) {
  return {.kind = std::string(name(protocol)),
          .model = std::string(moa::cut(chat.model, decltype(moa::Profile::model)::max)),
          .family = std::string(moa::cut(chat.family, decltype(moa::Profile::family)::max)),
          .slots = chat.slots,
          .synthesizes = true};
}

Result<std::vector<std::string>> list_models(Protocol protocol, const StreamClient& client,
                                             Duration time_left) {
  return protocol == Protocol::openai ? names_at(client, "/models", "data", "id", time_left)
                                      : names_at(client, "/api/tags", "models", "name", time_left);
}

std::optional<std::string> first_chat_model(const std::vector<std::string>& listed) {
  for (const auto& name : listed) {
    if (name.find("embed") == name.npos) return name;
  }
  return std::nullopt;
}

}  // namespace grapevine::node
