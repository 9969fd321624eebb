#include "node/sim/scenario.hpp"

#include <algorithm>
#include <sstream>

namespace grapevine::node::sim {
namespace {

constexpr Duration back_after_min = 10s;
constexpr Duration back_after_max = 30s;

/// Each node's people ask at times of their own, until the load ends.
void ask_at_random(World& world, const Scenario& scenario, Index node, Random chance, Time until,
                   std::size_t& asked) {
  const Time next = world.now() + chance.exponential(from_seconds(1 / scenario.rate));
  if (next >= until) return;
  world.at(next, [&scenario, node, chance, until, &asked](World& then) {
    if (then.is_up(node)) {
      then.ask(node, "What is known about number " + std::to_string(asked++) + "?", scenario.shape,
               scenario.deadline);
    }
    ask_at_random(then, scenario, node, chance, until, asked);
  });
}

void plan_crashes(World& world, const Scenario& scenario, Random& chance, Time begin) {
  for (int i = 0; i < scenario.crashes; ++i) {
    const Time when = begin + chance.between(0s, scenario.span);
    const Time back = when + chance.between(back_after_min, back_after_max);
    const auto victim = static_cast<Index>(chance.below(scenario.nodes));
    world.at(when, [victim](World& then) { then.crash(victim); });
    world.at(back, [victim](World& then) { then.restart(victim); });
  }
}

void plan_partition(World& world, const Scenario& scenario, Random& chance, Time begin) {
  if (scenario.partition == Duration{}) return;
  std::vector<bool> island(scenario.nodes);
  for (auto side : island) side = chance.chance(0.5);
  const Time when = begin + chance.between(0s, std::max(1s + Duration{}, scenario.span - scenario.partition));
  world.at(when, [island](World& then) { then.cut(island); });
  world.at(when + scenario.partition, [](World& then) { then.heal(); });
}

Sample look(const World& world) {
  Sample sample{.at = world.now()};
  std::size_t up = 0;
  std::size_t sum = 0;
  for (Index i = 0; i < world.size(); ++i) {
    if (!world.is_up(i)) continue;
    const std::size_t queued = world.core(i).engine().queued_calls();
    ++up;
    sum += queued;
    sample.queued_max = std::max(sample.queued_max, queued);
  }
  sample.queued_mean = up == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(up);
  return sample;
}

/// Moves what has ended from the world's book into the report.
void gather(World& world, Report& report) {
  for (const auto& [query, outcome] : world.outcomes()) {
    if (!outcome.ended) continue;
    if (outcome.answers == 1) {
      ++report.answered;
      report.latencies.push_back(seconds(*outcome.ended - outcome.asked));
    } else if (outcome.refusals == 1) {
      ++report.refused;
    } else {
      ++report.lost;
    }
  }
  world.forget_ended();
}

}  // namespace

Report run(const Scenario& scenario, const std::function<void(Time)>& tell) {
  WorldOptions options{.nodes = scenario.nodes,
                       .seed = scenario.seed,
                       .weather = {.stall = scenario.stalls},
                       .paces = scenario.paces,
                       .moa = scenario.moa};
  World world(std::move(options));
  Report report;
  Random chance(scenario.seed ^ 0xfau);
  const Time begin = world.now() + scenario.settle;
  plan_crashes(world, scenario, chance, begin);
  plan_partition(world, scenario, chance, begin);
  for (Index i = 0; i < scenario.nodes && scenario.rate > 0; ++i)
    world.at(begin, [&scenario, i, own = Random(chance.next()), &report, begin](World& then) {
      ask_at_random(then, scenario, i, own, begin + scenario.span, report.asked);
    });

  // Everything that was cut, crashed or asked has an end after the span; rest covers the longest of them.
  const Duration whole = scenario.settle + scenario.span + scenario.rest;
  for (Time next = world.now() + 1s; next <= Time{} + whole; next += 1s) {
    world.run_until(next);
    report.samples.push_back(look(world));
    for (auto& broken : always(world)) report.broken.push_back(std::move(broken));
    if (!report.broken.empty()) break;
    gather(world, report);
    if (tell) tell(next);
  }
  if (report.broken.empty() && scenario.rest > Duration{}) report.broken = at_rest(world);
  std::sort(report.latencies.begin(), report.latencies.end());
  report.trace = world.trace();
  report.events = world.events();
  report.frames = world.frames();
  report.frame_bytes = world.frame_bytes();
  return report;
}

moa::Config without_admission(moa::Config config) {
  constexpr std::size_t no_bound = 1'000'000;
  config.admission = moa::Admit::all;
  config.patience = {.calls = 1e9, .least = 240h, .most = 240h};
  config.active_queries_max = no_bound;
  config.lane_calls_max = no_bound;
  config.tickets_remembered = no_bound;
  config.deadline_max = 240h;
  config.deadline = 240h;
  return config;
}

std::string replay_command(const Scenario& s) {
  std::ostringstream line;
  const Scenario usual;
  const auto tell = [&](const char* flag, auto value, bool unusual) {
    if (unusual) line << ' ' << flag << ' ' << value;
  };
  line << "grapevine-sim --nodes " << s.nodes << " --seed " << s.seed << " --seconds " << seconds(s.span);
  tell("--rest", seconds(s.rest), s.rest != usual.rest);
  tell("--stalls", s.stalls, s.stalls > 0);
  tell("--crashes", s.crashes, s.crashes > 0);
  tell("--partition", seconds(s.partition), s.partition > Duration{});
  tell("--rate", s.rate, s.rate > 0);
  tell("--service", seconds(s.paces.front().mean), s.paces.front().mean != usual.paces.front().mean);
  tell("--deadline", seconds(s.deadline), s.deadline != usual.deadline);
  tell("-m", static_cast<int>(s.shape.value_or(moa::Shape{}).layers), s.shape.has_value());
  tell("-k", static_cast<int>(s.shape.value_or(moa::Shape{}).proposers), s.shape.has_value());
  if (s.moa.admission == moa::Admit::all) line << " --no-admission";
  return line.str();
}

}  // namespace grapevine::node::sim
