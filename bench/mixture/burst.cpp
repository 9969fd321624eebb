// Can a burst be ridden out? A load of 0.3 of the bound that is ten times as high for ten seconds of every
// hundred: 3 times what plans of (1, 2) can bear, yet less than the devices could do with smaller ones.
#include "bench/mixture/study.hpp"

using namespace grapevine;
using namespace grapevine::bench;

namespace {

struct Seen {
  Account account;
  Curve curve;
};

Seen measure(Policy policy, Duration span) {
  TownPlan plan = town_at(0.3, 16, policy, Admission::on);
  plan.swell = [](Time time) { return time.time_since_epoch() % 100s < 10s ? 10.0 : 1.0; };
  plan.swell_max = 10;
  Town town(std::move(plan));
  const Window window = live_through(town, span);
  constexpr Duration shown = 400s;
  return {account_of(town, window),
          queries_over_time(name(policy), town, {window.from, window.from + shown})};
}

}  // namespace

int main(int argc, char** argv) {
  Study study(argc, argv, "burst", "Ten times the load for a tenth of the time.");
  const std::vector<Policy> runs(std::begin(policies), std::end(policies));
  const auto seen = for_each_case(runs, [&](Policy policy) { return measure(policy, study.span(5000s)); });
  const Account &ours = seen[0].account, &paper = seen[1].account, &shortest = seen[2].account;
  study.at_most("refused", ours.share(ours.refused), "of asked", 0.002,
                beside(paper.share(paper.refused), shortest.share(shortest.refused)));
  study.at_most("p99", ours.percentile(0.99), "s", 45,
                beside(paper.percentile(0.99), shortest.percentile(0.99)));
  study.draw({.title = "Ten times the load for ten seconds of every hundred, 16 devices",
              .x = "seconds",
              .y = "queries on their way, a device",
              .curves = {seen[0].curve, seen[1].curve, seen[2].curve},
              .y_scale = Picture::Scale::logarithmic});
  return study.finish();
}
