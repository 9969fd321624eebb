// Ridge regression (Hoerl, Kennard 1970) that learns one observation at a time. All that has been seen is two
// sums, rows times rows and rows times targets, so memory depends on the number of weights alone, nothing is
// replayed, and the order of learning does not matter. Weights that nothing was learned about stay at what
// the caller believes of them beforehand.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace grapevine::moa {

class Ridge {
 public:
  /// What is believed of a weight before anything is seen, and as how many observations of unit size that
  /// counts (above 0).
  struct Belief {
    double weight = 0;
    double strength = 1;
  };

  std::size_t size() const { return targets_.size(); }
  /// One more weight.
  void extend();
  /// As if nothing had been seen of this weight.
  void forget(std::size_t weight);
  /// Requires: a value for each weight.
  void learn(const std::vector<double>& row, double target);
  /// The weights with the least sum of squared errors, those against the beliefs included; nothing when the
  /// sums are none that could have been learned. Requires: a belief for each weight.
  std::optional<std::vector<double>> solve(const std::vector<Belief>& beliefs) const;

  /// The sums as numbers, for the disk, and the regression they belong to; nothing when they fit to no size.
  const std::vector<double>& products() const { return products_; }
  const std::vector<double>& targets() const { return targets_; }
  static std::optional<Ridge> restored(std::vector<double> products, std::vector<double> targets);

 private:
  std::vector<double> products_;  // of rows with rows: the lower triangle, row by row
  std::vector<double> targets_;   // of rows with targets
};

}  // namespace grapevine::moa
