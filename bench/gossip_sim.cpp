// The floor that must scale, at the size it must scale to: Gossip machines in virtual time, links of 10-50 ms
// one way, period 1 s. Prints what a mesh of `--nodes` (10 000) needs to notice a death, to spread news and
// to mend itself, and what it costs each of them; beside it the same with one protection switched off, which
// must make the number worse. What takes hours of virtual time runs on fewer nodes, and its row says on how
// many.
// `--quick` tries everything small, `--pictures DIR` draws, `--json` prints JSON.
#include "bench/figures.hpp"
#include "bench/gossip_stories.hpp"
#include "bench/picture.hpp"

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <limits>

#include <CLI/CLI.hpp>

namespace {

using namespace grapevine;
using namespace grapevine::bench;

constexpr std::uint64_t seed = 1;
constexpr Duration warm_up = 20s;

struct Sizes {
  std::size_t all = 10'000;
  std::size_t some = 1'000;  // for controls, and for what takes ten virtual minutes
  std::size_t few = 200;     // for a virtual hour
  Duration apart = 10min;
  Duration weather = 1h;
  Duration storm = 2min;     // a tenth of all nodes stand still, a fifth of all messages stall
  std::size_t victims = 20;  // each costs every node some forty messages
  std::size_t news = 40;
};

constexpr Sizes quick{
    .all = 400, .some = 100, .few = 200, .apart = 2min, .weather = 2min, .victims = 10, .news = 10};

/// Of this process, on one core; other programs of the machine do not count.
double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

std::string words(const char* format, auto... numbers) {
  char text[160];
  std::snprintf(text, sizeof text, format, numbers...);
  return text;
}

gossip::Config changed(const std::function<void(gossip::Config&)>& change) {
  gossip::Config config;
  change(config);
  return config;
}

void draw_reach(const std::string& file, std::size_t nodes, const std::vector<double>& shown) {
  Curve reach{.title = "nodes that were shown it", .points = {}, .shape = Curve::Shape::steps};
  for (std::size_t i = 0; i < shown.size(); ++i)
    reach.points.push_back(
        {1000 * shown[i], 100.0 * static_cast<double>(i + 1) / static_cast<double>(nodes)});
  draw({.title = words("Reach of one name among %zu nodes", nodes),
        .x = "milliseconds since it was published",
        .y = "per cent of all nodes",
        .curves = {std::move(reach)}},
       file);
}

void draw_detection(const std::string& file, std::size_t nodes, const Detection& fin, const Detection& dark) {
  draw({.title = words("Until 99.9 per cent of %zu nodes know of a death", nodes),
        .x = "seconds since the crash",
        .y = "crashes",
        .curves = {histogram("process killed", fin.known, 0.5), histogram("power cut", dark.known, 0.5)}},
       file);
}

void draw_bytes(const std::string& file, const std::vector<std::pair<double, double>>& bytes) {
  draw({.title = "What rest costs",
        .x = "nodes",
        .y = "bytes a node and second, above TCP",
        .curves = {{.title = "sent", .points = bytes}}},
       file);
}

class Table {
 public:
  Table(const Sizes& sizes, std::string pictures) : sizes_(sizes), pictures_(std::move(pictures)) {}

  /// The stories by their names, in the order in which they are told.
  static const std::vector<std::pair<std::string, void (Table::*)()>>& stories() {
    static const std::vector<std::pair<std::string, void (Table::*)()>> all{
        {"rest", &Table::rest},
        {"news", &Table::tell_news},
        {"tree", &Table::compare_news},
        {"deaths", &Table::tell_deaths},
        {"loss", &Table::lose_many},
        {"weather", &Table::survive_weather},
        {"halves", &Table::heal},
        {"churn", &Table::churn_for_a_minute},
        {"silence", &Table::bear_silence},
        {"replay", &Table::replay}};
    return all;
  }
  const Figures& figures() const { return figures_; }

 private:
  /// A swarm that had the time to make its links.
  class Settled : public Swarm {
   public:
    explicit Settled(SwarmOptions options) : Swarm(std::move(options)) { run_for(warm_up); }
  };

