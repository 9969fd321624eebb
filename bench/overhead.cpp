// What the mesh adds to an answer: five live daemons on loopback whose models answer at once, one layer of
// two proposers, beside the same daemon asked alone. And what a daemon costs while nobody asks: memory and
// processor time.
#include "bench/figures.hpp"
#include "tests/live/fleet.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <unistd.h>

using namespace grapevine;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t devices = 5;
constexpr int questions = 300;
constexpr auto idle = 10s;
constexpr double idle_mib_most = 16;

std::string configure(const std::filesystem::path& answers) {
  return "[[model]]\nkind = \"recorded\"\nfile = \"" + answers.string() +
         "\"\nname = \"instant\"\ntokens_per_second = 0\n";
}

double at(std::vector<double>& values, double share) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

/// Milliseconds of each answer, asked one after the other.
std::vector<double> ask(const live::Fleet& fleet, const std::string& model) {
  std::vector<double> times;
  for (int i = 0; i < questions; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const auto reply = fleet.ask(0, "Is anybody there? (" + std::to_string(i) + ")", model);
    const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
    if (reply.status != 200)
      throw std::runtime_error(model + ": " + std::to_string(reply.status) + " " + reply.body);
    times.push_back(taken.count());
  }
  return times;
}

}  // namespace

int main(int argc, char** argv) {
  const auto answers =
      std::filesystem::temp_directory_path() / ("grapevine-instant-" + std::to_string(::getpid()) + ".json");
  std::ofstream(answers)
      << R"([{"instruction": "*", "output": "Yes: this device is here and answers at once.", "generator": "instant"}])";
  bench::Figures figures;
  {
    live::Fleet fleet(devices, [&](std::size_t) { return configure(answers); });
    fleet.start_all();
    if (!fleet.wait_alive(0, devices, 10s)) throw std::runtime_error("the mesh did not form");

    std::vector<double> resting_mib;
    const double cpu_before = fleet.cpu_seconds(1);
    std::this_thread::sleep_for(idle);
    const double cpu = (fleet.cpu_seconds(1) - cpu_before) / std::chrono::duration<double>(idle).count();
    for (std::size_t i = 0; i < devices; ++i)
      resting_mib.push_back(static_cast<double>(fleet.resident_kib(i)) / 1024);

    (void)ask(fleet, "grapevine:m1k2");  // warm: connections, pages, first estimates
    auto alone = ask(fleet, "local");
    auto mixed = ask(fleet, "grapevine:m1k2");
    const double p50 = at(mixed, 0.5) - at(alone, 0.5);
    const double p99 = at(mixed, 0.99) - at(alone, 0.5);
    const std::string beside = "alone " + std::to_string(at(alone, 0.5)).substr(0, 5) + " ms p50, " +
                               std::to_string(at(alone, 0.99)).substr(0, 5) + " ms p99";
    figures.add({"overhead.p50", p50, "ms", "<= 10", p50 <= 10, beside});
    figures.add({"overhead.p99", p99, "ms", "<= 30", p99 <= 30, beside});
    const double most = *std::max_element(resting_mib.begin(), resting_mib.end());
    figures.add({"overhead.idle_rss", most, "MiB", "<= 16", most <= idle_mib_most, "largest of five"});
    figures.add({.name = "overhead.idle_cpu",
                 .value = 100 * cpu,
                 .unit = "% of a core",
                 .baseline = "five daemons linked"});
  }
  std::filesystem::remove(answers);
  figures.print(argc, argv);
  return figures.exit_code();
}
