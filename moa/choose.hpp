// Pick or merge proposals without a model. Three questions, three ways. Short answers (64 characters or less,
// normalised) vote: the largest group of equal ones wins. Long answers are compared: the one nearest to the
// others (mean cosine of TF-IDF words) is least likely to be the mistaken one, which is minimum Bayes risk
// with a bag of words. Quoted passages never vote, because over disjoint documents the right answer is the
// outlier: they are ranked by evidence and joined (evidence.hpp). Blank proposals and echoes of the question
// count for nothing. Ties go to the first, and the own proposal is first.
#pragma once

#include "moa/provenance.hpp"
#include "moa/query.hpp"

#include <optional>
#include <string>
#include <vector>

namespace grapevine::moa {

/// A proposal as the origin keeps it.
struct Spoken {
  NodeId node;
  std::string device;  // its label, for people
  std::string text;
  std::optional<Evidence> evidence = std::nullopt;
  Finish finish = Finish::stop;
  std::size_t voice = 0;  // its place in Provenance::voices
};

struct Choice {
  std::string text;
  std::vector<std::size_t> used;  // which proposals stand in the text
  Merge merge = Merge::chosen;
  std::string shortfall;  // empty, or what is missing, for people
};

/// The answer; "I do not know" when no proposal says anything.
Choice choose(std::string_view question, const std::vector<Spoken>& spoken);

}  // namespace grapevine::moa
