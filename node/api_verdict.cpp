#include "node/api_verdict.hpp"

#include "node/json.hpp"

#include <set>

#include <nlohmann/json.hpp>

namespace grapevine::node {

namespace {

using Json = nlohmann::ordered_json;

std::set<NodeId> proposers(const moa::Provenance& provenance) {
  std::set<NodeId> nodes;
  for (const auto& voice : provenance.voices)
    if (voice.stage != moa::Stage::aggregate && voice.outcome == moa::Outcome::answered)
      nodes.insert(voice.node);
  return nodes;
}

Result<moa::Scores, ApiError> scores_of(const Core& core, Now now, const VerdictWish& wish);
std::string judged_json(const Core& core, Now now, const std::optional<moa::QueryId>& query);

}  // namespace

Result<Change, ApiError> judge_answer(std::string_view body) {
  const auto wish = parse_verdict(body);
  if (!wish) return fail(wish.error());
  return [wish = *wish](Core& core, Now now, Effects& out) -> Result<std::string, ApiError> {
    auto scores = scores_of(core, now, wish);
    if (!scores) return fail(scores.error());
    auto effects = core.judge(wish.query, *std::move(scores), wish.overall, now);
    if (!effects) return fail(api_error(effects.error()));
    append(out, std::move(*effects));
    return judged_json(core, now, wish.query);
  };
}

Result<VerdictWish, ApiError> parse_verdict(std::string_view body) {
  const auto json = parse_json(body);
  if (!json || !json->is_object()) return fail(bad_request("score", "send {\"id\": \"...\", \"score\": 1}"));
  VerdictWish wish;
  if (json->contains("id")) {
    const auto text = text_at(*json, "/id");
    const auto bytes = text ? from_base32(*text) : fail(Code::malformed, "");
    const auto id = bytes ? Fixed<16>::of(*bytes) : fail(Code::malformed, "");
    if (!id) return fail(bad_request("id", "is not the id of an answer"));
    wish.query = moa::QueryId{*id};
  }
  const auto score = json->find("score");
  const auto scores = json->find("scores");
  if (score != json->end() && score->is_number()) wish.overall = score->get<double>();
  if (scores != json->end() && scores->is_object()) {
    for (const auto& [device, value] : scores->items()) {
      if (!value.is_number()) return fail(bad_request("scores", "a score is a number from 0 to 1"));
      wish.scores[device] = value.get<double>();
    }
  }
  if (!wish.overall && wish.scores.empty())
    return fail(bad_request("score", "is missing: a number from 0 to 1, or \"scores\" by device"));
  return wish;
}

namespace {

/// Names made to nodes, among those that answered; an unknown one is an error.
Result<moa::Scores, ApiError> scores_of(const Core& core, Now now, const VerdictWish& wish) {
  const auto* provenance = core.engine().answers().find(wish.query);
  if (provenance == nullptr)
    return fail(not_found("unknown_answer", "no answer with this id is remembered here"));
  const auto nodes = proposers(*provenance);
  moa::Scores scores;
  for (const auto& [device, score] : wish.scores) {
    const auto found = std::find_if(nodes.begin(), nodes.end(), [&, &device = device](const NodeId& node) {
      return to_string(node) == device || core.registry().display_name(node, now.wall) == device;
    });
    if (found == nodes.end()) return fail(bad_request("scores", "\"" + device + "\" proposed nothing there"));
    scores[*found] = score;
  }
  return scores;
}

std::string judged_json(const Core& core, Now now, const std::optional<moa::QueryId>& query) {
  const auto& answers = core.engine().answers();
  const auto& provenance = *answers.find(query);
  Json devices = Json::array();
  for (const NodeId& node : proposers(provenance))
    devices.push_back({{"node", to_string(node)},
                       {"name", core.registry().display_name(node, now.wall)},
                       {"points", answers.taste().quality(node)}});
  return text_of({{"id", to_base32(provenance.query.value.view())}, {"devices", std::move(devices)}});
}

}  // namespace

}  // namespace grapevine::node
