// A chat with a model server, as both protocols have it: the turns that are sent, what the reply has told so
// far, and what that makes of the call. The protocols differ in where these things stand in their JSON, and
// in nothing else.
#pragma once

#include "node/models/transcript.hpp"

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace grapevine::node {

/// [{"role": ..., "content": ...}, ...] of the request's turns.
nlohmann::json messages_of(const Request& request);

struct ChatReply {
  Transcript transcript;
  std::string trouble = {};  // what the server says went wrong
  bool understood = false;   // something in it was of the protocol
  bool nonsense = false;     // something in it was not
  bool ended = false;        // it said itself that this is all
  bool cut_by_length = false;
  std::optional<std::uint32_t> tokens_in = std::nullopt;
  std::optional<std::uint32_t> tokens_out = std::nullopt;

  /// One document of the protocol; marks nonsense and returns nothing when the text is none.
  std::optional<nlohmann::json> document(std::string_view text);
  /// Adds the words at this JSON pointer, if there are any.
  Heard take_words(const nlohmann::json& document, const std::string& pointer);
  /// Notes what the server says at this JSON pointer about what went wrong.
  Heard take_trouble(const nlohmann::json& document, const std::string& pointer);

  /// The call's outcome. Errors: unavailable (the server reports trouble, or broke off), malformed, expired,
  /// too_big.
  Result<moa::Finished> outcome(Ending ending, const Request& request) const;
};

}  // namespace grapevine::node
