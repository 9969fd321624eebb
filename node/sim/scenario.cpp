#include "node/sim/scenario.hpp"

#include <algorithm>
#include <sstream>

namespace grapevine::node::sim {
namespace {

constexpr Duration stays_whole = 10s;                // who is whole for a moment may still fall apart
constexpr std::size_t looked_at_every_second = 200;  // nodes; N nodes have N x N beliefs to compare

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

/// Now and then somebody tells the others something.
void tell_at_random(World& world, Random chance, Duration every, Time until) {
  const Time next = world.now() + every;
  if (next >= until) return;
  world.at(next, [chance, every, until](World& then) mutable {
    const auto teller = static_cast<Index>(chance.below(then.size()));
    if (then.is_up(teller) && !then.tell(teller)) return;  // enough has been told
    tell_at_random(then, chance, every, until);
  });
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

WorldOptions options_of(const Scenario& scenario) {
  return {.nodes = scenario.nodes,
          .seed = scenario.seed,
          .weather = {.stall = scenario.stalls},
          .paces = scenario.paces,
          .gossip = scenario.gossip,
          .dns = {},
          .moa = scenario.moa};
}

/// Load and faults: whatever happens, nothing may be unsafe at any second.
class Run {
 public:
  Run(const Scenario& scenario, const std::function<void(Time)>& tell)
      : scenario_(scenario), tell_(tell), world_(options_of(scenario)) {}

  Report report() {
    const Time begin = world_.now() + scenario_.settle;
    report_.plan = plan_of(scenario_);
    world_.obey(report_.plan, begin);
    Random chance(scenario_.seed ^ 0xfau);
    for (Index i = 0; i < scenario_.nodes && scenario_.rate > 0; ++i)
      world_.at(begin, [this, i, own = Random(chance.next()), begin](World& then) {
        ask_at_random(then, scenario_, i, own, begin + scenario_.span, report_.asked);
      });
    if (scenario_.tell_every > Duration{})
      world_.at(begin, [this, own = Random(chance.next()), begin](World& then) {
        tell_at_random(then, own, scenario_.tell_every, begin + scenario_.span);
      });
    while (report_.broken.empty() && world_.now() < begin + scenario_.span) live_a_second();
    if (scenario_.rest > Duration{}) recover();
    finish();
    return std::move(report_);
  }

 private:
  void live_a_second() {
    const std::uint64_t sent = world_.frame_bytes();
    world_.run_for(1s);
    report_.samples.push_back(look(world_));
    report_.samples.back().bytes =
        static_cast<double>(world_.frame_bytes() - sent) / static_cast<double>(world_.size());
    report_.broken = watch_.look(world_);
    gather(world_, report_);
    if (tell_) tell_(world_.now());
  }

  /// Everything is healed: by the end of the rest the mesh is whole, and it stays so.
  void recover() {
    world_.calm();
    const Time healed = world_.now();
    const auto pause = std::chrono::seconds(1 + scenario_.nodes / looked_at_every_second);
    std::vector<std::string> missing{"nobody has looked"};
    for (Time next = healed; report_.broken.empty() && world_.now() < healed + scenario_.rest;) {
      live_a_second();
      if (world_.now() < next) continue;
      next = world_.now() + pause;
      missing = at_rest(world_);
      if (!missing.empty()) report_.whole.reset();
      if (missing.empty() && !report_.whole) report_.whole = seconds(world_.now() - healed);
      if (report_.whole && healed + from_seconds(*report_.whole) + stays_whole <= world_.now()) return;
    }
    if (report_.broken.empty() && !report_.whole) report_.broken = std::move(missing);
  }

  void finish() {
    std::sort(report_.latencies.begin(), report_.latencies.end());
    report_.burials = world_.burials();
    report_.tellings = world_.tellings();
    report_.dropped = world_.dropped();
    report_.handshakes = world_.handshakes();
    report_.trace = world_.trace();
    report_.events = world_.events();
    report_.frames = world_.frames();
    report_.frame_bytes = world_.frame_bytes();
  }

  const Scenario& scenario_;
  const std::function<void(Time)>& tell_;
  World world_;
  Watch watch_;
  Report report_;
};

}  // namespace

Report run(const Scenario& scenario, const std::function<void(Time)>& tell) {
  return Run(scenario, tell).report();
}

Plan plan_of(const Scenario& scenario) {
  Plan plan = scenario.plan;
  const auto add = [&](Plan more) { plan.insert(plan.end(), more.begin(), more.end()); };
  const Wish wish{.nodes = scenario.nodes, .span = scenario.span};
  Random chance(scenario.seed ^ 0xfbu);
  add(draw_crashes(chance, wish, scenario.crashes));
  add(draw_partition(chance, wish, scenario.partition));
  if (scenario.chaos) add(draw(chance, wish));
  std::stable_sort(plan.begin(), plan.end(), [](const Planned& a, const Planned& b) { return a.at < b.at; });
  return plan;
}

moa::Config without_admission(moa::Config config) {
  constexpr std::size_t no_bound = 1'000'000;
  config.policy = moa::Policy::paper;
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
  if (s.chaos) line << " --chaos";
  tell("--plan", s.plan_file, !s.plan_file.empty());
  if (!s.gossip.refutes) line << " --bug refutation";
  tell("--rate", s.rate, s.rate > 0);
  tell("--tell", seconds(s.tell_every), s.tell_every > Duration{});
  tell("--service", seconds(s.paces.front().mean), s.paces.front().mean != usual.paces.front().mean);
  tell("--deadline", seconds(s.deadline), s.deadline != usual.deadline);
  tell("-m", static_cast<int>(s.shape.value_or(moa::Shape{}).layers), s.shape.has_value());
  tell("-k", static_cast<int>(s.shape.value_or(moa::Shape{}).proposers), s.shape.has_value());
  if (s.moa.admission == moa::Admit::all) line << " --no-admission";
  return line.str();
}

}  // namespace grapevine::node::sim
