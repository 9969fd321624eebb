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

void tell(Study& study, const Run& run, const Seen& ours) {
  const Account& account = ours.account;
  const std::string where = "_n" + std::to_string(run.devices) + "_load" + short_number(run.load);
  study.at_most("over_bound" + where, static_cast<double>(ours.extremes.over_bound), "steps", 0,
                "at most " + std::to_string(ours.extremes.calls) + " calls, " +
                    short_number(seconds(ours.extremes.work)) + " s of work");
  const double spare = run.load < calls_of_plan ? 0.005 : 0.02;
  study.at_most("refused" + where, account.share(account.refused), "of asked",
                refused_least(run.load) + spare, "least possible " + short_number(refused_least(run.load)));
  study.at_least("goodput" + where, goodput_share(run, account), "of a fluid's", 0.94);
  study.show("worth" + where, account.worth / static_cast<double>(account.asked) / worth_most(run.load),
             "of a fluid's", short_number(account.worth_of_answer()) + " points an answer");
}

void tell_baseline(Study& study, const Run& run, const Seen& seen) {
  study.show(
      "goodput_" + name(run.policy) + "_n" + std::to_string(run.devices) + "_load" + short_number(run.load),
      goodput_share(run, seen.account), "of a fluid's",
      "at most " + std::to_string(seen.extremes.calls) + " calls");
}

Picture picture_of(const std::vector<Run>& runs, const std::vector<Seen>& seen) {
  Picture picture{.title = "Answers within a minute, 16 devices",
                  .x = "load, as a share of what plans of (1, 2) can bear",
                  .y = "of what a fluid could give",
                  .curves = {},
                  .x_scale = Picture::Scale::logarithmic};
  for (const Policy policy : policies) {
    Curve curve{.title = name(policy), .points = {}};
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (runs[i].policy == policy && runs[i].devices == 16)
        curve.points.emplace_back(runs[i].load, goodput_share(runs[i], seen[i].account));
    }
    picture.curves.push_back(std::move(curve));
  }
  return picture;
}

}  // namespace

int main(int argc, char** argv) {
  Study study(argc, argv, "overload",
              "Two, five, ten and a hundred times the load that plans of (1, 2) can bear.");
  std::vector<Run> runs;
  for (const double load : {0.5, 0.95, 2.0, 5.0, 10.0}) {
    for (const Policy policy : policies) runs.push_back({load, 16, policy});
  }
  runs.push_back({100, 16, Policy::price});  // the baselines have long been lost
  for (const double load : {2.0, 5.0, 10.0}) runs.push_back({load, 100, Policy::price});
  const auto seen = for_each_case(runs, [&](const Run& run) {
    // A hundred devices are asked six times as much in the same time as sixteen.
    const Duration span = run.load > 10 || run.devices > 50 ? 1000s : 5000s;
    return measure(run, study.span(span));
  });
  for (std::size_t i = 0; i < runs.size(); ++i)
    runs[i].policy == Policy::price ? tell(study, runs[i], seen[i]) : tell_baseline(study, runs[i], seen[i]);
  study.draw(picture_of(runs, seen));
  return study.finish();
}
