// Theorem 1 as a curve (Mitra, Kaswan, Ulukus 2024, arXiv 2412.21200): four equal devices, plans of (M, k),
// exponential generation times of mean one second. A query costs c = (k+1)M + 1 calls, so the limit is one
// query every c seconds at each device. Without admission the mean number of calls held must stay flat at 0.9
// of the limit and grow at 1.1; with it, three times the limit must be bounded. In the simulator, with the
// Core that ships.
#include "bench/figures.hpp"
#include "moa/admission.hpp"
#include "node/sim/scenario.hpp"

#include <cstdio>
#include <string>

#include <unistd.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

constexpr Duration alpha = 1s;
constexpr Duration span = 4000s;
// Calls a device and second. Flat: the noise of 4 000 s at 0.9 of the limit stays below this. Growing: at 1.1
// of the limit 0.1 / c queries a second are left unfinished at each device, and each of them holds one to
// k + 1 calls, since later layers are asked for only when earlier ones are done. So (0, 0) grows by 0.1, (1,
// 1) and (1, 2) by some 0.07, (2, 2) by 0.014 to 0.043.
constexpr double flat_at_most = 0.01;
constexpr double growing_at_least = 0.02;

struct Line {
  double slope = 0;  // calls a second, least squares over the second half of the load
  double mean = 0;
  std::size_t most = 0;
  double refused = 0;  // share of what was asked
};

Line line_of(const sim::Report& report, Time from, Time until) {
  Line line;
  double n = 0, t = 0, q = 0, tt = 0, tq = 0;
  for (const auto& sample : report.samples) {
    if (sample.at < from || sample.at > until) continue;
    const double at = seconds(sample.at - from);
    n += 1, t += at, q += sample.queued_mean, tt += at * at, tq += at * sample.queued_mean;
    line.most = std::max(line.most, sample.queued_max);
  }
  line.mean = q / n;
  line.slope = (n * tq - t * q) / (n * tt - t * t);
  line.refused =
      report.asked == 0 ? 0 : static_cast<double>(report.refused) / static_cast<double>(report.asked);
  return line;
}

enum class Admission { off, on };

Line measure(moa::Shape shape, double load, Admission admission) {
  if (isatty(STDERR_FILENO) != 0)
    std::fprintf(stderr, "\r(%u, %u) at %.1f of the limit ...   ", shape.layers, shape.proposers, load);
  sim::Scenario scenario{.nodes = 4,
                         .seed = 7,
                         .span = span,
                         .rest = Duration{},
                         .rate = load / (moa::calls_of(shape) * seconds(alpha)),
                         .shape = shape,
                         .paces = {{alpha}}};
  scenario.moa.policy = moa::Policy::paper;
  scenario.moa.layers_max = 3;
  if (admission == Admission::off) {
    scenario.moa = sim::without_admission(scenario.moa);
    scenario.deadline = scenario.moa.deadline;
  }
  const auto report = sim::run(scenario);
  if (!report.broken.empty()) throw std::runtime_error(report.broken.front());
  const Time begin = Time{} + scenario.settle;
  return line_of(report, begin + span / 2, begin + span);
}

}  // namespace

int main(int argc, char** argv) {
  bench::Figures figures;
  for (const moa::Shape shape : {moa::Shape{0, 0}, {1, 1}, {1, 2}, {2, 2}}) {
    const std::string name =
        "theorem.m" + std::to_string(shape.layers) + "k" + std::to_string(shape.proposers);
    const Line below = measure(shape, 0.9, Admission::off);
    const Line above = measure(shape, 1.1, Admission::off);
    const Line bounded = measure(shape, 3.0, Admission::on);
    figures.add({name + ".slope_at_0.9", below.slope, "calls/s", "|x| <= 0.01",
                 std::abs(below.slope) <= flat_at_most,
                 "mean " + std::to_string(below.mean).substr(0, 5) + " calls a device"});
    figures.add({name + ".slope_at_1.1", above.slope, "calls/s", ">= 0.02 (grows)",
                 above.slope >= growing_at_least,
                 "mean " + std::to_string(above.mean).substr(0, 5) + " calls, no admission"});
    figures.add({name + ".slope_at_3_admitted", bounded.slope, "calls/s", "|x| <= 0.01",
                 std::abs(bounded.slope) <= flat_at_most,
                 "at most " + std::to_string(bounded.most) + " calls, " +
                     std::to_string(100 * bounded.refused).substr(0, 4) + " % refused"});
  }
  if (isatty(STDERR_FILENO) != 0) std::fprintf(stderr, "\r%50s\r", "");
  figures.print(argc, argv);
  return figures.exit_code();
}
