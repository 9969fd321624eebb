#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

std::string text(const Json& json, const char* field) {
  return printable(json.at(field).get<std::string>());
}

}  // namespace

Outcome run(const TransferName& verb, const Shared& shared) {
  const auto offered = change(shared, "/api/mesh/transfers", {{"name", verb.name}, {"to", verb.to}});
  return show(offered, shared.output, [](const Json& offer) {
    std::printf(
        "%s is offered to %s (%s)\n"
        "it takes effect at %s, if `grapevine name accept %s` is said there before %s\n"
        "to stop it, say `grapevine name renew %s` here before it takes effect\n",
        text(offer, "name").c_str(), text(offer, "to_name").c_str(), text(offer, "to").c_str(),
        text(offer, "takes_effect").c_str(), text(offer, "name").c_str(), text(offer, "accept_by").c_str(),
        text(offer, "name").c_str());
  });
}

Outcome run(const AcceptName& verb, const Shared& shared) {
  const auto accepted = change(shared, "/api/mesh/transfers/accept", {{"name", verb.name}});
  return show(accepted, shared.output, [](const Json& offer) {
    std::printf("%s is this device from %s on, unless it is taken back before\n", text(offer, "name").c_str(),
                text(offer, "takes_effect").c_str());
  });
}

}  // namespace grapevine::node::cli
