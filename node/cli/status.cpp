#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

void print_status(const Json& status) {
  const auto& peers = status.at("peers");
  const auto& queue = status.at("queue");
  std::printf("%s (%s) in the mesh %s, grapevine %s\n", status.at("name").get<std::string>().c_str(),
              status.at("role").get<std::string>().c_str(),
              status.at("mesh").at("name").get<std::string>().c_str(),
              status.at("version").get<std::string>().c_str());
  if (status.at("ready")) {
    std::puts("ready");
  } else {
    std::printf("not ready: %s\n", status.at("reason").get<std::string>().c_str());
  }
  std::fputs(table({{"devices", peers.at("alive").dump() + " alive, " + peers.at("suspect").dump() +
                                    " suspect, " + peers.at("dead").dump() + " dead"},
                    {"model", status.at("model").is_null() ? "" : status.at("model")},
                    {"questions", queue.at("queries").dump() + " being answered"},
                    {"calls", queue.at("running").dump() + " running, " + queue.at("waiting").dump() +
                                  " waiting, at most " + queue.at("bound").dump()},
                    {"records", status.at("records").dump()},
                    {"certificate", "until " + status.at("certificate_ends").get<std::string>()}})
                 .c_str(),
             stdout);
}

}  // namespace

Outcome run(const Status&, const Shared& shared) {
  return show(get(shared, "/api/mesh/status"), shared.output, print_status);
}

}  // namespace grapevine::node::cli
