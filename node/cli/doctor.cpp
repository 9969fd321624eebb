#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

void print_findings(const Json& found) {
  std::vector<std::vector<std::string>> rows{{"CHECK", "VERDICT", "FINDING"}};
  for (const auto& finding : found.at("findings")) {
    rows.push_back({finding.at("check"), finding.at("verdict"), finding.at("finding")});
    if (!finding.at("advice").is_null())
      rows.push_back({" ", "to do:", finding.at("advice").get<std::string>()});
  }
  std::fputs(table(rows).c_str(), stdout);
}

}  // namespace

Outcome run(const Doctor&, const Shared& shared) {
  const auto found = get(shared, "/api/mesh/doctor");
  if (const auto failed = show(found, shared.output, print_findings)) return failed;
  if (found->at("well")) return std::nullopt;
  return Failure{Exit::failed, "unwell", "something is wrong", "the findings say what to do"};
}

}  // namespace grapevine::node::cli
