// Who gets a name when some of its voters lie. For juries of 4, 7 and 10 with 0, f, f+1 and 2f+1 liars: two
// or three claim a name at once, and a liar's friend besieges an incumbent. Targets stand where the rule
// promises something, which is with at most f liars; what happens beyond is shown, not hidden. Each rule is
// also left out once, as a control: it must make things worse.
// `--quick` tries a tenth, `--picture FILE` draws, `--json` prints JSON.
#include "bench/figures.hpp"
#include "bench/jury_trials.hpp"
#include "bench/picture.hpp"

#include <cstdio>

#include <CLI/CLI.hpp>

namespace {

using namespace grapevine;
using namespace grapevine::bench;

constexpr std::uint64_t seed = 1;
constexpr unsigned prompt_terms = 3;  // a race shall be decided within

struct Races {
  double prompt = 0;  // shares of all races
  double nobodys = 0;
  double stolen = 0;
};

Races run_races(const Bench& bench, unsigned races) {
  Random random(seed);
  Races sum;
  for (unsigned i = 0; i < races; ++i) {
    const RaceOutcome outcome = race(bench, random);
    sum.prompt += outcome.terms && *outcome.terms <= prompt_terms ? 1.0 : 0.0;
    sum.nobodys += outcome.terms ? 0.0 : 1.0;
    sum.stolen += outcome.is_stolen ? 1.0 : 0.0;
  }
  for (double* part : {&sum.prompt, &sum.nobodys, &sum.stolen}) *part *= 100.0 / races;
  return sum;
}

/// The share of sieges that end so.
double share(const Bench& bench, Tenure tenure, Chain chain, Incumbency end) {
  Random random(seed);
  constexpr int sieges = 100;
  int count = 0;
  for (int i = 0; i < sieges; ++i) count += besiege(bench, tenure, chain, random) == end ? 1 : 0;
  return 100.0 * count / sieges;
}

/// Juries of one size, with more and more liars.
class Table {
 public:
  Table(Figures& figures, std::size_t jurors, unsigned races)
      : figures_(&figures), jurors_(jurors), races_(races) {}

  /// Returns how many races ended with a holder who keeps the name, by the share of liars.
  Curve fill() {
    const std::size_t f = dns::Quorum{.jurors = jurors_}.liars();
    Curve settled{.title = std::to_string(jurors_) + " voters", .points = {}};
    for (const std::size_t liars : {std::size_t{0}, f, f + 1, 2 * f + 1}) {
      const Races races = tell_races(liars, liars <= f);
      tell_sieges(liars, liars <= f);
      settled.points.push_back(
          {static_cast<double>(liars) / static_cast<double>(jurors_), 100 - races.nobodys - races.stolen});
    }
    leave_rules_out(f);
    return settled;
  }

 private:
  Races tell_races(std::size_t liars, bool promised) {
    const Races races = run_races({.jurors = jurors_, .liars = liars}, races_);
    show(liars, "race_in_3_terms", races.prompt);
    show(liars, "race_nobodys", races.nobodys);
    promised ? zero(liars, "race_stolen_later", races.stolen)
             : show(liars, "race_stolen_later", races.stolen);
    return races;
  }

  void tell_sieges(std::size_t liars, bool promised) {
    const Bench bench{.jurors = jurors_, .liars = liars};
    const double stolen = share(bench, Tenure::always, Chain::read, Incumbency::stolen);
    const double starved = share(bench, Tenure::always, Chain::read, Incumbency::starved);
    promised ? zero(liars, "incumbent_stolen", stolen) : show(liars, "incumbent_stolen", stolen);
    promised ? zero(liars, "incumbent_starved", starved) : show(liars, "incumbent_starved", starved);
  }

  void leave_rules_out(std::size_t f) {
    const Bench unlocked{.jurors = jurors_, .liars = f, .rules = Bench::Rules::no_lock_nor_contest};
    some(f, "control_no_lock_stolen", run_races(unlocked, races_).stolen, "rules (c) and (d) left out");
    const Bench captured{.jurors = jurors_, .liars = 2 * f + 1};
    zero(2 * f + 1, "captured_day_stolen", share(captured, Tenure::one_day, Chain::read, Incumbency::stolen));
    some(2 * f + 1, "control_no_chain_stolen",
         share(captured, Tenure::one_day, Chain::ignored, Incumbency::stolen),
         "every certificate's word for `since` is taken");
  }

  std::string name(std::size_t liars, const char* what) const {
    return "votes.w" + std::to_string(jurors_) + ".liars" + std::to_string(liars) + "." + what;
  }
  void show(std::size_t liars, const char* what, double value) {
    figures_->add({.name = name(liars, what), .value = value, .unit = "%"});
  }
  void zero(std::size_t liars, const char* what, double value) {
    figures_->add({.name = name(liars, what), .value = value, .unit = "%", .target = "0", .met = value <= 0});
  }
  void some(std::size_t liars, const char* what, double value, const std::string& beside) {
    figures_->add({.name = name(liars, what),
                   .value = value,
                   .unit = "%",
                   .target = "> 0",
                   .met = value > 0,
                   .baseline = beside});
  }

  Figures* figures_;
  std::size_t jurors_;
  unsigned races_;
};

}  // namespace

int main(int argc, char** argv) {
  bool is_quick = false;
  bool as_json = false;
  std::string picture;
  CLI::App app{"Who gets a name when some of its voters lie."};
  app.add_flag("--quick", is_quick, "a tenth of the races");
  app.add_flag("--json", as_json, "print JSON");
  app.add_option("--picture", picture, "draw into this PNG file");
  CLI11_PARSE(app, argc, argv);
  Figures figures;
  std::vector<Curve> settled;
  for (const std::size_t jurors : {4u, 7u, 10u})
    settled.push_back(Table(figures, jurors, is_quick ? 400 : 4000).fill());
  figures.print(argc, argv);
  if (!picture.empty())
    draw({.title = "Races that end with a holder who keeps the name",
          .x = "share of the voters that lie",
          .y = "per cent of all races",
          .curves = std::move(settled)},
         picture);
  return figures.exit_code();
}
