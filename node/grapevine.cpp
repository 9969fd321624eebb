// The command line: what was typed, the verb it names, the number it ends with. Verbs are in node/cli, one
// file each.
#include "crypto/identity.hpp"
#include "node/cli/show.hpp"

#include <cstdio>
#include <variant>

int main(int count, char** arguments) {
  using namespace grapevine::node;
  grapevine::start_crypto();
  const auto parsed = cli::parse(count, arguments);
  if (!parsed) {
    const auto& usage = parsed.error();
    std::fputs(usage.text.c_str(), usage.exit == cli::Exit::done ? stdout : stderr);
    return static_cast<int>(usage.exit);
  }
  const auto& shared = parsed->shared;
  const auto failed = std::visit([&](const auto& verb) { return cli::run(verb, shared); }, parsed->verb);
  return failed ? cli::print(*failed, shared.output) : 0;
}
