// Events over HTTP: what a program tells all devices, and what was heard, as a list or as a stream of
// server-sent events. A listener is not known to the loop: its thread asks for what came after the last
// number it was given, so that a client that reads slowly or goes away costs the node nothing and is bounded
// by what is kept.
#pragma once

#include "node/api_change.hpp"

namespace grapevine::node {

/// The body of POST /api/mesh/events: {"name","text"}, the text being optional.
struct EventWish {
  std::string name;
  std::string text;
};
Result<EventWish, ApiError> parse_event_wish(std::string_view body);
/// Tells it to every device.
Result<Change, ApiError> tell_event(std::string_view body);

/// A client that wants everything after this number, as it comes.
struct Listening {
  std::uint64_t after = 0;
};
/// `after=N` or the header Last-Event-ID; 0 for neither, 400 when it is no number.
Result<Listening, ApiError> parse_listening(const ApiRequest& request);

/// {"events":[{"number","name","text","node","node_name","told","heard"}],"latest":N}.
std::string events_json(const Core& core, Now now, std::uint64_t after);
/// The same objects as server-sent events; moves `listening` on. Empty when nothing new was heard.
std::string events_stream(const Core& core, Now now, Listening& listening);
/// The event this node has told last, alone.
std::string told_json(const Core& core, Now now);

}  // namespace grapevine::node
