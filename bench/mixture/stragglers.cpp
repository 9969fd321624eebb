// What do slow calls cost? Two calls in a hundred take ten times as long, at a load the paper's policy can
// bear: a share of its own limit, lambda c < 1 / alpha_max. It waits for every straggler and for the slowest
// device. Ours asks more devices than it needs and takes those that start first, does not wait for the last
// proposal where it adds little, and asks again when a call is overdue.
#include "bench/mixture/study.hpp"

using namespace grapevine;
using namespace grapevine::bench;

namespace {

constexpr Work straggling{.slow_share = 0.02, .slow_times = 10};
constexpr std::size_t devices = 16;

struct Run {
  double load;  // of the paper's limit
  Policy policy;
};

Account measure(const Run& run, Duration span) {
  TownPlan plan = town_at(0, devices, run.policy, Admission::off);
  const double mean_times = 1 + straggling.slow_share * (straggling.slow_times - 1);
  const double slowest = seconds(*std::max_element(plan.alphas.begin(), plan.alphas.end())) * mean_times;
  plan.rates.assign(devices, run.load / (slowest * moa::calls_of(one_of_two)));
  plan.work = straggling;
  Town town(std::move(plan));
  return account_of(town, live_through(town, span));
}

}  // namespace

int main(int argc, char** argv) {
  Study study(argc, argv, "stragglers", "Two calls in a hundred take ten times as long.");
  std::vector<Run> runs;
  for (const double load : {0.5, 0.7}) {
    for (const Policy policy : policies) runs.push_back({load, policy});
  }
  const auto accounts =
      for_each_case(runs, [&](const Run& run) { return measure(run, study.span(20'000s)); });
  for (std::size_t i = 0; i < runs.size(); i += std::size(policies)) {
    const std::string where = "_load" + short_number(runs[i].load);
    const auto p99 = [&](std::size_t policy) { return accounts[i + policy].percentile(0.99); };
    study.at_most("p99" + where, p99(0), "s", runs[i].load < 0.6 ? 9 : 10, beside(p99(1), p99(2)));
    study.at_least("p99_paper_to_ours" + where, p99(1) / p99(0), "times", 4);
  }
  Picture picture{.title = "Two calls in a hundred take ten times as long, 0.7 of the limit of the paper",
                  .x = "per cent of the answers",
                  .y = "seconds at most",
                  .curves = {},
                  .y_scale = Picture::Scale::logarithmic};
  for (std::size_t i = std::size(policies); i < runs.size(); ++i)
    picture.curves.push_back(latencies_by_share(name(runs[i].policy), accounts[i]));
  study.draw(picture);
  return study.finish();
}
