// What can one greedy device do to the others? Sixteen devices at half the bound, and one of them asks thirty
// times as much as each of the rest. Its own lane is half of its own device, its share of every other is one
// origin's, and who uses more than the mean buys less: the others must be served as if it were not there.
#include "bench/mixture/study.hpp"

#include <numeric>

using namespace grapevine;
using namespace grapevine::bench;

namespace {

constexpr std::size_t devices = 16;
constexpr Device greedy = 0;

struct Run {
  double times;  // what the greedy one asks
  Policy policy;
};

struct Seen {
  Account others;
  Account flooder;
};

Seen measure(const Run& run, Duration span) {
  TownPlan plan = town_at(0.5, devices, run.policy, Admission::on);
  plan.rates[greedy] *= run.times;
  std::vector<Device> others(devices - 1);
  std::iota(others.begin(), others.end(), greedy + 1);
  Town town(std::move(plan));
  const Window window = live_through(town, span);
  return {account_of(town, window, others), account_of(town, window, {greedy})};
}

}  // namespace

int main(int argc, char** argv) {
  Study study(argc, argv, "fairness", "One device asks thirty times as much as each of the others.");
  std::vector<Run> runs{{1, Policy::price}};
  for (const Policy policy : policies) runs.push_back({30, policy});
  const auto seen = for_each_case(runs, [&](const Run& run) { return measure(run, study.span(2000s)); });

  const auto in_time = [](const Account& account) { return account.share(account.in_time); };
  const Seen &calm = seen[0], &ours = seen[1], &paper = seen[2], &shortest = seen[3];
  study.at_least("others_served", in_time(ours.others), "of asked", 0.99,
                 beside(in_time(paper.others), in_time(shortest.others)));
  study.at_least("flooder_served", in_time(ours.flooder), "of asked", 0.9,
                 beside(in_time(paper.flooder), in_time(shortest.flooder)));
  study.at_most("others_lose", calm.others.worth_of_answer() - ours.others.worth_of_answer(), "points", 4,
                short_number(calm.others.worth_of_answer()) + " points without the flooder");
  const auto curve = [](const char* title, const Seen& run) { return latencies_by_share(title, run.others); };
  study.draw({.title = "What the fifteen others wait for while one asks thirty times as much",
              .x = "per cent of the answers",
              .y = "seconds at most",
              .curves = {curve("ours", ours), curve("paper", paper), curve("shortest", shortest),
                         curve("ours, no flooder", calm)},
              .y_scale = Picture::Scale::logarithmic});
  return study.finish();
}
