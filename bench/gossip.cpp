// How soon everybody knows, and what that costs: live daemons on loopback beside Debian's serf 0.9.4, one
// after the other, at N = 5, 10 and 30. Times come from the agents' logs. Bytes are all that crosses the
// loopback of a network namespace made for this bench, with headers and acknowledgements, divided by N; serf
// sends in clear, we encrypt. Takes twelve minutes, half of them serf's; `--quick` one, with N = 5 only and
// few trials. `--json` prints JSON, in which a figure that was infinite (somebody never knew) is null.
#include "bench/figures.hpp"
#include "bench/gossip_trials.hpp"
#include "bench/grapevine_agents.hpp"
#include "bench/serf_agents.hpp"

#include <cstdio>
#include <cstring>
#include <optional>

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace grapevine::bench;

namespace {

constexpr std::size_t largest = 30;  // the size that targets are set for

/// Whether this process, and what it starts, has a loopback of its own from now on.
bool own_loopback() {
  if (::unshare(CLONE_NEWNET) != 0) return false;
  const int any = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq loopback{};
  std::strcpy(loopback.ifr_name, "lo");
  loopback.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool up = ::ioctl(any, SIOCSIFFLAGS, &loopback) == 0;
  ::close(any);
  return up;
}

std::string short_number(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", number);
  return text;
}

/// The two columns of one figure: ours, and serf's where it was measured.
class Report {
 public:
  Report(Figures& figures, std::size_t size, const Measured& ours, const std::optional<Measured>& serf)
      : figures_(figures),
        size_(std::to_string(size)),
        is_largest_(size == largest),
        ours_(ours),
        serf_(serf) {}

  void add_all() {
    add_times("kill", &Measured::kill, "s", 1, 2.5, 5);
    add_times("event", &Measured::event, "ms", 1000, 20, 100);
    add_all_within("join", &Measured::join, 2);
    add_all_within("leave", &Measured::leave, 1);
    if (ours_.stops > 0)
      add("stop_blamed_" + size_, static_cast<double>(ours_.blamed), "healthy", 0, [](const Measured& m) {
        return std::to_string(m.blamed) + " in " + std::to_string(m.stops) + " trials";
      });
    if (ours_.resident_mib == 0) return;
    add("idle_rss_" + size_, ours_.resident_mib, "MiB", 12,
        [](const Measured& m) { return short_number(m.resident_mib) + " MiB"; });
    add("idle_sent_" + size_, ours_.sent_kb_each, "kB/s a node", 1.2,
        [](const Measured& m) { return short_number(m.sent_kb_each) + " kB/s, in clear"; });
    add("idle_cpu_" + size_, ours_.cpu_percent, "% of a core", 0.2,
        [](const Measured& m) { return short_number(m.cpu_percent) + " %"; });
  }

 private:
  using Words = std::string (*)(const Measured&);

  void add(const std::string& name, double value, const std::string& unit, double most, Words words) {
    add(name, value, unit, most, serf_ ? "serf " + words(*serf_) : "serf is not installed");
  }
  /// Targets are set at the largest size; smaller ones are printed for comparison.
  void add(const std::string& name, double value, const std::string& unit, double most,
           const std::string& beside) {
    Figure figure{.name = "gossip." + name, .value = value, .unit = unit, .baseline = beside};
    if (is_largest_) figure.target = "<= " + short_number(most), figure.met = value <= most;
    figures_.add(std::move(figure));
  }
  void add_times(const std::string& what, Taken Measured::*taken, const std::string& unit, double scale,
                 double median, double most) {
    const auto beside = [&](double seconds) { return "serf " + short_number(seconds * scale) + " " + unit; };
    const Taken& our = ours_.*taken;
    add(what + "_p50_" + size_, our.median() * scale, unit, median,
        serf_ ? beside(((*serf_).*taken).median()) : "serf is not installed");
    add(what + "_max_" + size_, our.most() * scale, unit, most,
        serf_ ? beside(((*serf_).*taken).most()) : "serf is not installed");
  }
  void add_all_within(const std::string& what, Taken Measured::*taken, double limit) {
    const auto told = [&](const Taken& one) {
      return std::to_string(one.within(limit)) + " of " + std::to_string(one.trials()) + " in time, p50 " +
             short_number(one.median()) + " s";
    };
    add(what + "_max_" + size_, (ours_.*taken).most(), "s", limit,
        told(ours_.*taken) + (serf_ ? "; serf " + told((*serf_).*taken) + ", max " +
                                          short_number(((*serf_).*taken).most()) + " s"
                                    : "; serf is not installed"));
  }

  Figures& figures_;
  std::string size_;
  bool is_largest_;
  const Measured& ours_;
  const std::optional<Measured>& serf_;
};

std::vector<std::pair<std::size_t, Plan>> plans_of_ours(bool quick) {
  if (quick) return {{5, {.joins = 2, .events = 5, .kills = 2, .leaves = 2}}};
  return {{5, {}}, {10, {}}, {largest, {.joins = 20, .leaves = 20, .stops = 5, .idle = 60s}}};
}

/// What serf is tried at: as often where trials are quick or differ much, less often where they only cost
/// time.
Plan plan_of_serf(Plan plan) {
  plan.joins = std::min<std::size_t>(plan.joins, 5);
  plan.events = std::min<std::size_t>(plan.events, 5);
  plan.leaves = std::min<std::size_t>(plan.leaves, 5);
  plan.stops = std::min<std::size_t>(plan.stops, 1);
  plan.idle = std::min(plan.idle, 30s);
  return plan;
}

/// On standard error, so that who waits sees something happen.
void say_begun(const char* agents, std::size_t size) {
  static const auto begun = std::chrono::steady_clock::now();
  const auto passed = std::chrono::steady_clock::now() - begun;
  std::fprintf(stderr, "%4ld s: %s, N = %zu\n",
               static_cast<long>(std::chrono::duration_cast<std::chrono::seconds>(passed).count()), agents,
               size);
}

}  // namespace

int main(int argc, char** argv) {
  const bool quick = std::find(argv, argv + argc, std::string_view("--quick")) != argv + argc;
  const bool alone = own_loopback();
  if (!alone)
    std::fputs("no network namespace of our own (needs root): all bytes on this loopback count\n", stderr);
  const bool beside_serf = SerfAgents::is_installed();
  Figures figures;
  for (const auto& [size, plan] : plans_of_ours(quick)) {
    std::optional<Measured> serf;
    if (beside_serf) {
      say_begun("serf", size);
      SerfAgents agents(size, "lan");
      serf = measure(agents, plan_of_serf(plan));
    }
    say_begun("grapevined", size);
    GrapevineAgents agents(size);
    const Measured ours = measure(agents, plan);
    Report(figures, size, ours, serf).add_all();
  }
  figures.print(argc, argv);
  return figures.exit_code();
}
