// grapevine-sim: a mesh of complete nodes in one process, in virtual time. Prints what came of a scenario;
// exits 1 when a promise was broken, with the command that replays the run.
#include "node/sim/scenario.hpp"

#include <chrono>
#include <cstdio>
#include <fstream>

#include <CLI/CLI.hpp>
#include <unistd.h>

/// Read by jemalloc when the program starts, if it is linked with it: huge pages for tables of gigabytes, and
/// no page given back that will be wanted again.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "thp:always,metadata_thp:auto,dirty_decay_ms:-1";
}

namespace {

using namespace grapevine;
using namespace grapevine::node;

struct Flags {
  sim::Scenario scenario;
  double seconds = 60;
  double rest = 150;
  double partition = 0;
  double mean = 0.05;
  double deadline = 120;
  double tell_every = 0;
  int layers = -1;
  int proposers = -1;
  bool unbounded = false;
  bool shows_plan = false;
  std::string bug;
  std::string samples_file;
  std::string reach_file;
  std::string deaths_file;
};

double share(const std::vector<double>& sorted, double at) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1,
                         static_cast<std::size_t>(at * static_cast<double>(sorted.size())))];
}

void add_flags(CLI::App& app, Flags& flags) {
  app.add_option("--nodes,-n", flags.scenario.nodes, "how many devices")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000));
  app.add_option("--seconds,-s", flags.seconds, "virtual seconds of load and faults")->capture_default_str();
  app.add_option("--rest", flags.rest, "virtual seconds afterwards, before everything must be whole")
      ->capture_default_str();
  app.add_option("--rate,-r", flags.scenario.rate, "queries a second at each device (Poisson)")
      ->capture_default_str();
  app.add_option("-m", flags.layers, "layers (default: as configured)")->check(CLI::Range(0, 3));
  app.add_option("-k", flags.proposers, "proposers beside the own device")->check(CLI::Range(0, 7));
  app.add_option("--service", flags.mean, "mean seconds of one generation (exponential)")
      ->capture_default_str();
  app.add_option("--deadline", flags.deadline, "seconds a query may take")->capture_default_str();
  app.add_option("--stalls", flags.scenario.stalls, "share of messages late by 200 ms or more")
      ->capture_default_str();
  app.add_option("--crashes", flags.scenario.crashes, "devices killed and brought back")
      ->capture_default_str();
  app.add_option("--partition", flags.partition, "seconds for which the mesh is cut in two")
      ->capture_default_str();
  app.add_flag("--chaos", flags.scenario.chaos, "faults of every kind, drawn from the seed");
  app.add_option("--plan", flags.scenario.plan_file, "a file of faults, one a line, as in scripts/scenarios")
      ->check(CLI::ExistingFile);
  app.add_flag("--print-plan", flags.shows_plan, "print the faults of this run as such a file, and stop");
  app.add_option("--bug", flags.bug, "plant a bug, to see that it is found")
      ->check(CLI::IsMember({"refutation"}));
  app.add_flag("--no-admission", flags.unbounded,
               "let every query in, as the paper does: queues may grow without bound");
  app.add_option("--seed", flags.scenario.seed, "equal seeds give equal runs")->capture_default_str();
  app.add_option("--tell", flags.tell_every, "seconds after which somebody tells all others something small")
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--samples", flags.samples_file, "write queue lengths and bytes sent over time here");
  app.add_option("--reach", flags.reach_file, "write when each device heard what was told here");
  app.add_option("--deaths", flags.deaths_file, "write when each device knew of each death here");
}

sim::Plan read_plan(const std::string& file, std::size_t nodes) {
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto plan = sim::read_plan(text, nodes);
  if (!plan) throw std::runtime_error(file + ", " + plan.error().text);
  return std::move(*plan);
}

sim::Scenario scenario_of(const Flags& flags) {
  sim::Scenario scenario = flags.scenario;
  scenario.span = from_seconds(flags.seconds);
  scenario.rest = from_seconds(flags.rest);
  scenario.partition = from_seconds(flags.partition);
  scenario.tell_every = from_seconds(flags.tell_every);
  scenario.paces = {{from_seconds(flags.mean)}};
  scenario.deadline = from_seconds(flags.deadline);
  if (flags.layers >= 0 || flags.proposers >= 0)
    scenario.shape = moa::Shape{static_cast<std::uint8_t>(std::max(flags.layers, 0)),
                                static_cast<std::uint8_t>(std::max(flags.proposers, 0))};
  if (!scenario.plan_file.empty()) scenario.plan = read_plan(scenario.plan_file, scenario.nodes);
  scenario.gossip.refutes = flags.bug != "refutation";
  scenario.moa.layers_max = 3;  // the simulated owner consents to every shape that can be asked for
  if (flags.unbounded) {
    scenario.moa = sim::without_admission(scenario.moa);
    scenario.deadline = scenario.moa.deadline;
  }
  return scenario;
}

/// Seconds from each telling until each device heard it, sorted.
std::vector<double> reach_of(const sim::Report& report) {
  std::vector<double> reach;
  for (const auto& telling : report.tellings)
    for (const Time heard : telling.heard) reach.push_back(seconds(heard - telling.at));
  std::sort(reach.begin(), reach.end());
  return reach;
}

/// Seconds from each end of a process until each device knew of it, sorted.
std::vector<double> detections_of(const sim::Report& report) {
  std::vector<double> detections;
  for (const auto& burial : report.burials)
    if (burial.ended) detections.push_back(seconds(burial.at - *burial.ended));
  std::sort(detections.begin(), detections.end());
  return detections;
}

