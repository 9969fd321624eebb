// What happens when more is asked than the devices can do? Prices rise; queries are first given smaller plans
// and then, when even one call is not worth its price, refused. The least share that must be refused follows
// from the calls: at ten times the load one call each is still 2.5 times what there is. The goodput is held
// against a fluid that uses every device all the time and serves as many as it can. And no device ever holds
// more than its bound: checked after every step of every engine.
#include "bench/mixture/study.hpp"

using namespace grapevine;
using namespace grapevine::bench;

namespace {

struct Run {
  double load;
  std::size_t devices;
  Policy policy;
};

struct Seen {
  Account account;
  Extremes extremes;
};

constexpr double calls_of_plan = 4;

double refused_least(double load) {
  return std::max(0.0, 1 - calls_of_plan / load);
}

/// What a fluid could be worth: points an asked query when each may cost so many calls, on the hull of
/// Table II.
double worth_most(double load) {
  struct Corner {
    double calls;
    double points;
  };
  constexpr Corner hull[] = {{0, 0}, {1, 23.62}, {3, 39.41}, {9, 55.55}};
  const double calls = calls_of_plan / load;
  for (std::size_t i = 1; i < std::size(hull); ++i) {
    const auto [left, low] = hull[i - 1];
    const auto [right, high] = hull[i];
    if (calls <= right) return low + (high - low) * (calls - left) / (right - left);
  }
  return hull[std::size(hull) - 1].points;
}

Seen measure(const Run& run, Duration span) {
  Town town(town_at(run.load, run.devices, run.policy, Admission::on));
  const Account account = account_of(town, live_through(town, span));
  return {account, town.extremes()};
}

/// Answers within a minute, as a share of what the fluid could give.
double goodput_share(const Run& run, const Account& account) {
  const double calls = static_cast<double>(run.devices) * bound(unequal_alphas(run.devices), 1);
  const double asked = run.load * calls / calls_of_plan;
  return account.goodput() / std::min(asked, calls);
}

void tell(Study& study, const std::vector<Run>& runs, const std::vector<Seen>& seen, std::size_t i) {
  const Run& run = runs[i];
  const Account& ours = seen[i].account;
  const Account& paper = seen[i + 1].account;
  const Account& shortest = seen[i + 2].account;
  const std::string where = "_n" + std::to_string(run.devices) + "_load" + short_number(run.load);
  study.at_most("over_bound" + where, static_cast<double>(seen[i].extremes.over_bound), "steps", 0,
                "at most " + std::to_string(seen[i].extremes.calls) + " calls, " +
                    short_number(seconds(seen[i].extremes.work)) + " s of work; paper " +
                    std::to_string(seen[i + 1].extremes.calls) + " calls and growing");
  const double spare = run.load < calls_of_plan ? 0.005 : 0.02;
  study.at_most("refused" + where, ours.share(ours.refused), "of asked", refused_least(run.load) + spare,
                "least possible " + short_number(refused_least(run.load)));
  study.at_least("goodput" + where, goodput_share(run, ours), "of a fluid's", 0.94,
                 beside(goodput_share(run, paper), goodput_share(run, shortest)));
  study.show("worth" + where, ours.worth / static_cast<double>(ours.asked) / worth_most(run.load),
             "of a fluid's", short_number(ours.worth_of_answer()) + " points an answer");
}

Picture picture_of(const std::vector<Run>& runs, const std::vector<Seen>& seen) {
  Picture picture{.title = "Answers within a minute, 16 devices",
                  .x = "load, as a share of what plans of (1, 2) can bear",
                  .y = "of what a fluid could give",
                  .curves = {},
                  .x_scale = Picture::Scale::logarithmic};
  for (const Policy policy : policies) picture.curves.push_back({.title = name(policy), .points = {}});
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].devices == 16)
      picture.curves[i % std::size(policies)].points.emplace_back(runs[i].load,
                                                                  goodput_share(runs[i], seen[i].account));
  }
  return picture;
}

}  // namespace

int main(int argc, char** argv) {
  Study study(argc, argv, "overload",
              "Two, five, ten and a hundred times the load that plans of (1, 2) can bear.");
  std::vector<Run> runs;
  for (const std::size_t devices : {16u, 100u}) {
    for (const double load : {0.5, 0.95, 2.0, 5.0, 10.0, 100.0}) {
      for (const Policy policy : policies) runs.push_back({load, devices, policy});
    }
  }
  const auto seen = for_each_case(
      runs, [&](const Run& run) { return measure(run, study.span(run.load > 10 ? 200s : 1000s)); });
  for (std::size_t i = 0; i < runs.size(); i += std::size(policies)) tell(study, runs, seen, i);
  study.draw(picture_of(runs, seen));
  return study.finish();
}
