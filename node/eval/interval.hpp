// How sure a mean is. Answers to the same question are alike in how hard it was, so two ways of answering are
// compared question by question: the differences are resampled (the paired percentile bootstrap, Efron 1979),
// and the gain is believed when the interval that holds 95 % of the resampled means lies above zero.
#pragma once

#include <vector>

namespace grapevine::node::eval {

struct Interval {
  double mean = 0;
  double low = 0;  // 2.5 % of the resampled means lie below
  double high = 0;
};

/// The mean of at least one value with its interval; the same values give the same interval.
Interval bootstrap(const std::vector<double>& values);

double mean(const std::vector<double>& values);
/// Of the mean; 0 for fewer than two values.
double standard_error(const std::vector<double>& values);

/// a - b, question by question.
std::vector<double> differences(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace grapevine::node::eval
