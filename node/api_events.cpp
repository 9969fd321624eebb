#include "node/api_events.hpp"

#include "node/json.hpp"

#include <charconv>

#include <nlohmann/json.hpp>

namespace grapevine::node {

namespace {

using Json = nlohmann::ordered_json;

Json event_of(const Core& core, Now now, const EventHeard& heard) {
  return {{"number", heard.number},
          {"name", std::string(heard.event.name)},
          {"text", std::string(heard.event.body)},
          {"node", to_string(heard.event.node)},
          {"node_name", core.registry().display_name(heard.event.node, now.wall)},
          {"told", rfc3339(heard.event.told)},
          {"heard", rfc3339(heard.at)}};
}

}  // namespace

Result<EventWish, ApiError> parse_event_wish(std::string_view body) {
  const auto json = parse_json(body);
  const auto name = json ? text_at(*json, "/name") : std::nullopt;
  if (!name) return fail(bad_request("name", "send {\"name\": \"...\", \"text\": \"...\"}"));
  if (!json->contains("text")) return EventWish{*name, {}};
  const auto text = text_at(*json, "/text");
  if (!text) return fail(bad_request("text", "text is no text"));
  return EventWish{*name, *text};
}

Result<Change, ApiError> tell_event(std::string_view body) {
  const auto wish = parse_event_wish(body);
  if (!wish) return fail(wish.error());
  return [wish = *wish](Core& core, Now now, Effects& out) -> Result<std::string, ApiError> {
    auto effects = core.tell(wish.name, wish.text, now);
    if (!effects) return fail(api_error(effects.error()));
    append(out, std::move(*effects));
    return told_json(core, now);
  };
}

Result<Listening, ApiError> parse_listening(const ApiRequest& request) {
  const auto given = request.query.find("after");
  const std::string* resumed = request.header("last-event-id");
  const std::string text = given != request.query.end() ? given->second : resumed ? *resumed : "0";
  Listening listening;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, listening.after);
  if (error != std::errc() || end != last)
    return fail(bad_request("after", "after is not the number of an event"));
  return listening;
}

std::string events_json(const Core& core, Now now, std::uint64_t after) {
  Json events = Json::array();
  for (const EventHeard* heard : core.events().after(after)) events.push_back(event_of(core, now, *heard));
  return text_of({{"events", std::move(events)}, {"latest", core.events().latest()}});
}

std::string events_stream(const Core& core, Now now, Listening& listening) {
  std::string out;
  for (const EventHeard* heard : core.events().after(listening.after)) {
    out +=
        "id: " + std::to_string(heard->number) + "\ndata: " + text_of(event_of(core, now, *heard)) + "\n\n";
    listening.after = heard->number;
  }
  return out;
}

std::string told_json(const Core& core, Now now) {
  const auto told = core.events().after(core.events().latest() - 1);
  return text_of(event_of(core, now, *told.back()));
}

}  // namespace grapevine::node
