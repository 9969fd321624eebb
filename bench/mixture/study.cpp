#include "bench/mixture/study.hpp"

#include "node/sim/scenario.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <unistd.h>

namespace grapevine::bench {

namespace {

constexpr auto merged = moa::Merging::synthesize;
constexpr moa::Row table_two[] = {{{0, 0}, moa::Merging::choose, 23.62},
                                  {{1, 1}, merged, 39.41},
                                  {{1, 2}, merged, 39.52},
                                  {{2, 1}, merged, 38.22},
                                  {{2, 2}, merged, 40.51},
                                  {{1, 3}, merged, 38.96},
                                  {{2, 3}, merged, 55.55}};

}  // namespace

std::string name(Policy policy) {
  switch (policy) {
    case Policy::price: return "ours";
    case Policy::paper: return "paper";
    case Policy::shortest: return "shortest";
  }
  return "";
}

moa::Config config_of(Policy policy, Admission admission) {
  moa::Config config{.policy = policy,
                     .menu = moa::Menu({std::begin(table_two), std::end(table_two)}),
                     .delegate = moa::Delegate::any,
                     .floor = moa::Floor::price,
                     .layers_max = 3};
  if (policy == Policy::paper || admission == Admission::off) {
    config = node::sim::without_admission(config);
    config.policy = policy;
    return config;
  }
  return policy == Policy::shortest ? moa::with_short_queues(config) : config;
}

std::vector<Duration> unequal_alphas(std::size_t devices) {
  constexpr Duration pattern[] = {1s, 1s, 2s, 4s, 8s};
  std::vector<Duration> alphas;
  for (std::size_t i = 0; i < devices; ++i) alphas.push_back(pattern[i % std::size(pattern)]);
  return alphas;
}

double bound(const std::vector<Duration>& alphas, double calls) {
  double calls_a_second = 0;
  for (const Duration alpha : alphas) calls_a_second += 1 / seconds(alpha);
  return calls_a_second / (static_cast<double>(alphas.size()) * calls);
}

TownPlan town_at(double load, std::size_t devices, Policy policy, Admission admission) {
  TownPlan plan{.alphas = unequal_alphas(devices), .config = config_of(policy, admission)};
  plan.rates.assign(devices, load * bound(plan.alphas));
  if (policy != Policy::price || admission == Admission::off) plan.shape = one_of_two;
  return plan;
}

TownPlan whole_plans_at(double load, std::size_t devices, Policy policy) {
  TownPlan plan = town_at(load, devices, policy, Admission::off);
  plan.config.menu =
      moa::Menu({{{0, 0}, moa::Merging::choose, 20}, {{1, 1}, merged, 30}, {one_of_two, merged, 40}});
  return plan;
}

double worth(moa::Shape shape) {
  for (const moa::Row& row : table_two) {
    if (row.shape == shape) return row.points;
  }
  return 0;
}

Window live_through(Town& town, Duration span) {
  const Window planned{Time{} + span / 2, Time{} + span + span / 2};
  const std::size_t senseless = 100 * town.size();
  constexpr Duration long_enough = 3 * Account::patience;
  town.run(planned.until + Account::patience, [&](const Town& there) {
    return there.pending() > senseless && there.samples().back().at > Time{} + long_enough;
  });
  const Time until = std::min(planned.until, town.samples().back().at - Account::patience);
  return {std::min(planned.from, Time{} + (until - Time{}) / 3), until};
}

double Account::share(std::size_t part) const {
  return asked == 0 ? 0 : static_cast<double>(part) / static_cast<double>(asked);
}

double Account::mean() const {
  double sum = 0;
  for (const double latency : latencies) sum += latency;
  return latencies.empty() ? 0 : sum / static_cast<double>(latencies.size());
}

double Account::percentile(double p) const {
  if (latencies.empty()) return 0;
  const auto place = static_cast<std::size_t>(p * static_cast<double>(latencies.size()));
  return latencies[std::min(place, latencies.size() - 1)];
}

double Account::worth_of_answer() const {
  return answered == 0 ? 0 : worth / static_cast<double>(answered);
}

double Account::goodput() const {
  return static_cast<double>(in_time) / seconds(span);
}

double slope(const std::vector<std::pair<double, double>>& points) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (const auto& [at, value] : points) n += 1, x += at, y += value, xx += at * at, xy += at * value;
  return n < 2 ? 0 : (n * xy - x * y) / (n * xx - x * x);
}

