// What the studies of the mixture have in common: the devices, the load and its limit, the policies that are
// compared, what is read off a town, and how it is shown. The load of a study is a multiple of the bound that
// no policy can pass with plans of (1, 2): every device busy all the time, and c = (k+1)M + 1 = 4 calls a
// query.
#pragma once

#include "bench/figures.hpp"
#include "bench/mixture/town.hpp"
#include "bench/picture.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <type_traits>

namespace grapevine::bench {

inline constexpr moa::Shape one_of_two{1, 2};  // the plan most studies hold fixed

/// Ours; the paper's (Algorithm 1: uniform, aggregation at the origin, nothing bounded); and join the
/// shortest expected delay, with queues of 32 and what does not fit dropped.
using moa::Policy;
inline constexpr Policy policies[] = {Policy::price, Policy::paper, Policy::shortest};
std::string name(Policy policy);

/// Whether queries are refused and plans made smaller, each policy in its way; without it nothing is bounded,
/// and a study sees the queues alone.
enum class Admission { on, off };
moa::Config config_of(Policy policy, Admission admission);

/// 1, 1, 2, 4, 8 seconds, and again.
std::vector<Duration> unequal_alphas(std::size_t devices);
/// Queries a second at each device that plans of this many calls could be given at most.
double bound(const std::vector<Duration>& alphas, double calls = 4);
/// Unequal devices, each asked equally often.
TownPlan town_at(double load, std::size_t devices, Policy policy, Admission admission);
/// The same with plans of (1, 2) carried out whole: on a menu where every proposal is worth waiting for.
TownPlan whole_plans_at(double load, std::size_t devices, Policy policy);

/// The points of Table II (arXiv 2412.21200) for a plan: what an answer is worth in these studies, and to
/// the menu prices choose from.
double worth(moa::Shape shape);

/// The time whose queries count.
struct Window {
  Time from{};
  Time until{};
};
/// Lives through half a span to settle, the span that counts, and a minute in which its last queries may
/// still be answered. A town that piles up beyond all sense is left early.
Window live_through(Town& town, Duration span);

/// What became of the queries asked in a window.
struct Account {
  std::size_t asked = 0;
  std::size_t answered = 0;
  std::size_t in_time = 0;  // within `patience`
  std::size_t refused = 0;
  std::vector<double> latencies;  // seconds, sorted; a query still on its way counts with its age
  double worth = 0;               // points of all answers together
  Duration span{};

  static constexpr Duration patience = 60s;
  double share(std::size_t part) const;  // of those asked
  double mean() const;
  double percentile(double p) const;
  double worth_of_answer() const;
  double goodput() const;  // answers in time, a second
};
/// `devices` empty: of all.
Account account_of(const Town& town, Window window, const std::vector<Device>& devices = {});
/// How fast y grows with x: the slope of the least squares.
double slope(const std::vector<std::pair<double, double>>& points);
/// How fast one of an onlooker's numbers grows, a second.
double slope(const Town& town, Window window, double Sample::*what);

/// With three digits: "12.3".
std::string short_number(double value);
/// "paper 12.3, shortest 4.56", for what stands beside a figure of ours.
std::string beside(double paper, double shortest);

/// A table and perhaps a picture, from the command line of a study.
class Study {
 public:
  /// Prints usage and exits when the arguments are wrong. `story` is what --help says.
  Study(int argc, char** argv, const std::string& name, const std::string& story);

  /// --quick: everything shorter; the figures then only show that it runs.
  Duration span(Duration full) const { return is_quick_ ? full / 10 : full; }

  void at_least(const std::string& figure, double value, const std::string& unit, double target,
                const std::string& beside = "");
  void at_most(const std::string& figure, double value, const std::string& unit, double target,
               const std::string& beside = "");
  /// A figure without a target: a baseline, or what is only to be known.
  void show(const std::string& figure, double value, const std::string& unit, const std::string& beside = "");
  /// Drawn when --picture names a file.
  void draw(const Picture& picture) const;
  /// Prints the table; what main returns.
  int finish() const;

 private:
  std::string name_;
  bool is_quick_ = false;
  bool as_json_ = false;
  std::string picture_;
  Figures figures_;
};

/// Queries on their way at a device over the time of a window, to be drawn.
Curve queries_over_time(std::string title, const Town& town, Window window);
/// Latency below which each share of the answers lies, from 0 to 99.9 %.
Curve latencies_by_share(std::string title, const Account& account);

/// Says on a terminal how much of a study is done.
void tell_done(std::size_t cases, std::size_t of);

/// What f gives for each case, in order; as many at a time as the machine has cores.
template <class Case, class Function>
auto for_each_case(const std::vector<Case>& cases, const Function& f) {
  std::vector<std::invoke_result_t<Function, const Case&>> results(cases.size());
  std::atomic<std::size_t> begun = 0;
  std::atomic<std::size_t> done = 0;
  const auto work = [&] {
    for (std::size_t i = begun++; i < cases.size(); i = begun++) {
      results[i] = f(cases[i]);
      tell_done(++done, cases.size());
    }
  };
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i) workers.emplace_back(work);
  workers.clear();
  return results;
}

}  // namespace grapevine::bench
