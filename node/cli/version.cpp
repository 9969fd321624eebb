#include "node/cli/show.hpp"

#include <cstdio>

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

Outcome run(const Version&, const Shared& shared) {
  if (shared.output == Output::json) {
    print_json({{"version", GRAPEVINE_VERSION}});
  } else {
    std::puts("grapevine " GRAPEVINE_VERSION);
  }
  return std::nullopt;
}

}  // namespace grapevine::node::cli
