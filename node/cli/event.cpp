#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"
#include "node/json.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

void show_event(const Json& event) {
  const auto text = [&](const char* field) { return printable(event.at(field).get<std::string>()); };
  std::printf("%s  %s  %s  %s\n", text("heard").c_str(), text("node_name").c_str(), text("name").c_str(),
              text("text").c_str());
  std::fflush(stdout);
}

Outcome follow(const Daemon& daemon, const ListEvents& verb, Output output) {
  std::size_t shown = 0;
  const auto ended = daemon.follow("/api/mesh/events?follow", [&](std::string_view line) {
    const auto event = line.starts_with("data: {") ? parse_json(line.substr(6)) : std::nullopt;
    if (event) show(Json(*event), output, show_event), ++shown;
    return verb.count == 0 || shown < verb.count;
  });
  const bool enough = verb.count > 0 && shown == verb.count;
  if (ended || enough) return ended;
  return Failure{Exit::no_daemon, "cut_off", "the node has ended", "start it with `grapevine up`"};
}

}  // namespace

Outcome run(const TellEvent& verb, const Shared& shared) {
  const auto told = change(shared, "/api/mesh/events", {{"name", verb.name}, {"text", verb.text}});
  return show(told, shared.output, [](const Json&) {});
}

Outcome run(const ListEvents& verb, const Shared& shared) {
  const auto daemon = Daemon::find(shared);
  if (!daemon) return daemon.error();
  if (verb.follow) return follow(*daemon, verb, shared.output);
  const auto heard = daemon->get("/api/mesh/events");
  if (!heard) return heard.error();
  const auto& events = heard->at("events");
  const std::size_t skipped = verb.count == 0 || verb.count > events.size() ? 0 : events.size() - verb.count;
  for (std::size_t i = skipped; i < events.size(); ++i) show(events[i], shared.output, show_event);
  return std::nullopt;
}

}  // namespace grapevine::node::cli