void print_gossip(const sim::Report& report, std::size_t nodes) {
  const auto spread = [](const char* what, const std::vector<double>& sorted) {
    std::printf("%-24s %.3f / %.3f / %.3f s\n", what, share(sorted, 0.5), share(sorted, 0.99),
                share(sorted, 1));
  };
  if (const auto reach = reach_of(report); !reach.empty()) {
    const auto all = static_cast<double>(report.tellings.size() * nodes);
    std::printf("%-24s %zu times, heard by %.4f of the devices\n", "told to all", report.tellings.size(),
                static_cast<double>(reach.size()) / all);
    spread("heard p50/p99/max", reach);
  }
  if (report.burials.empty()) return;
  const auto detections = detections_of(report);
  if (!detections.empty()) spread("death known p50/p99/max", detections);
  std::printf("%-24s %zu times, by one device each\n", "dead, but running",
              report.burials.size() - detections.size());
}

void print(const sim::Report& report) {
  const auto count = [](const char* what, std::size_t n) { std::printf("%-24s %zu\n", what, n); };
  count("queries asked", report.asked);
  count("answered", report.answered);
  count("refused", report.refused);
  count("lost with their device", report.lost);
  std::printf("%-24s %.3f / %.3f / %.3f s\n", "latency p50/p95/p99", share(report.latencies, 0.5),
              share(report.latencies, 0.95), share(report.latencies, 0.99));
  double mean = 0;
  std::size_t most = 0;
  for (const auto& sample : report.samples) {
    mean += sample.queued_mean / static_cast<double>(report.samples.size());
    most = std::max(most, sample.queued_max);
  }
  std::printf("%-24s %.2f mean, %zu at most\n", "calls held by a device", mean, most);
  std::printf("%-24s %llu frames, %llu bytes\n", "network", static_cast<unsigned long long>(report.frames),
              static_cast<unsigned long long>(report.frame_bytes));
  std::printf("%-24s %llu, and %llu frames dropped at full queues\n", "handshakes",
              static_cast<unsigned long long>(report.handshakes),
              static_cast<unsigned long long>(report.dropped));
  if (report.whole) std::printf("%-24s %.0f s after the last fault\n", "whole again", *report.whole);
  std::printf("%-24s %016llx after %llu events\n", "trace", static_cast<unsigned long long>(report.trace),
              static_cast<unsigned long long>(report.events));
  std::printf("%-24s %.1f s\n", "took", report.wall_seconds);
}

void write_samples(const std::string& file, const sim::Report& report) {
  std::ofstream out(file);
  out << "# seconds\tqueued_mean\tqueued_max\tbytes_a_node\n";
  for (const auto& sample : report.samples)
    out << seconds(sample.at.time_since_epoch()) << '\t' << sample.queued_mean << '\t' << sample.queued_max
        << '\t' << sample.bytes << '\n';
  if (!out.flush()) throw std::runtime_error("cannot write " + file);
}

/// One line each: the seconds, and its part of `whole`.
void write_column(const std::string& file, const std::vector<double>& values, double whole) {
  std::ofstream out(file);
  out << "# seconds\tshare\n";
  for (const double value : values) out << value << '\t' << 1 / whole << '\n';
  if (!out.flush()) throw std::runtime_error("cannot write " + file);
}

void write_files(const Flags& flags, const sim::Report& report) {
  if (!flags.samples_file.empty()) write_samples(flags.samples_file, report);
  if (!flags.reach_file.empty())
    write_column(flags.reach_file, reach_of(report),
                 static_cast<double>(report.tellings.size() * flags.scenario.nodes));
  const auto detections = detections_of(report);
  if (!flags.deaths_file.empty())
    write_column(flags.deaths_file, detections, static_cast<double>(detections.size()));
}

int simulate(const Flags& flags) {
  const sim::Scenario scenario = scenario_of(flags);
  if (flags.shows_plan) {
    std::fputs(sim::to_text(sim::plan_of(scenario)).c_str(), stdout);
    return 0;
  }
  const bool shows_progress = isatty(STDERR_FILENO) != 0;
  const auto whole = seconds(scenario.settle + scenario.span + scenario.rest);
  const auto began = std::chrono::steady_clock::now();
  sim::Report report = sim::run(scenario, [&](Time now) {
    if (shows_progress)
      std::fprintf(stderr, "\r%5.0f of %.0f virtual seconds ", seconds(now.time_since_epoch()), whole);
  });
  if (shows_progress) std::fprintf(stderr, "\r%40s\r", "");
  report.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  print(report);
  print_gossip(report, scenario.nodes);
  write_files(flags, report);
  for (const auto& broken : report.broken) std::fprintf(stderr, "broken: %s\n", broken.c_str());
  if (report.broken.empty()) return 0;
  std::fprintf(stderr, "replay with: %s\n", sim::replay_command(scenario).c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Runs a mesh of complete Grapevine nodes in virtual time.\n"
      "Example: grapevine-sim --nodes 200 --seconds 600 --stalls 0.02 --crashes 10 --partition 60"};
  Flags flags;
  add_flags(app, flags);
  CLI11_PARSE(app, argc, argv);
  try {
    return simulate(flags);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "grapevine-sim: %s\n", error.what());
    return 1;
  }
}
