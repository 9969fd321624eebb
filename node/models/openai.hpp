// Any server that speaks OpenAI's chat completions (llama-server, LM Studio, vLLM, a cloud): POST
// {base}/chat/completions, streamed as server-sent events ("data: {json}" lines until "data: [DONE]"). A
// server that ignores "stream" and replies with one plain JSON document is understood as well.
#pragma once

#include "node/models/chat_server.hpp"

namespace grapevine::node {

class OpenAi final : public Model {
 public:
  /// Requires: the server's path ends where /chat/completions begins, usually "/v1".
  explicit OpenAi(ChatServer chat);

  moa::Profile profile() const override;
  Result<moa::Finished> generate(const Request& request, Sink& sink, std::stop_token stop) override;

 private:
  ChatServer chat_;
  StreamClient client_;
};

}  // namespace grapevine::node
