// Names over DNS beside knotd, nsd and unbound: the same ten thousand names, one worker each, asked by
// dnsperf one after the other, five rounds in turn. The speed of a shared machine moves by a third within
// minutes, so two servers are compared within a round and the verdict is the median of those ratios. Where
// dnsperf itself is the limit, queries a second say little and processor time a query says all; both are
// printed. Answers to one name in a hundred are compared byte for byte with knotd's. A peer that is not
// installed is passed over aloud. First how soon DNS says what has changed (dns_delay.hpp); `--delays`
// measures nothing else.
#include "bench/dns_delay.hpp"
#include "bench/dns_peers.hpp"
#include "bench/figures.hpp"
#include "bench/registry_of.hpp"
#include "tests/live/process.hpp"

#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace grapevine;

namespace {

constexpr std::size_t rounds = 5;
constexpr unsigned updates_a_second = 500;

/// What one run of dnsperf has found.
struct Run {
  double queries_a_second = 0;
  double lost = 0;
  double cpu_us = 0;  // of the server, a query
};

class Load {
 public:
  Load(std::string seconds, std::filesystem::path folder)
      : seconds_(std::move(seconds)), folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    std::ofstream known(folder_ / "known"), unknown(folder_ / "unknown");
    for (unsigned i = 0; i < bench::names_served; ++i) {
      const std::string name = bench::label_of(1 + i * 7919 % bench::names_served) + ".home.internal A\n";
      known << name;
      unknown << "no-" << name;
    }
  }
  ~Load() { std::filesystem::remove_all(folder_); }
  Load(const Load&) = delete;

  Run run(const bench::DnsPeer& peer, const std::string& queries, const std::string& mode) const {
    const auto file = folder_ / "out";
    const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const double before = peer.cpu_seconds();
    const pid_t dnsperf = live::spawn(
        {"dnsperf", "-s", "127.0.0.1", "-p", std::to_string(peer.port()), "-d", (folder_ / queries).string(),
         "-l", seconds_, "-c", "4", "-T", "1", "-q", "200", "-m", mode, "-O", "suppress=timeout"},
        {.standard = out});
    ::close(out);
    ::waitpid(dnsperf, nullptr, 0);
    const double cpu = peer.cpu_seconds() - before;
    const std::string said = live::read_file(file);
    const double completed = number_after(said, "Queries completed:");
    return {.queries_a_second = number_after(said, "Queries per second:"),
            .lost = number_after(said, "Queries lost:"),
            .cpu_us = completed == 0 ? 0 : 1e6 * cpu / completed};
  }

 private:
  static double number_after(const std::string& text, const std::string& words) {
    const auto at = text.find(words);
    return at == text.npos ? 0 : std::strtod(text.c_str() + at + words.size(), nullptr);
  }
  std::string seconds_;
  std::filesystem::path folder_;
};

std::map<std::string, std::unique_ptr<bench::DnsPeer>> start_all() {
  std::map<std::string, std::unique_ptr<bench::DnsPeer>> peers;
  for (const char* kind : {"knotd", "nsd", "unbound", "grapevine"}) {
    try {
      peers.emplace(kind, std::make_unique<bench::DnsPeer>(kind));
    } catch (const std::runtime_error& trouble) {
      std::fprintf(stderr, "dns: passed over: %s\n", trouble.what());
    }
  }
  peers.emplace("grapevine-updated", std::make_unique<bench::DnsPeer>("grapevine", updates_a_second));
  return peers;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// A run for each round, by what was asked and who was asked.
struct Results {
  std::map<std::string, std::map<std::string, std::vector<Run>>> runs;

  /// The median of one peer; what was lost, in all.
  Run of(const std::string& load, const std::string& peer) const {
    std::vector<double> rates, costs;
    double lost = 0;
    for (const Run& run : runs.at(load).at(peer)) {
      rates.push_back(run.queries_a_second);
      costs.push_back(run.cpu_us);
      lost += run.lost;
    }
    return {median(rates), lost, median(costs)};
  }
  /// The median of what one peer is of another, round by round.
  double ratio(double Run::*what, const std::string& load, const std::string& of,
               const std::string& to) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < rounds; ++i)
      ratios.push_back(runs.at(load).at(of)[i].*what / runs.at(load).at(to)[i].*what);
    return median(ratios);
  }
  bool has(const std::string& load, const std::string& peer) const { return runs.at(load).contains(peer); }
};

