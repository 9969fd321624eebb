// Theorem 1 as a curve (Mitra, Kaswan, Ulukus 2024, arXiv 2412.21200): four devices, the paper's policy with
// nothing bounded, each of its seven plans. A query costs c = (k+1)M + 1 calls, so the limit is one query
// every alpha c seconds at each device. Below it the mean number of calls a device holds stays flat, above it
// it grows; with unequal devices the slowest decides (Remark 1). With prices in charge three times the limit
// is bounded too.
#include "bench/mixture/study.hpp"

#include <map>

using namespace grapevine;
using namespace grapevine::bench;

namespace {

// Calls a device and second. At 1.05 of the limit 0.05 / c queries a second are left unfinished at each
// device, and each holds one to k + 1 calls; below the limit only noise is left, which falls with the span.
constexpr double flat_at_most = 0.005;
constexpr double growing_at_least = 0.01;
constexpr double of_unequal = 0.25;  // only the slowest of four grows

constexpr moa::Shape shapes[] = {{0, 0}, {1, 1}, {1, 2}, {2, 1}, {2, 2}, {1, 3}, {2, 3}};
const std::vector<Duration> equal{1s, 1s, 1s, 1s};
const std::vector<Duration> unequal{1s, 1s, 2s, 4s};

struct Run {
  moa::Shape shape;
  double load;  // of the paper's limit
  std::vector<Duration> alphas;
  Policy policy = Policy::paper;
};

struct Line {
  double slope = 0;
  double mean = 0;
  std::size_t most = 0;
  double refused = 0;
};

Line measure(const Run& run, Duration span) {
  const Admission admission = run.policy == Policy::price ? Admission::on : Admission::off;
  TownPlan plan{.alphas = run.alphas, .config = config_of(run.policy, admission), .shape = run.shape};
  const Duration slowest = *std::max_element(run.alphas.begin(), run.alphas.end());
  plan.rates.assign(run.alphas.size(), run.load / (moa::calls_of(run.shape) * seconds(slowest)));
  Town town(std::move(plan));
  town.run(Time{} + span);
  const Window window{Time{} + span / 4, Time{} + span};
  Line line{.slope = slope(town, window, &Sample::calls_mean), .most = town.extremes().calls};
  for (const Sample& sample : town.samples())
    line.mean += sample.calls_mean / static_cast<double>(town.samples().size());
  const Account account = account_of(town, window);
  line.refused = account.share(account.refused);
  return line;
}

std::string words_of(moa::Shape shape) {
  return "m" + std::to_string(shape.layers) + "k" + std::to_string(shape.proposers);
}

}  // namespace

int main(int argc, char** argv) {
  Study study(argc, argv, "theorem", "Theorem 1 as a curve: flat below the limit, growing above it.");
  std::vector<Run> runs;
  for (const moa::Shape shape : shapes) {
    for (const double load : {0.8, 0.9, 0.95, 1.02, 1.05, 1.1}) runs.push_back({shape, load, equal});
  }
  for (const double load : {0.95, 1.05}) runs.push_back({one_of_two, load, unequal});
  runs.push_back({one_of_two, 3, equal, Policy::price});
  const auto lines = for_each_case(runs, [&](const Run& run) {
    // What grows is soon seen; what is flat must outlast its own swings.
    const bool grows_fast = run.load > 1 && run.alphas == equal;
    return measure(run, study.span(grows_fast ? 10'000s : 40'000s));
  });

  std::map<std::string, Curve> curves;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto& [shape, load, alphas, policy] = runs[i];
    const std::string figure = "slope_" + words_of(shape) + (alphas == equal ? "" : "_unequal") +
                               (policy == Policy::price ? "_ours" : "") + "_at_" + short_number(load);
    const double times = alphas == equal ? 1 : of_unequal;
    const std::string mean = short_number(lines[i].mean) + " calls a device";
    if (policy == Policy::price)
      study.at_most(figure, std::abs(lines[i].slope), "calls/s", flat_at_most,
                    "at most " + std::to_string(lines[i].most) + " calls, " +
                        short_number(100 * lines[i].refused) + " % refused");
    else if (load == 0.95)
      study.at_most(figure, std::abs(lines[i].slope), "calls/s", flat_at_most * times, mean);
    else if (load == 1.05)
      study.at_least(figure, lines[i].slope, "calls/s", growing_at_least * times, mean);
    if (policy == Policy::price || alphas != equal) continue;
    Curve& curve =
        curves.try_emplace(words_of(shape), Curve{.title = words_of(shape), .points = {}}).first->second;
    curve.points.emplace_back(load, lines[i].slope);
  }
  Picture picture{.title = "Theorem 1: growth of the queues",
                  .x = "load, of the limit alpha c lambda = 1",
                  .y = "calls a device and second",
                  .curves = {}};
  for (auto& [words, curve] : curves) picture.curves.push_back(std::move(curve));
  study.draw(picture);
  return study.finish();
}
