// Runs the official `openai` npm client, unmodified, against a real daemon. Ends with 77, which ctest counts
// as skipped, where there is no node, no npm, or no way to get the client; the line it prints says which.
#include "tests/live/fleet.hpp"
#include "tests/live/recordings.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

constexpr int skipped = 77;

bool succeeds(const std::string& command) {
  return std::system(command.c_str()) == 0;
}

int skip(const char* why) {
  std::printf("skipped: %s\n", why);
  return skipped;
}

}  // namespace

int main() {
  using namespace grapevine::live;
  if (!succeeds("node --version >/dev/null 2>&1")) return skip("there is no node");
  const std::filesystem::path folder = OPENAI_CLIENT_INSTALLED;
  if (!std::filesystem::exists(folder / "node_modules/openai/package.json")) {
    if (!succeeds("npm --version >/dev/null 2>&1")) return skip("there is no npm");
    if (!succeeds("cd '" + folder.string() + "' && timeout 60 npm ci --no-audit --no-fund >npm.log 2>&1"))
      return skip("npm cannot install the openai client here");
  }
  const std::string words = "The bins go out on Tuesday.";
  const Recordings recordings;
  Fleet fleet(2, [&](std::size_t i) {
    return recordings.model("parrot-" + std::to_string(i), {.words = words, .tokens_per_second = 50});
  });
  fleet.start_all();
  const auto url = "http://127.0.0.1:" + std::to_string(fleet.api_port(0)) + "/v1";
  return succeeds("cd '" + folder.string() + "' && timeout 30 node ask.mjs " + url + " '" + words + "'") ? 0
                                                                                                         : 1;
}
