// The paper's Tables I and II beside ours, as what they are: transients. Ten prompts arrive one a second in
// total at four devices whose calls take some 45 s; all have arrived after ten seconds, and the rest is a
// backlog that drains, 11 to 102 times beyond the paper's own limit. One constant, alpha = 45.4 s,
// reproduces every latency of Table I. Queues are calls held by a device, over the time until the last
// answer.
#include "bench/mixture/study.hpp"

#include <cmath>

using namespace grapevine;
using namespace grapevine::bench;

namespace {

constexpr Duration alpha = 45'400ms;
constexpr std::size_t devices = 4;
constexpr std::size_t prompts = 10;
constexpr std::size_t trials = 1000;

struct Row {
  moa::Shape shape;
  double latency;      // Table I, equal models: seconds
  double queue;        // and calls
  double latency_two;  // Table II, different models
};
constexpr Row rows[] = {
    {{0, 0}, 94.01, 0.60, 409.58},    {{1, 1}, 329.92, 2.04, 806.88},  {{1, 2}, 484.81, 3.28, 1112.33},
    {{2, 1}, 603.43, 2.32, 1357.74},  {{2, 2}, 790.01, 4.80, 1971.50}, {{1, 3}, 578.88, 3.74, 1292.73},
    {{2, 3}, 1074.28, 5.78, 2274.59},
};

struct Fit {
  double latency = 0;
  double queue = 0;
};

Fit measure(const Row& row) {
  Fit fit;
  for (std::size_t trial = 0; trial < trials; ++trial) {
    TownPlan plan{.alphas = std::vector<Duration>(devices, alpha),
                  .config = config_of(Policy::paper, Admission::off),
                  .shape = row.shape,
                  .rates = std::vector<double>(devices, 1.0 / devices),
                  .queries_max = prompts,
                  .seed = trial};
    Town town(std::move(plan));
    town.run(Time{} + 10h,
             [](const Town& there) { return there.fates().size() == prompts && there.pending() == 0; });
    double latency = 0;
    for (const Fate& fate : town.fates()) latency += seconds(fate.latency()) / prompts;
    double queue = 0;
    for (const Sample& sample : town.samples()) queue += sample.calls_mean;
    fit.latency += latency / trials;
    fit.queue += queue / static_cast<double>(town.samples().size()) / trials;
  }
  return fit;
}

}  // namespace

int main(int argc, char** argv) {
  Study study(argc, argv, "tables", "Tables I and II of the paper, and ten prompts in our simulator.");
  const std::vector<Row> all(std::begin(rows), std::end(rows));
  const auto fits = for_each_case(all, measure);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Row& row = all[i];
    const std::string where =
        ".m" + std::to_string(row.shape.layers) + "k" + std::to_string(row.shape.proposers);
    study.at_most("off" + where, std::abs(fits[i].latency / row.latency - 1), "of Table I", 0.08,
                  short_number(fits[i].latency) + " s; Table I " + short_number(row.latency) + ", II " +
                      short_number(row.latency_two));
    study.show("queue" + where, fits[i].queue, "calls", "Table I " + short_number(row.queue));
  }
  Picture picture{
      .title = "Ten prompts at four devices",
      .x = "calls a query",
      .y = "seconds to the answer",
      .curves = {{.title = "Table I", .points = {}}, {.title = "ours, alpha = 45.4 s", .points = {}}}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    picture.curves[0].points.emplace_back(moa::calls_of(all[i].shape), all[i].latency);
    picture.curves[1].points.emplace_back(moa::calls_of(all[i].shape), fits[i].latency);
  }
  for (Curve& curve : picture.curves) std::sort(curve.points.begin(), curve.points.end());
  study.draw(picture);
  return study.finish();
}
