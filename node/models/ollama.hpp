// A local Ollama server by its native protocol: POST /api/chat, streamed as one JSON object a line; the last
// one says "done" and carries the counts.
#pragma once

#include "node/models/chat_server.hpp"

namespace grapevine::node {

class Ollama final : public Model {
 public:
  explicit Ollama(ChatServer chat);

  moa::Profile profile() const override;
  Result<moa::Finished> generate(const Request& request, Sink& sink, std::stop_token stop) override;

 private:
  ChatServer chat_;
  StreamClient client_;
};

}  // namespace grapevine::node
