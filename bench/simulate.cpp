// A load on real daemons: N devices on loopback whose models answer at a known pace, prompts arriving at each
// of them at random times (Poisson), and a look at every queue five times a second. Prints what came of it
// and writes the queue lengths for a picture, with the theorem's limit. scripts/simulate runs this, or the
// simulator with --virtual. Bounded in devices, rate and time; stops by itself.
#include "crypto/random.hpp"
#include "moa/admission.hpp"
#include "tests/live/fleet.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

using namespace grapevine;
using Clock = std::chrono::steady_clock;

namespace {

struct Load {
  std::size_t nodes = 5;
  double rate = 0.5;  // prompts a second at each device
  double seconds = 20;
  int layers = 1;
  int proposers = 2;
  double service = 0.2;  // seconds of one generation
  std::uint64_t seed = 1;
  std::string samples_file;
};

struct Tally {
  std::mutex mutex;  // of this program's own threads; the product has one of its own
  std::vector<double> latencies;
  std::size_t asked = 0;
  std::size_t refused = 0;
  std::size_t failed = 0;
};

constexpr int characters_a_second = 4000;  // of a recorded model at 1 000 tokens a second

std::string configure(const std::filesystem::path& answers) {
  return "[[model]]\nkind = \"recorded\"\nfile = \"" + answers.string() +
         "\"\nname = \"steady\"\ntokens_per_second = " + std::to_string(characters_a_second / 4) +
         "\n[moa]\nlayers_max = 3\n";
}

/// The people of one device: each question in a thread of its own, since nobody waits for another's answer.
void ask_at_random(const live::Fleet& fleet, std::size_t device, const Load& load, Tally& tally) {
  Random chance(load.seed * 1000 + device);
  const auto end = Clock::now() + std::chrono::duration<double>(load.seconds);
  const std::string model =
      "grapevine:m" + std::to_string(load.layers) + "k" + std::to_string(load.proposers);
  std::vector<std::jthread> waiting;
  for (int n = 0;; ++n) {
    std::this_thread::sleep_for(chance.exponential(from_seconds(1 / load.rate)));
    if (Clock::now() >= end) return;
    waiting.emplace_back([&, n] {
      const auto begin = Clock::now();
      const int status = fleet.ask(device, "Question " + std::to_string(n), model).status;
      const std::chrono::duration<double> taken = Clock::now() - begin;
      const std::scoped_lock lock(tally.mutex);
      ++tally.asked;
      if (status == 200)
        tally.latencies.push_back(taken.count());
      else if (status == 429)
        ++tally.refused;
      else
        ++tally.failed;
    });
  }
}

/// Calls held by each device now: the mean, and the most.
std::pair<double, std::size_t> look(const live::Fleet& fleet) {
  std::size_t sum = 0;
  std::size_t most = 0;
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    const auto status = nlohmann::json::parse(fleet.get(i, "/api/mesh/status").body, nullptr, false);
    if (status.is_discarded()) continue;
    const std::size_t held =
        status["queue"]["running"].get<std::size_t>() + status["queue"]["waiting"].get<std::size_t>();
    sum += held;
    most = std::max(most, held);
  }
  return {static_cast<double>(sum) / static_cast<double>(fleet.size()), most};
}

double share(std::vector<double>& values, double at) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(at * static_cast<double>(values.size())))];
}

void run(const Load& load, const std::filesystem::path& answers) {
  live::Fleet fleet(load.nodes, [&](std::size_t) { return configure(answers); });
  fleet.start_all();
  if (!fleet.wait_alive(0, load.nodes, std::chrono::seconds(20)))
    throw std::runtime_error("the mesh did not form");
  std::ofstream samples(load.samples_file.empty() ? "/dev/null" : load.samples_file);
  samples << "# seconds\tqueued_mean\tqueued_max\n";
  Tally tally;
  double mean = 0;
  std::size_t most = 0;
  int looks = 0;
  {
    std::vector<std::jthread> people;
    for (std::size_t i = 0; i < load.nodes; ++i)
      people.emplace_back([&, i] { ask_at_random(fleet, i, load, tally); });
    const auto begin = Clock::now();
    for (double at = 0; at < load.seconds; std::this_thread::sleep_for(std::chrono::milliseconds(200))) {
      at = std::chrono::duration<double>(Clock::now() - begin).count();
      const auto [now_mean, now_most] = look(fleet);
      samples << at << '\t' << now_mean << '\t' << now_most << '\n';
      mean += now_mean;
      most = std::max(most, now_most);
      ++looks;
      if (isatty(STDERR_FILENO) != 0)
        std::fprintf(stderr, "\r%3.0f of %.0f s, %.1f calls a device ", at, load.seconds, now_mean);
    }
  }
  if (isatty(STDERR_FILENO) != 0) std::fprintf(stderr, "\r%50s\r", "");
  const unsigned calls =
      moa::calls_of({static_cast<std::uint8_t>(load.layers), static_cast<std::uint8_t>(load.proposers)});
  std::printf("%-24s %.2f of the theorem's limit\n", "load", load.rate * load.service * calls);
  std::printf("%-24s %zu asked, %zu answered, %zu refused, %zu failed\n", "queries", tally.asked,
              tally.latencies.size(), tally.refused, tally.failed);
  std::printf("%-24s %.3f / %.3f / %.3f s\n", "latency p50/p95/p99", share(tally.latencies, 0.5),
              share(tally.latencies, 0.95), share(tally.latencies, 0.99));
  std::printf("%-24s %.2f mean, %zu at most\n", "calls held by a device", mean / looks, most);
}

}  // namespace

int main(int argc, char** argv) {
  Load load;
  CLI::App app{"Asks a fleet of real daemons at random times and watches their queues."};
  app.add_option("--nodes,-n", load.nodes)->check(CLI::Range(1, 30));
  app.add_option("--rate,-r", load.rate)->check(CLI::Range(0.001, 50.0));
  app.add_option("--seconds,-s", load.seconds)->check(CLI::Range(1.0, 600.0));
  app.add_option("-m", load.layers)->check(CLI::Range(0, 3));
  app.add_option("-k", load.proposers)->check(CLI::Range(0, 7));
  app.add_option("--service", load.service)->check(CLI::Range(0.0, 60.0));
  app.add_option("--seed", load.seed);
  app.add_option("--samples", load.samples_file);
  CLI11_PARSE(app, argc, argv);
  const auto answers =
      std::filesystem::temp_directory_path() / ("grapevine-steady-" + std::to_string(::getpid()) + ".json");
  std::string said(std::max<std::size_t>(8, static_cast<std::size_t>(load.service * characters_a_second)),
                   'a');
  for (std::size_t i = 7; i < said.size(); i += 8) said[i] = ' ';
  std::ofstream(answers) << R"([{"instruction": "*", "output": ")" << said << R"(", "generator": "steady"}])";
  int status = 0;
  try {
    run(load, answers);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "simulate: %s\n", error.what());
    status = 1;
  }
  std::filesystem::remove(answers);
  return status;
}
