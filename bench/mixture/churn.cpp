// What is lost when devices come and go? Each is up for 300 s and down for 30 s in the mean, at 0.8 of the
// bound; the others learn of it five seconds later. What was asked at a device that dies is lost by
// definition; everything else should be answered.
#include "bench/mixture/study.hpp"

using namespace grapevine;
using namespace grapevine::bench;

namespace {

Account measure(Policy policy, Duration span) {
  TownPlan plan = town_at(0.8, 16, policy, Admission::on);
  plan.churn = {.up = 300s, .down = 30s};
  Town town(std::move(plan));
  return account_of(town, live_through(town, span));
}

}  // namespace

int main(int argc, char** argv) {
  Study study(argc, argv, "churn", "Devices are up for 300 s and down for 30 s.");
  const std::vector<Policy> runs(std::begin(policies), std::end(policies));
  const auto accounts =
      for_each_case(runs, [&](Policy policy) { return measure(policy, study.span(5000s)); });
  const auto completed = [](const Account& account) { return account.share(account.answered); };
  study.at_least("completed", completed(accounts[0]), "of asked", 0.955,
                 beside(completed(accounts[1]), completed(accounts[2])));
  study.draw({.title = "Devices are up for 300 s and down for 30 s, 0.8 of the bound, 16 devices",
              .x = "per cent of the answers",
              .y = "seconds at most",
              .curves = {latencies_by_share("ours", accounts[0]), latencies_by_share("paper", accounts[1]),
                         latencies_by_share("shortest", accounts[2])},
              .y_scale = Picture::Scale::logarithmic});
  return study.finish();
}
