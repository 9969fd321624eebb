// Pick or merge proposals without a model. Three questions, three ways. Where all answers are short (64
// characters or less, normalised) they vote: the heaviest group of equal ones wins. Else the one that will be
// liked best wins (taste.hpp). Quoted passages do neither, because over disjoint documents the right answer
// is the outlier: they are ranked by evidence and joined (evidence.hpp). Blank proposals and echoes of the
// question count for nothing.
//
// The first proposal, the own one, is the anchor: ties go to it, and as long as it or its rival has not been
// judged often enough, the rival must look better by a margin, the wider the less its voice weighs. Without
// any verdict nobody is then answered worse than by the own device alone (bench/alpaca).
#pragma once

#include "moa/provenance.hpp"
#include "moa/query.hpp"
#include "moa/taste.hpp"

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
  double weight = 1;      // how far to believe it, from 0 to 1 (Origin::weigh)
};

struct Choice {
  std::string text;
  std::vector<std::size_t> used;  // which proposals stand in the text
  Merge merge = Merge::chosen;
  std::string shortfall;  // empty, or what is missing, for people
};

/// The answer; "I do not know" when no proposal says anything.
Choice choose(std::string_view question, const std::vector<Spoken>& spoken, const Taste& taste = Taste());

}  // namespace grapevine::moa
