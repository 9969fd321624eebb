// What people think of answers, over HTTP: POST /api/mesh/verdicts with
//     {"id": "...", "score": 1}                       of the whole answer, where one proposal became it
//     {"id": "...", "scores": {"laptop": 1, "pi": 0}} of proposals, by the names or ids of their devices
// The id is the one in an answer's provenance; without it the latest answer of this node is meant.
#pragma once

#include "node/api_change.hpp"

#include <map>

namespace grapevine::node {

struct VerdictWish {
  std::optional<moa::QueryId> query;
  std::map<std::string, double> scores;
  std::optional<double> overall;
};
/// 400 names the field at fault.
Result<VerdictWish, ApiError> parse_verdict(std::string_view body);

/// Learns from it and answers with
/// {"id","devices":[{"node","name","points"}]}: how much better each device that answered was judged than
/// those beside it, in points of 100; 0 until it was judged often enough.
Result<Change, ApiError> judge_answer(std::string_view body);

}  // namespace grapevine::node
