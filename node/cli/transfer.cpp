#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string text(const Json& json, const char* field) {
  return json.at(field).get<std::string>();
}

}  // namespace

Outcome run(const TransferName& verb, const Shared& shared) {
  const auto reply =
      change(shared, "/api/mesh/transfers", nlohmann::json{{"name", verb.name}, {"to", verb.to}}.dump());
  if (const auto* failed = std::get_if<Failure>(&reply)) return *failed;
  const auto offer = Json::parse(std::get<std::string>(reply));
  if (shared.output == Output::json) print_json(offer);
  if (shared.output == Output::people)
    std::printf(
        "%s is offered to %s (%s)\n"
        "it takes effect at %s, if `grapevine name accept %s` is said there before %s\n"
        "to stop it, say `grapevine name renew %s` here before it takes effect\n",
        text(offer, "name").c_str(), text(offer, "to_name").c_str(), text(offer, "to").c_str(),
        text(offer, "takes_effect").c_str(), text(offer, "name").c_str(), text(offer, "accept_by").c_str(),
        text(offer, "name").c_str());
  return std::nullopt;
}

Outcome run(const AcceptName& verb, const Shared& shared) {
  const auto reply = change(shared, "/api/mesh/transfers/accept", nlohmann::json{{"name", verb.name}}.dump());
  if (const auto* failed = std::get_if<Failure>(&reply)) return *failed;
  const auto offer = Json::parse(std::get<std::string>(reply));
  if (shared.output == Output::json) print_json(offer);
  if (shared.output == Output::people)
    std::printf("%s is this device from %s on, unless %s takes it back before\n", text(offer, "name").c_str(),
                text(offer, "takes_effect").c_str(), text(offer, "from_name").c_str());
  return std::nullopt;
}

}  // namespace grapevine::node::cli
