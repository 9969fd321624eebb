// What a registry on disk survives, at length: killed with signal 9 while it writes, its power cut at any
// moment, its file damaged. Each protection beside the same store without it.
#include "bench/figures.hpp"
#include "tests/dns/damage.hpp"
#include "tests/dns/killed_writer.hpp"
#include "tests/dns/power_cut.hpp"

#include <cstdio>

using namespace grapevine;
using namespace grapevine::dns;

namespace {

constexpr unsigned lives = 200;
constexpr unsigned commits = 60;
constexpr unsigned draws = 2;  // per moment: what else of the unsynced writes was kept or torn
constexpr unsigned files = 3000;

bench::Figure count(std::string name, unsigned value, std::string unit, std::string beside = {}) {
  return {.name = "crashes." + std::move(name),
          .value = static_cast<double>(value),
          .unit = std::move(unit),
          .baseline = std::move(beside)};
}

bench::Figure none(std::string name, unsigned value, std::string unit, std::string beside = {}) {
  auto figure = count(std::move(name), value, std::move(unit), std::move(beside));
  figure.target = "0";
  figure.met = value == 0;
  return figure;
}

void kill(bench::Figures& figures) {
  const auto found = kill_writers(lives, First::commit, 1);
  const auto control = kill_writers(lives / 4, First::tell, 1);
  const std::string beside =
      std::to_string(lives) + " lives, " + std::to_string(found.told) + " records told";
  figures.add(none("kill.unopened", found.unopened, "lives", beside));
  figures.add(none("kill.invalid", found.dropped, "records"));
  figures.add(none("kill.reused", found.reused, "numbers",
                   "telling before committing: " + std::to_string(control.reused) + " of " +
                       std::to_string(control.told)));
  figures.add(none(
      "kill.lost", found.lost, "lives",
      "telling before committing: " + std::to_string(control.lost) + " of " + std::to_string(lives / 4)));
}

void cut(bench::Figures& figures) {
  const auto found = cut_power(commits, draws, disk::Syncing::as_opened, Random(1));
  const auto control = cut_power(commits, 1, disk::Syncing::never, Random(1));
  figures.add(none("power.lost", found.lost, "cuts",
                   "of " + std::to_string(found.cuts) + "; with MDB_NOSYNC " + std::to_string(control.lost) +
                       " of " + std::to_string(control.cuts)));
  figures.add(
      none("power.damaged", found.set_aside, "cuts", "with MDB_NOSYNC " + std::to_string(control.set_aside)));
}

void damage(bench::Figures& figures) {
  const auto found = damage_files(files, 1);
  const double whole = 100.0 * found.whole / found.files;
  figures.add(none("damage.unopened", found.unopened, "files", "of " + std::to_string(found.files)));
  figures.add(none("damage.wrong", found.wrong, "files"));
  figures.add(
      count("damage.set_aside", found.set_aside, "files", "the rest had nothing that is read damaged"));
  figures.add({"crashes.damage.whole", whole, "% of files", ">= 99", whole >= 99, "after one exchange"});
  figures.add({"crashes.damage.slowest", found.seconds_most, "s", "<= 30", found.seconds_most <= 30,
               "start, check and refill, no network between"});
}

}  // namespace

int main(int argc, char** argv) {
  std::freopen("/dev/null", "w", stderr);  // what the checks say of each file is of no use here
  bench::Figures figures;
  kill(figures);
  cut(figures);
  damage(figures);
  figures.print(argc, argv);
  return figures.exit_code();
}
