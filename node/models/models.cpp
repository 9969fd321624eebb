#include "node/models/models.hpp"

#include "moa/text.hpp"
#include "node/models/breaker.hpp"
#include "node/models/family.hpp"
#include "node/models/knowledge.hpp"
#include "node/models/ollama.hpp"
#include "node/models/openai.hpp"

#include <fstream>

namespace grapevine::node {
namespace {

constexpr Duration listing_time = 2s;

/// The first line of a key file. Errors: storage, refused (others may read it).
Result<std::string> read_key(const std::filesystem::path& file) {
  using std::filesystem::perms;
  std::error_code trouble;
  const auto allowed = std::filesystem::status(file, trouble).permissions();
  if (!trouble && (allowed & (perms::group_all | perms::others_all)) != perms::none)
    return fail(Code::refused, file.string() + ": others may read this key; chmod 600 it");
  std::ifstream stream(file);
  std::string key;
  if (!std::getline(stream, key)) return fail(Code::storage, file.string() + ": no key can be read from it");
  while (!key.empty() && (key.back() == '\r' || key.back() == ' ')) key.pop_back();
  return key;
}

/// The server the configuration means, with its key, and "/v1" where OpenAI's paths begin.
Result<Server> configured_server(Protocol protocol, const ModelConfig& config) {
  auto server = parse_server(config.url);
  if (!server) return server;
  if (protocol == Protocol::openai && server->path.empty()) server->path = "/v1";
  if (!config.key_file.empty()) {
    auto key = read_key(config.key_file);
    if (!key) return fail(key.error());
    server->key = std::move(*key);
  }
  return server;
}

Result<std::string> first_listed(Protocol protocol, const Server& server) {
  const auto listed = list_models(protocol, StreamClient(server, {}), listing_time);
  if (!listed) return fail(listed.error());
  auto first = first_chat_model(*listed);
  if (!first) return fail(Code::unavailable, server.origin + " lists no model");
  return std::move(*first);
}

Result<MadeModel> make_served(Protocol protocol, const ModelConfig& config) {
  auto server = configured_server(protocol, config);
  if (!server) return fail(server.error());
  auto model = config.name.empty() ? first_listed(protocol, *server) : Result<std::string>(config.name);
  if (!model) return fail(model.error());
  auto description = *model + " at " + config.url + " (" + std::string(name(protocol)) + ")";
  ChatServer chat{.server = std::move(*server),
                  .model = *model,
                  .family = config.family.empty() ? family_of(*model) : config.family,
                  .slots = config.slots};
  std::unique_ptr<Model> made;
  if (protocol == Protocol::openai) {
    made = std::make_unique<OpenAi>(std::move(chat));
  } else {
    made = std::make_unique<Ollama>(std::move(chat));
  }
  return MadeModel{.model = std::make_unique<GuardedModel>(std::move(made)),
                   .description = std::move(description)};
}

Result<MadeModel> make_knowledge(const ModelConfig& config) {
  auto opened =
      Knowledge::open({.folders = config.folders, .index = config.data / "knowledge", .tell = config.tell});
  if (!opened) return fail(opened.error());
  auto description = "own documents: " + (*opened)->status();
  return MadeModel{.model = std::move(*opened), .description = std::move(description)};
}

Result<MadeModel> make_recorded(const ModelConfig& config) {
  const auto& recording = config.recorded;
  auto answers = read_answers(recording.file, recording.model);
  if (!answers) return fail(answers.error());
  auto description = std::to_string(answers->size()) + " recorded answers of " + recording.file.string();
  const auto& model = config.name.empty() ? recording.model : config.name;
  const auto family = config.family.empty() ? family_of(model) : config.family;
  const moa::Profile profile{.kind = {"recorded"},
                             .model = std::string(moa::cut(model, decltype(moa::Profile::model)::max)),
                             .family = std::string(moa::cut(family, decltype(moa::Profile::family)::max)),
                             .slots = config.slots,
                             .synthesizes = recording.synthesizes};
  return MadeModel{.model = std::make_unique<Recorded>(std::move(*answers), profile, recording.pace),
                   .description = std::move(description)};
}

}  // namespace

Result<MadeModel> make_model(const ModelConfig& config) {
  if (config.kind == "openai") return make_served(Protocol::openai, config);
  if (config.kind == "ollama") return make_served(Protocol::ollama, config);
  if (config.kind == "knowledge") return make_knowledge(config);
  if (config.kind == "recorded") return make_recorded(config);
  return fail(Code::malformed,
              "a model's kind is openai, ollama, knowledge or recorded, not \"" + config.kind + "\"");
}

Result<MadeModel> find_model(const ModelConfig& config, const std::vector<Candidate>& candidates) {
  ModelConfig chosen = config;
  chosen.kind = "knowledge";
  if (const auto found = find_server(candidates)) {
    chosen.kind = name(found->server.protocol);
    chosen.url = found->server.url;
    chosen.name = found->model;
  }
  return make_model(chosen);
}

}  // namespace grapevine::node
