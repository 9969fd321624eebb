#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

Outcome run(const NewInvite& verb, const Shared& shared) {
  Json wish{{"role", verb.role}, {"for", verb.valid_for}};
  if (!verb.owner.empty()) wish["owner"] = verb.owner;
  const auto invite = change(shared, "/api/mesh/invites", wish);
  if (!invite) return invite.error();
  if (shared.output == Output::json) return print_json(*invite), std::nullopt;
  std::printf("grapevine join %s\n", invite->at("invite").get<std::string>().c_str());
  if (shared.output == Output::people)
    std::fprintf(stderr,
                 "Type this on the new device. It works once, until %s, and is a secret until then.\n",
                 invite->at("not_after").get<std::string>().c_str());
  return std::nullopt;
}

}  // namespace grapevine::node::cli