void add_rates(bench::Figures& figures, const Results& results) {
  for (const auto& [load, by_peer] : results.runs) {
    for (const auto& [peer, runs] : by_peer) {
      const Run run = results.of(load, peer);
      std::ostringstream beside;
      beside.precision(3);
      beside << run.cpu_us << " us CPU a query, " << run.lost << " lost";
      figures.add({.name = "dns." + load + "." + peer,
                   .value = run.queries_a_second / 1000,
                   .unit = "k q/s",
                   .baseline = beside.str()});
    }
  }
}

void add_ratio(bench::Figures& figures, const std::string& name, double value, const std::string& target,
               bool met, const std::string& beside) {
  figures.add({.name = name, .value = value, .unit = "", .target = target, .met = met, .baseline = beside});
}

void add_verdicts(bench::Figures& figures, const Results& results) {
  const Run ours = results.of("udp", "grapevine");
  add_ratio(figures, "dns.lost", ours.lost, "0", ours.lost == 0, "of all queries over UDP");
  const auto rate = &Run::queries_a_second;
  if (results.has("udp", "knotd")) {
    const double queries = results.ratio(rate, "udp", "grapevine", "knotd");
    const double cpu = results.ratio(&Run::cpu_us, "udp", "grapevine", "knotd");
    add_ratio(figures, "dns.udp_rate", queries, ">= 0.95", queries >= 0.95, "of knotd's queries a second");
    add_ratio(figures, "dns.udp_cpu", cpu, "<= 1.2", cpu <= 1.2, "of knotd's CPU a query");
  }
  for (const auto& [peer, least] : {std::pair<std::string, double>("nsd", 1), {"knotd", 0.7}}) {
    if (!results.has("tcp", peer)) continue;
    const double queries = results.ratio(rate, "tcp", "grapevine", peer);
    add_ratio(figures, "dns.tcp_rate_" + peer, queries, peer == "nsd" ? ">= 1" : ">= 0.7", queries >= least,
              "of the queries a second of " + peer + " over TCP");
  }
  const double updated = results.ratio(rate, "udp", "grapevine-updated", "grapevine");
  add_ratio(figures, "dns.updated_rate", updated, ">= 0.9", updated >= 0.9,
            "of itself at rest, 500 updates a second");
}

void check_bytes(bench::Figures& figures, const bench::DnsPeer& ours, const bench::DnsPeer& knot) {
  constexpr unsigned one_in = 100;
  unsigned equal = 0;
  for (unsigned i = 1; i <= bench::names_served; i += one_in) {
    const auto query =
        bench::address_query(bench::label_of(i) + ".home.internal", static_cast<std::uint16_t>(i));
    const auto answer = bench::ask_udp(ours.port(), query);
    if (!answer.empty() && answer == bench::ask_udp(knot.port(), query)) ++equal;
  }
  add_ratio(figures, "dns.equal_bytes", equal, "100", equal == bench::names_served / one_in,
            "answers like knotd's, of 100");
}

}  // namespace

int main(int argc, char** argv) {
  start_crypto();
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 3 && arguments[0] == "--serve")
    return bench::serve_names(static_cast<std::uint16_t>(std::stoul(arguments[1])),
                              static_cast<unsigned>(std::stoul(arguments[2])));
  const bool only_delays = !arguments.empty() && arguments[0] == "--delays";
  const bool has_seconds = !arguments.empty() && !arguments[0].starts_with("--");
  bench::Figures figures;
  bench::measure_own_update(figures);
  bench::measure_far_update(figures);
  if (only_delays) {
    figures.print(argc, argv);
    return figures.exit_code();
  }
  auto peers = start_all();
  const Load load(has_seconds ? arguments[0] : "3",
                  std::filesystem::temp_directory_path() / ("grapevine-load-" + std::to_string(::getpid())));
  Results results;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (const auto& [name, peer] : peers)
      results.runs["udp"][name].push_back(load.run(*peer, "known", "udp"));
    for (const auto& [name, peer] : peers) {
      if (name == "grapevine-updated") continue;
      results.runs["nxdomain"][name].push_back(load.run(*peer, "unknown", "udp"));
      results.runs["tcp"][name].push_back(load.run(*peer, "known", "tcp"));
    }
  }
  add_rates(figures, results);
  if (peers.contains("knotd")) check_bytes(figures, *peers.at("grapevine"), *peers.at("knotd"));
  for (const auto& [name, peer] : peers)
    figures.add({.name = "dns.rss." + name,
                 .value = peer->resident_mib(),
                 .unit = "MiB",
                 .baseline = name.starts_with("grapevine") ? "10 000 names, their keys and their registry"
                                                           : "10 000 names"});
  add_verdicts(figures, results);
  figures.print(argc, argv);
  return figures.exit_code();
}
