// What can be seen of an answer without understanding it: how far it agrees with the others, how long it is,
// how it is laid out. Measured against the other answers to the same question, these few tell more of how a
// judge will like it than any of fifty others that were tried (question words, hedges, numbers, refusals,
// repetition, tables ...), none of which added to the cross-validated figure on AlpacaEval (bench/alpaca).
#pragma once

#include <array>
#include <string_view>
#include <vector>

namespace grapevine::moa {

/// In this order: agreement, length, lines, bold marks; each minus its usual value, in units of how far the
/// answers to one question lie apart.
using Traits = std::array<double, 4>;
inline double agreement_of(const Traits& traits) {
  return traits[0];
}

/// An answer, and how much its voice weighs when it agrees with another (0 and above).
struct Heard {
  std::string_view text;
  double weight = 1;
};

/// The traits of each answer. Agreement is the weighted mean cosine to the others over words, weighted by how
/// often the answer has a word and how few of the answers do (TF-IDF); of a single answer it is usual.
std::vector<Traits> traits_of(const std::vector<Heard>& answers);

}  // namespace grapevine::moa
