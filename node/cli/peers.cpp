#include "node/api.hpp"
#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"
#include "node/cli/watch.hpp"
#include "node/wall_clock.hpp"

#include <thread>

#include <unistd.h>

namespace grapevine::node::cli {

namespace {

constexpr auto look_every = 500ms;  // a suspicion lasts two seconds at least, so none is missed

Result<Look, Failure> look(const Daemon& daemon);
Outcome watch(const Daemon& daemon, Output output);
void show_table(const Look& peers);
void redraw(const Look& peers);
void show_changes(const Look& before, const Look& after, Output output);
std::vector<std::string> row(const Look& peer);

}  // namespace

Outcome run(const Peers& verb, const Shared& shared) {
  const auto daemon = Daemon::find(shared);
  if (!daemon) return daemon.error();
  return verb.watch ? watch(*daemon, shared.output) : show(look(*daemon), shared.output, show_table);
}

namespace {

Result<Look, Failure> look(const Daemon& daemon) {
  auto reply = daemon.get("/api/mesh/peers");
  if (!reply) return fail(reply.error());
  return std::move(reply->at("peers"));
}

// Until the node ends or somebody interrupts.
Outcome watch(const Daemon& daemon, Output output) {
  const bool on_terminal = output == Output::people && ::isatty(STDOUT_FILENO) == 1;
  Look before = Look::array();
  for (;; std::this_thread::sleep_for(look_every)) {
    auto peers = look(daemon);
    if (!peers) return peers.error();
    if (on_terminal) {
      redraw(*peers);
    } else {
      show_changes(before, *peers, output);
    }
    before = std::move(*peers);
  }
}

void show_table(const Look& peers) {
  std::vector<std::vector<std::string>> rows{
      {"NAME", "STATE", "FOR", "ROUND TRIP", "MODEL", "QUEUE", "CALL", "BECAUSE"}};
  for (const auto& peer : peers) rows.push_back(row(peer));
  std::fputs(table(rows).c_str(), stdout);
}

void redraw(const Look& peers) {
  std::fputs("\033[H\033[2J", stdout);  // cursor home, clear (ECMA-48)
  show_table(peers);
  std::fflush(stdout);
}

void show_changes(const Look& before, const Look& after, Output output) {
  const auto time = rfc3339(wall_now());
  for (const auto& change : changes(before, after)) {
    if (output == Output::json) print_json(change);
    if (output == Output::people) std::puts(line_of(change, time).c_str());
  }
  std::fflush(stdout);
}

std::vector<std::string> row(const Look& peer) {
  const auto& load = peer.at("load");
  const bool here = peer.at("self");
  return {peer.at("name"),
          peer.at("state"),
          here ? "this device" : age(peer.at("since_s")),
          peer.at("round_trip_s").is_null() ? "" : span(peer.at("round_trip_s")),
          peer.at("model").is_null() ? "" : peer.at("model"),
          load.is_null() ? "" : span(load.at("waiting_s")),
          load.is_null() || load.at("call_s").is_null() ? "" : span(load.at("call_s")),
          peer.at("reason")};
}

}  // namespace

}  // namespace grapevine::node::cli
