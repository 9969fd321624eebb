#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"

#include <charconv>

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

std::optional<double> score_of(std::string_view text) {
  if (text == "good") return 1;
  if (text == "bad") return 0;
  double score = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), score);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  return is_whole && score >= 0 && score <= 1 ? std::optional(score) : std::nullopt;
}

Result<Json, Failure> request_of(const Judge& verb) {
  Json request = Json::object();
  if (!verb.id.empty()) request["id"] = verb.id;
  for (const auto& opinion : verb.opinions) {
    const auto equals = opinion.rfind('=');
    const bool is_whole = equals == std::string::npos;
    const auto score = score_of(is_whole ? opinion : std::string_view(opinion).substr(equals + 1));
    if (!score || (is_whole && verb.opinions.size() > 1))
      return fail(Failure{Exit::usage, "usage", "\"" + opinion + "\" is no verdict",
                          "say good, bad or a number from 0 to 1, or DEVICE=VERDICT for several devices"});
    (is_whole ? request["score"] : request["scores"][opinion.substr(0, equals)]) = *score;
  }
  return request;
}

void print_points(const Json& learned) {
  std::vector<std::vector<std::string>> rows{{"DEVICE", "POINTS ABOVE THE OTHERS"}};
  for (const auto& device : learned.at("devices")) {
    char points[32];
    std::snprintf(points, sizeof points, "%+.1f", device.at("points").get<double>());
    rows.push_back({device.at("name"), points});
  }
  std::fputs(table(rows).c_str(), stdout);
}

}  // namespace

Outcome run(const Judge& verb, const Shared& shared) {
  const auto request = request_of(verb);
  if (!request) return request.error();
  return show(change(shared, "/api/mesh/verdicts", *request), shared.output, print_points);
}

}  // namespace grapevine::node::cli
