// A model that a server runs for us, whichever protocol it speaks: where the server is, which of its models
// is meant, and what it lists. The server's address never leaves this device and never comes from a peer.
#pragma once

#include "node/model.hpp"
#include "node/models/stream_client.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::node {

/// A model that a server on this device, or one named in the configuration, runs for us.
struct ChatServer {
  Server server;
  std::string model;   // as the server calls it
  std::string family;  // a claim
  std::uint8_t slots = 1;
  StreamLimits limits;
};

enum class Protocol { openai, ollama };
/// As the configuration spells it.
std::string_view name(Protocol protocol);

moa::Profile profile_of(Protocol protocol, const ChatServer& chat);

/// The models a server lists, in its order, at most 256. Errors: unavailable, malformed (no such list).
Result<std::vector<std::string>> list_models(Protocol protocol, const StreamClient& client,
                                             Duration time_left);

/// The first of these that can chat: not one made for embeddings alone, as far as its name tells.
std::optional<std::string> first_chat_model(const std::vector<std::string>& listed);

}  // namespace grapevine::node
