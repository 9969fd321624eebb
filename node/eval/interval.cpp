#include "node/eval/interval.hpp"

#include "crypto/random.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace grapevine::node::eval {

Interval bootstrap(const std::vector<double>& values) {
  constexpr std::size_t rounds = 4000;  // the ends then move by less than a tenth of the standard error
  Random random(1);
  std::vector<double> means(rounds);
  for (double& resampled : means) {
    for (std::size_t i = 0; i < values.size(); ++i) resampled += values[random.below(values.size())];
    resampled /= static_cast<double>(values.size());
  }
  std::sort(means.begin(), means.end());
  return {mean(values), means[rounds / 40], means[rounds - 1 - rounds / 40]};
}

double mean(const std::vector<double>& values) {
  ensure(!values.empty(), "a mean is of at least one value");
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double standard_error(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double middle = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - middle) * (value - middle);
  const auto n = static_cast<double>(values.size());
  return std::sqrt(squares / (n - 1) / n);
}

std::vector<double> differences(const std::vector<double>& a, const std::vector<double>& b) {
  ensure(a.size() == b.size(), "pairs are of the same questions");
  std::vector<double> out(a.size());
  std::transform(a.begin(), a.end(), b.begin(), out.begin(), std::minus<>());
  return out;
}

}  // namespace grapevine::node::eval
