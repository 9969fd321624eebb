// From what the configuration says to a model that can be asked; and, when it says nothing, from what this
// device has: a model server on a usual port, else the device's own documents.
#pragma once

#include "node/model.hpp"
#include "node/models/detect.hpp"
#include "node/models/recorded.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace grapevine::node {

/// One model as its owner describes it; what a kind does not use is ignored.
struct ModelConfig {
  std::string kind;  // openai | ollama | knowledge | recorded
  std::string
      url;  // openai, ollama: http:// or https://; of an OpenAI-compatible server with or without "/v1"
  std::string name;    // openai, ollama: empty takes the first the server lists, which must then be running
  std::string family;  // empty: guessed from the name
  std::uint8_t slots = 1;          // parallel calls; knowledge always has one
  std::filesystem::path key_file;  // openai, ollama: one line, mode 0600, sent as bearer token

  struct Recording {
    std::filesystem::path file;
    std::string model;  // whose answers; empty: the file's first
    Pace pace;
    bool synthesizes = false;  // true: it also claims to merge proposals
  } recorded;

  std::vector<std::filesystem::path> folders;  // knowledge: what may be quoted
  std::filesystem::path data;                  // knowledge: keeps its index below this folder
  std::optional<MeshId> tell;                  // knowledge: whose members may know the topics; else nobody
};

/// A model and one line for the log about what it is.
struct MadeModel {
  std::unique_ptr<Model> model;
  std::string description;  // holds no key
};

/// Errors: malformed (kind, url, file), unavailable (no name given and the server lists none), refused (a key
/// that others may read), storage, unknown, too_big.
Result<MadeModel> make_model(const ModelConfig& config);

/// For `model = "auto"`: the first candidate that lists a model, else knowledge over `config.folders`.
Result<MadeModel> find_model(const ModelConfig& config,
                             const std::vector<Candidate>& candidates = usual_candidates());

}  // namespace grapevine::node
