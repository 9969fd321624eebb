#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"
#include "node/recovery.hpp"

#include <cstdio>
#include <iostream>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace grapevine::node::cli {

namespace {

/// Says in one line what came of a change, with the device's name in it.
Outcome tell(const Result<Json, Failure>& changed, const Shared& shared, const std::string& before,
             const std::string& after) {
  return show(changed, shared.output, [&](const Json& about) {
    std::printf("%s%s%s\n", before.c_str(), printable(about.at("name").get<std::string>()).c_str(),
                after.c_str());
  });
}

/// What cannot be taken back is typed out by a person, or meant by --yes.
Outcome confirm(const std::string& question, const std::string& word) {
  if (::isatty(STDIN_FILENO) == 0)
    return Failure{Exit::usage, "not_confirmed", "this cannot be taken back",
                   "add --yes where nobody can be asked"};
  std::fprintf(stderr, "%s\nType %s to go on: ", question.c_str(), word.c_str());
  std::string typed;
  std::getline(std::cin, typed);
  if (typed == word) return std::nullopt;
  return Failure{Exit::failed, "not_confirmed", "nothing was changed"};
}

}  // namespace

Outcome run(const RotateKey&, const Shared& shared) {
  return tell(change(shared, "/api/mesh/rotations", Json::object()), shared, "",
              " signs with a new key now; the old one is refused.");
}

Outcome run(const SuspendKey& verb, const Shared& shared) {
  return tell(change(shared, "/api/mesh/suspensions", {{"cause", verb.cause}}), shared, "The key of ",
              " counts no more; `grapevine trust rotate` gives it another.");
}

Outcome run(const RetireNode& verb, const Shared& shared) {
  const auto recovery = load_recovery(verb.recovery);
  if (!recovery) return failure(recovery.error());
  const std::string id = to_string(recovery->node);
  if (!verb.yes) {
    if (const auto refused = confirm("This ends the device " + id + " for ever.", id)) return refused;
  }
  return tell(change(shared, "/api/mesh/retirements", {{"record", to_base32(recovery->record)}}), shared, "",
              " is retired; its names are free.");
}

Outcome run(const RevokeNode& verb, const Shared& shared) {
  const auto shown = get(shared, "/api/mesh/revocations/" + encoded(verb.subject));
  if (!shown) return shown.error();

  const std::string name = shown->at("name");
  const bool drags_others = !shown->at("falls").empty();
  if (drags_others && shared.output == Output::people) {
    std::vector<std::vector<std::string>> rows{{"FALLS WITH IT", "ADMISSION (for --keep)"}};
    for (const auto& one : shown->at("falls")) rows.push_back({one.at("name"), one.at("admission")});
    std::fputs(table(rows).c_str(), stderr);
  }
  if (!verb.yes) {
    if (const auto refused = confirm("This expels " + name + " from the mesh.", name)) return refused;
  }
  return tell(change(shared, "/api/mesh/revocations",
                     {{"node", shown->at("node")}, {"reason", verb.reason}, {"keep", verb.keep}}),
              shared, "", " is expelled; every device learns it on first contact.");
}

}  // namespace grapevine::node::cli
