// Which model server already runs on this device, when the configuration names none: the usual ports are
// asked at the same time for their list of models, and the first in the order below that lists one is taken.
// Nothing but loopback is ever asked.
#pragma once

#include "node/models/chat_server.hpp"

#include <optional>
#include <string>
#include <vector>

namespace grapevine::node {

/// Where to look. A url of an OpenAI-compatible server includes its "/v1".
struct Candidate {
  Protocol protocol = Protocol::openai;
  std::string url;
};

/// Ollama's port, llama-server's, LM Studio's.
std::vector<Candidate> usual_candidates();

struct FoundServer {
  Candidate server;
  std::string model;  // the first it lists that is not there for embeddings alone
};

/// The first candidate that lists a model within `patience`, or nothing.
std::optional<FoundServer> find_server(const std::vector<Candidate>& candidates, Duration patience = 300ms);

}  // namespace grapevine::node