double slope(const Town& town, Window window, double Sample::*what) {
  std::vector<std::pair<double, double>> points;
  for (const Sample& sample : town.samples()) {
    if (sample.at >= window.from && sample.at < window.until)
      points.emplace_back(seconds(sample.at - window.from), sample.*what);
  }
  return slope(points);
}

Account account_of(const Town& town, Window window, const std::vector<Device>& devices) {
  Account account;
  const Time end = town.samples().back().at;
  for (const Fate& fate : town.fates()) {
    if (fate.asked < window.from || fate.asked >= window.until) continue;
    if (!devices.empty() && std::find(devices.begin(), devices.end(), fate.origin) == devices.end()) continue;
    account.asked += 1;
    if (fate.end == Fate::End::refused) ++account.refused;
    if (fate.end == Fate::End::pending) account.latencies.push_back(seconds(end - fate.asked));
    if (fate.end != Fate::End::answered) continue;
    account.answered += 1;
    if (fate.latency() <= Account::patience) ++account.in_time;
    account.latencies.push_back(seconds(fate.latency()));
    account.worth += worth(fate.got);
  }
  account.span = window.until - window.from;
  std::sort(account.latencies.begin(), account.latencies.end());
  return account;
}

std::string short_number(double value) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.3g", value);
  return digits;
}

std::string beside(double paper, double shortest) {
  return "paper " + short_number(paper) + ", shortest " + short_number(shortest);
}

Study::Study(int argc, char** argv, const std::string& name, const std::string& story) : name_(name) {
  CLI::App app{story};
  app.add_flag("--quick", is_quick_, "a tenth of the time: only to see that it runs");
  app.add_flag("--json", as_json_, "one JSON object instead of a table");
  app.add_option("--picture", picture_, "draw into this PNG file");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
}

void Study::at_least(const std::string& figure, double value, const std::string& unit, double target,
                     const std::string& beside) {
  figures_.add({name_ + "." + figure, value, unit, ">= " + short_number(target), value >= target, beside});
}

void Study::at_most(const std::string& figure, double value, const std::string& unit, double target,
                    const std::string& beside) {
  figures_.add({name_ + "." + figure, value, unit, "<= " + short_number(target), value <= target, beside});
}

void Study::show(const std::string& figure, double value, const std::string& unit,
                 const std::string& beside) {
  figures_.add({name_ + "." + figure, value, unit, "", std::nullopt, beside});
}

void Study::draw(const Picture& picture) const {
  if (!picture_.empty()) bench::draw(picture, picture_);
}

int Study::finish() const {
  tell_done(0, 0);
  const char* const json[] = {"--json"};
  figures_.print(as_json_ ? 1 : 0, json);
  return figures_.exit_code();
}

Curve queries_over_time(std::string title, const Town& town, Window window) {
  Curve curve{.title = std::move(title), .points = {}, .shape = Curve::Shape::steps};
  for (const Sample& sample : town.samples()) {
    if (sample.at < window.from || sample.at >= window.until) continue;
    curve.points.emplace_back(seconds(sample.at - window.from), sample.queries_mean);
  }
  return curve;
}

Curve latencies_by_share(std::string title, const Account& account) {
  Curve curve{.title = std::move(title), .points = {}, .shape = Curve::Shape::steps};
  for (int thousandth = 0; thousandth < 1000; ++thousandth)
    curve.points.emplace_back(thousandth / 10.0, account.percentile(thousandth / 1000.0));
  return curve;
}

void tell_done(std::size_t cases, std::size_t of) {
  if (isatty(STDERR_FILENO) == 0) return;
  of == 0 ? std::fprintf(stderr, "\r%30s\r", "") : std::fprintf(stderr, "\r%zu of %zu done ", cases, of);
}

}  // namespace grapevine::bench
