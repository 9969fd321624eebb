#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"
#include "node/models/shallow_json.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

using Json = nlohmann::ordered_json;

// What others wrote must not steer the terminal.
std::string printable(std::string text) {
  for (char& letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < 0x20 || byte == 0x7f) letter = ' ';
  }
  return text;
}

void show(const Json& event, Output output) {
  if (output == Output::json) print_json(event);
  if (output != Output::people) return;
  const auto text = [&](const char* field) { return printable(event.at(field).get<std::string>()); };
  std::printf("%s  %s  %s  %s\n", text("heard").c_str(), text("node_name").c_str(), text("name").c_str(),
              text("text").c_str());
  std::fflush(stdout);
}

Outcome follow(const Daemon& daemon, const ListEvents& verb, Output output) {
  std::size_t shown = 0;
  const auto ended = daemon.follow("/api/mesh/events?follow", [&](std::string_view line) {
    const auto event = line.starts_with("data: {") ? parse_json(line.substr(6)) : std::nullopt;
    if (event) show(Json(*event), output), ++shown;
    return verb.count == 0 || shown < verb.count;
  });
  const bool enough = verb.count > 0 && shown == verb.count;
  if (ended || enough) return ended;
  return Failure{Exit::no_daemon, "cut_off", "the node has ended", "start it with `grapevine up`"};
}

}  // namespace

Outcome run(const TellEvent& verb, const Shared& shared) {
  const auto daemon = Daemon::find(shared);
  if (const auto* failed = std::get_if<Failure>(&daemon)) return *failed;
  const auto reply = std::get<Daemon>(daemon).change(
      "/api/mesh/events", nlohmann::json{{"name", verb.name}, {"text", verb.text}}.dump());
  if (const auto* failed = std::get_if<Failure>(&reply)) return *failed;
  if (shared.output == Output::json) print_json(Json::parse(std::get<std::string>(reply)));
  return std::nullopt;
}

Outcome run(const ListEvents& verb, const Shared& shared) {
  const auto daemon = Daemon::find(shared);
  if (const auto* failed = std::get_if<Failure>(&daemon)) return *failed;
  if (verb.follow) return follow(std::get<Daemon>(daemon), verb, shared.output);
  const auto reply = std::get<Daemon>(daemon).get("/api/mesh/events");
  if (const auto* failed = std::get_if<Failure>(&reply)) return *failed;
  const auto events = Json::parse(std::get<std::string>(reply)).at("events");
  const std::size_t skipped = verb.count == 0 || verb.count > events.size() ? 0 : events.size() - verb.count;
  for (std::size_t i = skipped; i < events.size(); ++i) show(events[i], shared.output);
  return std::nullopt;
}

}  // namespace grapevine::node::cli
