#include "node/cli/show.hpp"
#include "node/home.hpp"
#include "node/wall_clock.hpp"

#include <cstdlib>

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

constexpr std::size_t label_bytes_max = 32;  // what a certificate and a root statement hold

std::string user_name() {
  const char* user = std::getenv("USER");
  return user != nullptr && *user != '\0' ? user : "owner";
}

}  // namespace

Outcome run(const Init& verb, const Shared& shared) {
  if (verb.mesh.empty() || verb.mesh.size() > label_bytes_max || verb.name.size() > label_bytes_max)
    return Failure{Exit::usage, "malformed", "names of meshes and devices have 1 to 32 letters"};
  const auto folder = home_folder(shared.data);
  const Founding founding{verb.mesh, verb.name, verb.owner.empty() ? user_name() : verb.owner};
  const auto identity = found_home(folder, founding, wall_now());
  if (!identity) return failure(identity.error());
  if (shared.output == Output::json)
    print_json({{"mesh", verb.mesh}, {"node", to_string(identity->node)}, {"data", folder.string()}});
  if (shared.output == Output::people)
    std::printf(
        "This device is the first of the mesh \"%s\". Its keys are in %s/keys:\n"
        "keep a copy of that folder somewhere safe, `root` cannot be replaced.\n"
        "Print %s/recovery: it ends this device when all else of it is lost.\n\n"
        "Next:\n  grapevine up        runs the node\n  grapevine invite    lets another device in\n",
        verb.mesh.c_str(), folder.c_str(), folder.c_str());
  return std::nullopt;
}

}  // namespace grapevine::node::cli