  /// What a minute costs the simulator, and rest costs each node, at three sizes.
  void rest() {
    std::vector<std::pair<double, double>> bytes;
    for (const std::size_t nodes : {sizes_.all / 10, sizes_.all * 3 / 10, sizes_.all}) {
      const double begin = cpu_seconds();
      Settled swarm({.nodes = nodes, .seed = seed});
      const Rates rates = watch_traffic(swarm, 60s - warm_up);
      bytes.push_back({static_cast<double>(nodes), rates.bytes});
      add_rates(nodes, rates);
      if (nodes != sizes_.all) continue;
      add_most("S11_60_s", nodes, cpu_seconds() - begin, "CPU s", 60,
               words("%llu events, trace %016llx", static_cast<unsigned long long>(swarm.events()),
                     static_cast<unsigned long long>(swarm.trace())));
      add_most("S9_links_max", nodes, static_cast<double>(swarm.most_links()), "links", 32,
               "full mesh: N - 1");
    }
    const auto [least, most] = std::minmax_element(
        bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    add_most("S8_growth_of_bytes", sizes_.all, 100 * (most->second / least->second - 1), "%", 20,
             "between N / 10 and N");
    if (!pictures_.empty()) draw_bytes(pictures_ + "/bytes.png", bytes);
  }

  void tell_news() {
    Random random(seed);
    Settled swarm({.nodes = sizes_.all, .seed = seed});
    const Spread one = spread_news(swarm, Sources::one, sizes_.news, random);
    add_spread("S4_one", sizes_.all, one, 0.05, 15, 0.350, "model: 0.000, 13, 289 ms");
    const Spread rotating = spread_news(swarm, Sources::rotating, sizes_.news, random);
    add_spread("S4_rotating", sizes_.all, rotating, 0.5, 20, 0.600,
               "model: 0.46, 25, 571 ms; gossipsub RMR 5.3");
    add_most("S7_name_to_all_p99", sizes_.all, share(rotating.last, 0.99), "s", 1,
             "push by rumor alone: 2.1 s (model)");
    if (!pictures_.empty()) draw_reach(pictures_ + "/reach.png", sizes_.all, rotating.reach);
  }

  /// The tree, and what it would be without its rules.
  void compare_news() {
    const auto told = [&](const gossip::Config& config) {
      Random random(seed);
      Settled swarm({.nodes = sizes_.some, .seed = seed, .gossip = config});
      return spread_news(swarm, Sources::rotating, sizes_.news, random);
    };
    const Spread with = told({});
    const Spread flood = told(changed([](auto& config) { config.duplicates = config.duplicates_again + 1; }));
    const Spread longer = told(changed([](auto& config) { config.shorter_by = 0xffff; }));
    add_control("S4_extra_tree_off", sizes_.some, mean(flood.extra), "copies", mean(with.extra), 2);
    add_control("S4_hops_shorter_off", sizes_.some, mean(longer.hops), "hops", mean(with.hops), 1);
  }

  /// Processes that end, and devices that vanish; and processes that end where no link tells of it.
  void tell_deaths() {
    for (const std::size_t nodes : {sizes_.some, sizes_.all}) {
      Random random(seed);
      const auto watched = [&](Crash crash) {
        Settled swarm({.nodes = nodes, .seed = seed});
        return watch_crashes(swarm, crash, sizes_.victims, random);
      };
      const Detection fin = watched(Crash::killed);
      const Detection dark = watched(Crash::powerless);
      add_most("S1_suspected_p50", nodes, share(dark.suspected, 0.5), "s", 2.2,
               words("no FIN; with FIN %.2f s", share(fin.suspected, 0.5)));
      add_most("S1_suspected_p99", nodes, share(dark.suspected, 0.99), "s", 5.5,
               words("no FIN; with FIN %.2f s", share(fin.suspected, 0.99)));
      add_known("S2_known_fin_p99", nodes, fin, 6);
      add_known("S2_known_no_fin_p99", nodes, dark, 22);
      if (!pictures_.empty()) draw_detection(pictures_ + "/detection.png", nodes, fin, dark);
      if (nodes != sizes_.some) continue;
      Settled deaf({.nodes = nodes, .seed = seed, .gossip = changed([](auto& config) {
                                                    config.evidence = gossip::LinkEvidence::ignored;
                                                  })});
      const Detection unheard = watch_crashes(deaf, Crash::killed, sizes_.victims, random);
      add_control("S2_known_evidence_off_p50", nodes, share(unheard.known, 0.5), "s", share(fin.known, 0.5),
                  2);
    }
  }

  void lose_many() {
    Random random(seed);
    Settled swarm({.nodes = sizes_.some, .seed = seed});
    const auto lose = [&](const std::string& name, double killed, Duration target, Duration most) {
      const Repair repair = kill_many(swarm, killed, most, random);
      add_at_least_once(name + "_one_component", sizes_.some, repair.one_part, seconds(target), "");
      add_at_least_once(name + "_reach_all", sizes_.some, repair.whole, seconds(target),
                        "model: whole after repair");
    };
    lose("S5_half", 0.5, 10s, 30s);
    lose("S5_80_percent", 0.6, 30s, 60s);  // of the half that is left: 80 % of all
  }

  /// Messages that stall, and nodes that stand still; in the worst of it with Lifeguard, and without.
  void survive_weather() {
    const auto deaths = [&](double stalls, double paused, Duration span, const gossip::Config& config) {
      Random random(seed);
      Settled swarm({.nodes = sizes_.few, .seed = seed, .weather = {.stall = stalls}, .gossip = config});
      return static_cast<double>(live_through(swarm, paused, span, random));
    };
    const auto add = [&](const std::string& name, double seen, Duration span) {
      add_most(name, sizes_.few, seen, "seen", 0,
               words("%.0f min; healthy members only", seconds(span) / 60));
    };
    add("S3_false_deaths_5%_stalls", deaths(0.05, 0, sizes_.weather, {}), sizes_.weather);
    const Duration shorter = sizes_.weather / 3;
    add("S3_false_deaths_1%_paused", deaths(0, 0.01, shorter, {}), shorter);
    // One alone buries nobody, so it takes much for Lifeguard to be needed at all.
    const double with = deaths(0.2, 0.1, sizes_.storm, {});
    add("S3_false_deaths_storm", with, sizes_.storm);
    const gossip::Config without = changed([](auto& config) {
      config.confirmations = 0;
      config.health_worst = 0;
      config.late = 24h;
    });
    add_control("S3_lifeguard_off_storm", sizes_.few, deaths(0.2, 0.1, sizes_.storm, without), "seen",
                std::max(with, 1.0), 50);
  }

  void heal() {
    const auto healed = [&](const gossip::Config& config) {
      Settled swarm({.nodes = sizes_.some, .seed = seed, .gossip = config});
      return cut_in_halves(swarm, sizes_.apart, 120s);
    };
    const double with = healed({});
    add_at_least_once(
        "S6_tables_equal", sizes_.some, with, 30,
        words("after %.0f min in halves; memberlist: full sync every 30 s", seconds(sizes_.apart) / 60));
    const double without = healed(changed([](auto& config) {
      config.exchange_every = 24h;
      config.restless = Duration::zero();
    }));
    add_control("S6_exchange_off", sizes_.some, without < 0 ? 120 : without, "s", with, 1);
  }

  void churn_for_a_minute() {
    Random random(seed);
    Settled busy({.nodes = sizes_.some, .seed = seed});
    const Rates rates = watch_traffic(busy, 60s, churn(busy, 0.3, random));
    add_most("S9_handshakes_30%_churn", sizes_.some, rates.handshakes_worst, "1/s a node", 20,
             "mean of the worst second");
    add_most("S9_links_max_30%_churn", sizes_.some, static_cast<double>(busy.most_links()), "links", 32, "");
  }

  /// A fifth of all nodes pass nothing on.
  void bear_silence() {
    Random random(seed);
    Swarm infested({.nodes = sizes_.some, .seed = seed});
    const auto is_sybil = [](Index node) { return node % 5 == 0; };
    for (Index i = 0; i < infested.size(); ++i)
      if (is_sybil(i)) infested.silence(i);
    infested.run_for(warm_up);
    const Spread spread = spread_news(infested, Sources::rotating, sizes_.news, random,
                                      [&](Index node) { return !is_sybil(node); });
    add_most("S10_last_20%_silent_p99", sizes_.some, share(spread.last, 0.99), "s", 1.6,
             "gossipsub v1.1 under attack: 1.6 s");
    add_most("S10_missed_20%_silent", sizes_.some, static_cast<double>(spread.missed), "nodes", 0, "");
  }

  void replay() {
    const auto trace = [&] {
      Swarm swarm({.nodes = sizes_.some, .seed = seed + 7, .weather = {.stall = 0.05}});
      swarm.run_for(30s);
      return swarm.trace();
    };
    const std::uint64_t once = trace();
    const bool equal = once == trace();
    figures_.add({.name = row("S11_equal_traces", sizes_.some),
                  .value = equal ? 2.0 : 1.0,
                  .unit = "of 2 runs",
                  .target = "2",
                  .met = equal,
                  .baseline = words("trace %016llx", static_cast<unsigned long long>(once))});
  }

  void add_spread(const std::string& name, std::size_t nodes, const Spread& spread, double extra, double hops,
                  double last, const std::string& beside) {
    add_most(name + "_missed", nodes, static_cast<double>(spread.missed), "nodes", 0, beside);
    add_most(name + "_extra", nodes, mean(spread.extra), "copies", extra, "a node, mean (RMR)");
    add_most(name + "_hops", nodes, mean(spread.hops), "hops", hops,
             words("of the last, mean (LDH); at most %.0f", share(spread.hops, 1)));
    add_most(name + "_last", nodes, mean(spread.last), "s", last,
             words("mean; at most %.3f s", share(spread.last, 1)));
  }
  void add_known(const std::string& name, std::size_t nodes, const Detection& found, double most) {
    std::vector<double> known = found.known;
    known.insert(known.end(), found.unknown, std::numeric_limits<double>::infinity());
    add_most(name, nodes, share(known, 0.99), "s", most,
             words("p50 %.1f s, %zu false deaths; memberlist's numbers: 18 s mean (model)", share(known, 0.5),
                   found.false_deaths));
  }
  void add_rates(std::size_t nodes, const Rates& rates) {
    add_most("S8_bytes", nodes, rates.bytes / 1000, "kB/s a node", 1.5,
             "above TCP, handshakes included, heartbeats not");
    add_most("S8_messages", nodes, rates.messages, "1/s a node", 8, "");
    add_most("S9_handshakes", nodes, rates.handshakes, "1/s a node", 3,
             words("%.2f in the worst second", rates.handshakes_worst));
  }
  void add_most(const std::string& name, std::size_t nodes, double value, const std::string& unit,
                double most, const std::string& beside) {
    figures_.add({.name = row(name, nodes),
                  .value = value,
                  .unit = unit,
                  .target = words("<= %g", most),
                  .met = value <= most,
                  .baseline = beside});
  }
  /// A time that is negative when it did not come.
  void add_at_least_once(const std::string& name, std::size_t nodes, double value, double most,
                         const std::string& beside) {
    figures_.add({.name = row(name, nodes),
                  .value = value,
                  .unit = "s",
                  .target = words("<= %g", most),
                  .met = value >= 0 && value <= most,
                  .baseline = value < 0 ? "not in the time given" : beside});
  }
  /// A control: without its protection the number must be at least so many times worse.
  void add_control(const std::string& name, std::size_t nodes, double value, const std::string& unit,
                   double with, double times) {
    figures_.add({.name = row(name, nodes),
                  .value = value,
                  .unit = unit,
                  .target = words("worse, x%g", times),
                  .met = times > 1 ? value >= times * with : value > with,
                  .baseline = words("control; with it: %g", with)});
  }
  static std::string row(const std::string& name, std::size_t nodes) {
    return "gossip-sim." + name + "_" + std::to_string(nodes);
  }

  Sizes sizes_;
  std::string pictures_;
  Figures figures_;
};

}  // namespace

int main(int argc, char** argv) {
  Sizes sizes;
  std::string pictures;
  std::vector<std::string> only;
  bool as_json = false;
  bool is_quick = false;
  CLI::App app{"Gossip at ten thousand nodes, in virtual time."};
  app.add_option("--nodes,-n", sizes.all, "the full size")
      ->capture_default_str()
      ->check(CLI::Range(100, 20000));
  app.add_option("--pictures", pictures, "draw reach, detection and growth into this directory");
  app.add_flag("--quick", is_quick, "everything small, in a minute");
  app.add_flag("--json", as_json, "one JSON object instead of a table");
  app.add_option("--only", only,
                 "these stories: rest news tree deaths loss weather halves churn silence replay");
  CLI11_PARSE(app, argc, argv);
  if (is_quick) sizes = quick;
  if (!pictures.empty()) std::filesystem::create_directories(pictures);
  Table table(sizes, pictures);
  for (const auto& [name, tell] : Table::stories()) {
    if (only.empty() || std::find(only.begin(), only.end(), name) != only.end()) (table.*tell)();
  }
  tell_progress("");
  table.figures().print(argc, argv);
  return table.figures().exit_code();
}
