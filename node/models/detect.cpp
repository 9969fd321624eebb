#include "node/models/detect.hpp"

#include <future>

namespace grapevine::node {
namespace {

/// The first model a server lists that can chat, or nothing.
std::optional<std::string> first_model(const Candidate& candidate, Duration patience) {
  const auto server = parse_server(candidate.url);
  if (!server) return std::nullopt;
  StreamLimits limits;
  limits.connect = patience;
  const auto listed = list_models(candidate.protocol, StreamClient(*server, limits), patience);
  return listed ? first_chat_model(*listed) : std::nullopt;
}

}  // namespace

std::vector<Candidate> usual_candidates() {
  return {{.protocol = Protocol::ollama, .url = "http://127.0.0.1:11434"},
          {.protocol = Protocol::openai, .url = "http://127.0.0.1:8080/v1"},
          {.protocol = Protocol::openai, .url = "http://127.0.0.1:1234/v1"}};
}

std::optional<FoundServer> find_server(const std::vector<Candidate>& candidates, Duration patience) {
  std::vector<std::future<std::optional<std::string>>> probes;
  for (const auto& candidate : candidates)
    probes.push_back(std::async(std::launch::async, first_model, candidate, patience));
  std::optional<FoundServer> found;
  for (std::size_t i = 0; i < probes.size(); ++i) {
    const auto model = probes[i].get();
    if (model && !found) found = FoundServer{.server = candidates[i], .model = *model};
  }
  return found;
}

}  // namespace grapevine::node
