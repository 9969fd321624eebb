#include "node/cli/show.hpp"
#include "node/home.hpp"
#include "node/join_client.hpp"
#include "node/wall_clock.hpp"

#include <cstdio>

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

constexpr std::size_t label_bytes_max = 32;  // what a certificate holds

}  // namespace

// The keys are on disk before the inviter hears of them, so a cut-off join is mended by typing it again.
Outcome run(const Join& verb, const Shared& shared) {
  if (verb.name.size() > label_bytes_max)
    return Failure{Exit::usage, "malformed", "the name of a device has at most 32 letters"};
  const auto invite = parse_invite(verb.invite);
  if (!invite) return failure(invite.error());
  const auto folder = home_folder(shared.data);
  auto joining = Joining::begin(folder, *invite, verb.name, wall_now());
  if (!joining) return failure(joining.error());
  const auto granted = knock(*invite, joining->request(), joining->transport(), shared.timeout);
  if (!granted) return failure(granted.error());
  const auto identity = std::move(*joining).complete(*granted, wall_now());
  if (!identity) return failure(identity.error());

  const std::string mesh = identity->mesh.root.mesh_name;
  if (shared.output == Output::json)
    print_json({{"mesh", mesh}, {"node", to_string(identity->node)}, {"data", folder.string()}});
  if (shared.output == Output::people)
    std::printf(
        "This device belongs to the mesh \"%s\" now.\n"
        "Print %s/recovery: it ends this device when all else of it is lost.\n\n"
        "Next:\n  grapevine up\n",
        mesh.c_str(), folder.c_str());
  return std::nullopt;
}

}  // namespace grapevine::node::cli
