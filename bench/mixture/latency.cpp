// How long does an answer take while nobody need be refused? Plans of (1, 2) at 50, 80 and 95 % of the bound;
// prices 1 to 2 and 5 to 10 seconds old. The unit is the mean call of the fastest device, so four calls one
// after the other would take 4 there; a query cannot be faster than its slowest proposer and the merging.
#include "bench/mixture/study.hpp"

using namespace grapevine;
using namespace grapevine::bench;

namespace {

struct Case {
  std::size_t devices;
  double load;
  Duration age;
  double mean_at_most;
  double p99_at_most;
};

constexpr Case cases[] = {
    {16, 0.8, 1s, 8, 21},    {100, 0.5, 1s, 4.5, 12}, {100, 0.8, 1s, 8, 20},
    {100, 0.95, 1s, 16, 36}, {100, 0.8, 5s, 11, 25},
};

struct Run {
  Case at;
  Policy policy;
};

Account measure(const Run& run, Duration span) {
  TownPlan plan = whole_plans_at(run.at.load, run.at.devices, run.policy);
  plan.gossip_age = run.at.age;
  Town town(std::move(plan));
  return account_of(town, live_through(town, span));
}

}  // namespace

int main(int argc, char** argv) {
  Study study(argc, argv, "latency", "Mean and 99th percentile of the time to an answer, plans of (1, 2).");
  std::vector<Run> runs;
  for (const Case& at : cases) {
    for (const Policy policy : policies) runs.push_back({at, policy});
  }
  const auto accounts = for_each_case(runs, [&](const Run& run) {
    // Of few devices it takes longer until as many were asked: a burst is a hundredth of the time.
    return measure(run, study.span(run.at.devices < 50 ? 12'000s : 2000s));
  });

  for (std::size_t i = 0; i < runs.size(); i += std::size(policies)) {
    const auto& [devices, load, age, mean_at_most, p99_at_most] = runs[i].at;
    const std::string where =
        "_n" + std::to_string(devices) + "_load" + short_number(load) + "_age" + short_number(seconds(age));
    study.at_most("mean" + where, accounts[i].mean(), "s", mean_at_most,
                  beside(accounts[i + 1].mean(), accounts[i + 2].mean()));
    study.at_most("p99" + where, accounts[i].percentile(0.99), "s", p99_at_most,
                  beside(accounts[i + 1].percentile(0.99), accounts[i + 2].percentile(0.99)));
  }
  Picture picture{.title = "The slowest hundredth of the answers, 100 devices",
                  .x = "load, as a share of what the devices could do",
                  .y = "seconds (99th percentile)",
                  .curves = {},
                  .y_scale = Picture::Scale::logarithmic};
  for (const Policy policy : policies) picture.curves.push_back({.title = name(policy), .points = {}});
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].at.devices != 100 || runs[i].at.age != 1s) continue;
    picture.curves[i % std::size(policies)].points.emplace_back(runs[i].at.load,
                                                                accounts[i].percentile(0.99));
  }
  study.draw(picture);
  return study.finish();
}
