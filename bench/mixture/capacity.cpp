// How much of the devices can be used? The largest load at which the queries on their way do not pile up,
// with plans of (1, 2) and nobody refused, found by bisection. The bound is every device busy all the time.
// The paper's uniform choice is limited by its slowest device (Remark 1: lambda c < 1 / alpha_max), here 0.21
// of the bound with sixteen devices and 0.22 with a hundred; whoever knows what a call costs elsewhere can
// use nearly everything.
#include "bench/mixture/study.hpp"

#include <map>

using namespace grapevine;
using namespace grapevine::bench;

namespace {

struct Search {
  Policy policy;
  std::size_t devices;
};

/// How fast queries pile up at a load, as a share of those asked.
double growth_at(double load, const Search& search, Duration span) {
  const std::size_t senseless = 100 * search.devices;
  TownPlan plan = whole_plans_at(load, search.devices, search.policy);
  const double asked = plan.rates.front();
  Town town(std::move(plan));
  town.run(Time{} + span, [&](const Town& there) { return there.pending() > senseless; });
  const Time end = town.samples().back().at;
  return slope(town, {Time{} + (end - Time{}) / 2, end}, &Sample::queries_mean) / asked;
}

struct Found {
  double capacity = 0;
  std::map<double, double> growths;  // by the loads that were tried
};

Found search_capacity(const Search& search, Duration span) {
  // The noise of the growth is about a hundredth of what was asked, and so is that of the answer.
  constexpr double stable_below = 0.01;
  Found found;
  double unstable = 1.1;
  while (unstable - found.capacity > 0.01) {
    const double load = (found.capacity + unstable) / 2;
    const double growth = found.growths[load] = growth_at(load, search, span);
    (growth < stable_below ? found.capacity : unstable) = load;
  }
  return found;
}

}  // namespace

int main(int argc, char** argv) {
  Study study(argc, argv, "capacity", "The largest stable load, as a share of what the devices could do.");
  std::vector<Search> searches;
  for (const std::size_t devices : {16u, 100u}) {
    for (const Policy policy : policies) searches.push_back({policy, devices});
  }
  const auto found = for_each_case(searches, [&](const Search& search) {
    // The noise of the growth falls with the number of queries, so fewer devices take longer.
    return search_capacity(search, study.span(search.devices > 50 ? 3000s : 15000s));
  });
  for (std::size_t i = 0; i < found.size(); i += std::size(policies)) {
    const std::string n = "_n" + std::to_string(searches[i].devices);
    study.at_least("ours" + n, found[i].capacity, "of the bound", 0.97, "measured in steps of 0.01");
    study.show("paper" + n, found[i + 1].capacity, "of the bound",
               searches[i].devices == 16 ? "Remark 1: 0.21" : "Remark 1: 0.22");
    study.show("shortest" + n, found[i + 2].capacity, "of the bound");
    study.at_least("ours_to_paper" + n, found[i].capacity / found[i + 1].capacity, "times", 4.7);
  }
  Picture picture{.title = "How fast queries pile up, 100 devices",
                  .x = "load, as a share of what the devices could do",
                  .y = "growth, as a share of what is asked",
                  .curves = {}};
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (searches[i].devices != 100) continue;
    const auto& growths = found[i].growths;
    picture.curves.push_back({.title = name(searches[i].policy), .points = {growths.begin(), growths.end()}});
  }
  study.draw(picture);
  return study.finish();
}
