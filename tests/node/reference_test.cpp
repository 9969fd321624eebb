// docs/reference.md says what the program does: every key there is, with its default.
#include "crypto/match.hpp"
#include "node/config_keys.hpp"

#include <fstream>
#include <map>
#include <regex>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

/// Key to default, from the table's rows: | `api.listen` | `127.0.0.1:4780` | where ... |
std::map<std::string, std::string> documented() {
  const std::regex row("^\\| `([a-z]+\\.[a-z_]+)` \\| (?:`([^`]*)`|none) \\|.*");
  std::map<std::string, std::string> found;
  std::ifstream page(GRAPEVINE_SOURCE "/docs/reference.md");
  std::smatch parts;
  for (std::string line; std::getline(page, line);)
    if (std::regex_match(line, parts, row)) found.emplace(parts[1], parts[2]);
  return found;
}

/// What stands in a place, as one would write it; empty for nothing.
std::string written(const Place& place) {
  const auto first_of = [](const std::vector<std::string>* texts) {
    return texts->empty() ? std::string() : texts->front() + ",...";
  };
  return match(
      place, [](const std::string* text) { return *text; }, first_of,
      [](const bool* truth) { return std::string(*truth ? "true" : "false"); },
      [](const Endpoint* endpoint) { return to_string(*endpoint); },
      [](const NumberPlace& number) { return std::to_string(*number.number); },
      [](const TimePlace& time) { return std::to_string(*time.time / 1s) + "s"; },
      [](const SizePlace& size) { return std::to_string(*size.bytes / (1024 * 1024)) + "MiB"; },
      [](const WordPlace& word) { return *word.word; },
      [&](const CapabilitiesPlace& capabilities) { return first_of(capabilities.words); },
      [](const SecretFilePlace& secret) { return *secret.file; },
      [](const moa::Scope* scope) { return std::string(*scope == moa::Scope::group ? "group" : "another"); },
      [](const Loudness* level) { return std::string(*level == Loudness::info ? "info" : "another"); },
      [](const LogForm* form) { return std::string(*form == LogForm::text ? "text" : "another"); });
}

}  // namespace

TEST_CASE("the reference lists every key with its default, and no other") {
  auto rows = documented();
  Draft draft;
  for (const auto& key : keys(draft)) {
    const std::string name(key.name);
    CAPTURE(name);
    const auto row = rows.extract(name);
    REQUIRE(row);
    CHECK(row.mapped() == written(key.place));
  }
  for (const auto& [name, value] : rows) CHECK_MESSAGE(false, name << " is no key");
}
