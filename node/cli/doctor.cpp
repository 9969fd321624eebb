#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

using Json = nlohmann::ordered_json;

void print_findings(const Json& findings) {
  std::vector<std::vector<std::string>> rows{{"CHECK", "VERDICT", "FINDING"}};
  for (const auto& finding : findings) {
    rows.push_back({finding.at("check"), finding.at("verdict"), finding.at("finding")});
    if (!finding.at("advice").is_null())
      rows.push_back({" ", "to do:", finding.at("advice").get<std::string>()});
  }
  std::fputs(table(rows).c_str(), stdout);
}

}  // namespace

Outcome run(const Doctor&, const Shared& shared) {
  const auto daemon = Daemon::find(shared);
  if (const auto* failed = std::get_if<Failure>(&daemon)) return *failed;
  const auto reply = std::get<Daemon>(daemon).get("/api/mesh/doctor");
  if (const auto* failed = std::get_if<Failure>(&reply)) return *failed;
  const auto found = Json::parse(std::get<std::string>(reply));
  if (shared.output == Output::json) print_json(found);
  if (shared.output == Output::people) print_findings(found.at("findings"));
  if (found.at("well")) return std::nullopt;
  return Failure{Exit::failed, "unwell", "something is wrong", "the findings say what to do"};
}

}  // namespace grapevine::node::cli
