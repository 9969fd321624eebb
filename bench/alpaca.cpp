// How good are answers that are chosen without a model? 444 prompts of AlpacaEval 2.0, each answered by five
// edge-size models and judged by its judge (a preference in [0, 1] over GPT-4's answer). Each model is a
// device of one mesh; the points are the mean preference, in per cent, of the answer that moa's choose()
// takes. No verdict is used on the question it is of: tenths are left out in turn, or verdicts come after the
// answers. Standard error of a mean: 1.7 points; of a gain, which is paired: 1.2.
//
// A sixth device that deceives is held to what one mixture lost by it (arXiv 2503.05856: of six agents of one
// model one was told to deceive, and 49.2 points became 37.9): the same five beside a sixth of the best model
// that is honest, and that is not.
//
// `--write-prior` prints the weights that are shipped (moa/taste.hpp). Needs the data: GRAPEVINE_SHARED names
// the folder that holds data/.
#include "bench/figures.hpp"
#include "crypto/random.hpp"
#include "moa/trust.hpp"
#include "node/eval/interval.hpp"
#include "node/eval/replay.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>
#include <string_view>

#include <unistd.h>

using namespace grapevine;
using namespace grapevine::node::eval;

namespace {

constexpr std::uint64_t repeats = 5;  // ways of dealing the prompts into tenths

/// A taste that believes nothing beforehand: the shipped one has seen these very prompts.
const moa::Taste untaught{moa::Traits{}};

void progress(std::string_view what) {
  if (isatty(STDERR_FILENO) != 0)
    std::fprintf(stderr, "\r%-60.*s\r", static_cast<int>(what.size()), what.data());
}

std::string rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

std::string spelt(const Interval& gain) {
  return "gain " + rounded(gain.mean) + ", 95 % " + rounded(gain.low) + " to " + rounded(gain.high);
}

/// The points of each prompt, averaged over several ways of dealing the tenths.
std::vector<double> cross_validated(const Replay& replay, const Replay::Plan& plan) {
  std::vector<double> sum(replay.prompts());
  for (std::uint64_t seed = 1; seed <= repeats; ++seed) {
    const auto once = replay.chosen_cross_validated(plan, untaught, seed);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += once[i] / repeats;
  }
  return sum;
}

std::size_t best_device(const Replay& replay) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < replay.devices(); ++i)
    if (mean(replay.alone(i)) > mean(replay.alone(best))) best = i;
  return best;
}

/// The shared weights alone, learned as if every answer were a stranger's; prompts of one tenth left out.
moa::Traits strangers_weights(const Replay& replay, std::optional<std::size_t> left_out) {
  moa::Ridge seen;
  for (std::size_t i = 0; i < moa::Traits{}.size(); ++i) seen.extend();
  for (std::size_t prompt = 0; prompt < replay.prompts(); ++prompt) {
    if (prompt % 10 == left_out) continue;
    const auto& answers = replay.traits(prompt);
    const double usual = mean(replay.preferences(prompt));
    for (std::size_t i = 0; i < answers.size(); ++i) {
      std::vector<double> row(answers[i].begin(), answers[i].end());
      for (const auto& answer : answers)
        for (std::size_t j = 0; j < row.size(); ++j)
          row[j] -= answer[j] / static_cast<double>(answers.size());
      seen.learn(row, replay.preferences(prompt)[i] - usual);
    }
  }
  const auto weights = seen.solve(std::vector<moa::Ridge::Belief>(seen.size(), {.strength = 50}));
  moa::Traits out;
  std::copy(weights->begin(), weights->end(), out.begin());
  return out;
}

/// What is chosen before any verdict, with shared weights that were learned on other prompts.
std::vector<double> chosen_by_strangers(const Replay& replay, const Replay::Plan& plan) {
  std::vector<double> out(replay.prompts());
  for (std::size_t tenth = 0; tenth < 10; ++tenth) {
    const auto points = replay.chosen(plan, moa::Taste(strangers_weights(replay, tenth)));
    for (std::size_t i = tenth; i < out.size(); i += 10) out[i] = points[i];
  }
  return out;
}

/// A control: the same traits and devices, but not centred on the answers to the same question.
std::vector<double> chosen_uncentred(const Replay& replay) {
  const auto row_of = [&](std::size_t prompt, std::size_t device) {
    const moa::Traits& traits = replay.traits(prompt)[device];
    std::vector<double> row(traits.begin(), traits.end());
    row.resize(traits.size() + replay.devices() * (traits.size() + 1));
    const std::size_t own = traits.size() + device * (traits.size() + 1);
    row[own] = 1;
    for (std::size_t i = 0; i < traits.size(); ++i) row[own + 1 + i] = traits[i];
    return row;
  };
  std::vector<double> out(replay.prompts());
  for (std::size_t tenth = 0; tenth < 10; ++tenth) {
    moa::Ridge seen;
    for (std::size_t i = row_of(0, 0).size(); i > 0; --i) seen.extend();
    for (std::size_t i = 0; i < replay.prompts(); ++i)
      for (std::size_t device = 0; i % 10 != tenth && device < replay.devices(); ++device)
        seen.learn(row_of(i, device), replay.preferences(i)[device]);
    const auto weights = *seen.solve(std::vector<moa::Ridge::Belief>(seen.size(), {.strength = 10}));
    for (std::size_t i = tenth; i < out.size(); i += 10) {
      double best = -1;
      for (std::size_t device = 0; device < replay.devices(); ++device) {
        const auto row = row_of(i, device);
        const double score = std::inner_product(row.begin(), row.end(), weights.begin(), 0.0);
        if (score > best) out[i] = 100 * replay.preferences(i)[device];
        best = std::max(best, score);
      }
    }
  }
  return out;
}

/// A control: verdicts dealt among the answers to each prompt by chance.
std::vector<double> chosen_by_chance(const Recordings& recordings, const Replay& replay,
                                     const Replay::Plan& plan) {
  Recordings shuffled = recordings;
  Random random(1);
  for (auto& prompt : shuffled.prompts) random.shuffle(prompt.preferences);
  return replay.chosen(plan, Replay(shuffled).taught(untaught));
}

void measure_limits(bench::Figures& figures, const Replay& replay) {
  const auto single = replay.alone(best_device(replay));
  figures.add({.name = "alpaca.best_device", .value = mean(single), .unit = "points", .baseline = "alone"});
  figures.add({.name = "alpaca.one_at_random", .value = mean(replay.at_random()), .unit = "points"});
  figures.add({.name = "alpaca.oracle",
               .value = mean(replay.best()),
               .unit = "points",
               .baseline = "the best of five, each time"});
}

void measure_learned(bench::Figures& figures, const Recordings& recordings, const Replay& replay) {
  const std::size_t k = replay.devices() - 1;
  const auto single = replay.alone(best_device(replay));
  progress("cross-validation, all devices");
  const auto learned = cross_validated(replay, {.k = k});
  const Interval gain = bootstrap(differences(learned, single));
  figures.add({"alpaca.learned", mean(learned), "points", ">= 73", mean(learned) >= 73,
               "10-fold, " + std::to_string(repeats) + " times; best device " + rounded(mean(single))});
  figures.add({"alpaca.learned_gain_low", gain.low, "points", "> 0", gain.low > 0, spelt(gain)});
  for (std::size_t fewer = 1; fewer < k; ++fewer) {
    for (const auto peers : {Replay::Peers::random, Replay::Peers::best}) {
      progress("cross-validation, fewer peers");
      const auto points = replay.chosen_cross_validated({.k = fewer, .peers = peers}, untaught, 1);
      figures.add({.name = "alpaca.learned_k" + std::to_string(fewer) +
                           (peers == Replay::Peers::best ? "_best_peers" : "_random_peers"),
                   .value = mean(points),
                   .unit = "points",
                   .baseline = spelt(bootstrap(differences(points, single)))});
    }
  }
  for (std::size_t owner = 0; owner < replay.devices(); ++owner) {
    progress("cross-validation, each owner");
    const auto points = replay.chosen_cross_validated({.k = k, .owner = owner}, untaught, 1);
    const double alone = mean(replay.alone(owner));
    figures.add({"alpaca.learned_owner" + std::to_string(owner), mean(points), "points", "> alone",
                 mean(points) > alone, recordings.models[owner] + " alone " + rounded(alone)});
  }
}

void measure_learning(bench::Figures& figures, const Recordings& recordings, const Replay& replay) {
  const Replay::Plan all{.k = replay.devices() - 1};
  progress("learning as it goes");
  const double learning = mean(replay.chosen_learning(all, untaught));
  figures.add(
      {"alpaca.learning", learning, "points", ">= 70", learning >= 70, "each judged after it was answered"});
  figures.add({.name = "alpaca.learning_from_chosen",
               .value = mean(replay.chosen_learning_from_chosen(all, moa::Taste())),
               .unit = "points",
               .baseline = "the same, only the chosen answer judged"});
  progress("no feedback");
  const double strangers = mean(chosen_by_strangers(replay, all));
  figures.add({"alpaca.no_feedback", strangers, "points", ">= 60", strangers >= 60,
               "mean of owners; weights learned on other prompts"});
  double least = 100;
  for (std::size_t owner = 0; owner < replay.devices(); ++owner)
    least = std::min(
        least, mean(chosen_by_strangers(replay, {.k = all.k, .owner = owner})) - mean(replay.alone(owner)));
  figures.add({"alpaca.no_feedback_least_gain", least, "points", ">= 0", least >= 0,
               "over the own device alone, of the owner who gains least"});
  progress("controls");
  figures.add({.name = "alpaca.control_uncentred",
               .value = mean(chosen_uncentred(replay)),
               .unit = "points",
               .baseline = "the same traits, not against the other answers; to be beaten by alpaca.learned"});
  const double chance = mean(chosen_by_chance(recordings, replay, all));
  figures.add({"alpaca.control_shuffled", chance, "points", "< 65", chance < 65,
               "verdicts dealt by chance: nothing to learn"});
}

/// What the sixth device says: what the best model says; the same turned wrong, word for word as likable; or
/// what it says to another question. A deceiver's answer is worth nothing.
enum class Sixth { honest, turned, astray };

Recordings with_sixth(Recordings recordings, std::size_t like, Sixth sixth) {
  const auto given = recordings.prompts;
  recordings.models.emplace_back("a sixth");
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::size_t said = sixth == Sixth::astray ? (i + 1) % given.size() : i;
    recordings.prompts[i].outputs.push_back(given[said].outputs[like]);
    recordings.prompts[i].preferences.push_back(sixth == Sixth::honest ? given[i].preferences[like] : 0);
  }
  return recordings;
}

/// Points of those who own one of the first five, each prompt asked by another of them.
struct Deceived {
  double plain = 0;     // what most agree with
  double stranger = 0;  // before any verdict, where the sixth is another person's
  double least = 0;     // the same, over the own device alone, to the owner who gains least
  double learning = 0;  // each judged after it was answered
  double learned = 0;   // 10-fold
};

Deceived measure_with(const Recordings& recordings, Sixth sixth, std::size_t best) {
  const Recordings six = with_sixth(recordings, best, sixth);
  const Replay replay(six);
  const std::size_t k = replay.devices() - 1;
  const moa::Taste plain{moa::Traits{1}};
  const moa::Taste shipped;
  std::vector<double> weights(replay.devices(), 1);
  weights.back() = moa::Trust::newcomer;
  Deceived out{.least = 100};
  for (std::size_t owner = 0; owner < k; ++owner) {
    const auto share = [&](const std::vector<double>& points) {
      return mean(points) / static_cast<double>(k);
    };
    out.plain += share(replay.chosen({.k = k, .owner = owner}, plain));
    const auto first = replay.chosen({.k = k, .owner = owner, .weights = weights}, shipped);
    out.stranger += share(first);
    out.least = std::min(out.least, mean(first) - mean(replay.alone(owner)));
    out.learning += share(replay.chosen_learning({.k = k, .owner = owner}, untaught));
    out.learned += share(replay.chosen_cross_validated({.k = k, .owner = owner}, untaught, 1));
  }
  return out;
}

void measure_deception(bench::Figures& figures, const Recordings& recordings, const Replay& replay) {
  const std::size_t best = best_device(replay);
  progress("a sixth device that is honest");
  const Deceived honest = measure_with(recordings, Sixth::honest, best);
  const double silent = mean(replay.chosen({.k = replay.devices() - 1}, moa::Taste()));
  const struct {
    const char* name;
    Sixth sixth;
  } deceivers[] = {{"turned", Sixth::turned}, {"astray", Sixth::astray}};
  for (const auto& [name, sixth] : deceivers) {
    progress("a sixth device that deceives");
    const Deceived deceived = measure_with(recordings, sixth, best);
    const std::string figure = std::string("alpaca.deceiver_") + name;
    const auto lose = [&](const char* when, double loss, const std::string& beside) {
      figures.add({figure + when, loss, "points", "<= 2", loss <= 2, beside});
    };
    const std::string plain = "what most agree with loses " + rounded(honest.plain - deceived.plain);
    lose("_learned", honest.learned - deceived.learned, "10-fold; " + plain);
    lose("_learning", honest.learning - deceived.learning, "each judged after it was answered; " + plain);
    lose("_no_feedback", silent - deceived.stranger,
         "a stranger, against one that is silent; against an honest one " +
             rounded(honest.stranger - deceived.stranger));
    figures.add({figure + "_least_gain", deceived.least, "points", ">= -1", deceived.least >= -1,
                 "no feedback, over the own device alone, of the owner who gains least"});
  }
}

}  // namespace

int main(int argc, char** argv) {
  const char* shared = std::getenv("GRAPEVINE_SHARED");
  const auto file = std::filesystem::path(shared ? shared : ".") / "data" / "alpaca_eval_dev.jsonl";
  if (!std::filesystem::exists(file)) {
    std::fprintf(stderr, "alpaca: skipped, there is no %s; set GRAPEVINE_SHARED\n", file.c_str());
    return 0;
  }
  const auto questions = read_questions(file);
  if (!questions) return std::fprintf(stderr, "alpaca: %s\n", questions.error().text.c_str()), 1;
  const auto& recordings = std::get<Recordings>(*questions);
  const Replay replay(recordings);
  if (argc > 1 && std::string_view(argv[1]) == "--write-prior") {
    for (const double weight : strangers_weights(replay, std::nullopt)) std::printf("%.4f\n", weight);
    return 0;
  }
  bench::Figures figures;
  measure_limits(figures, replay);
  measure_learned(figures, recordings, replay);
  measure_learning(figures, recordings, replay);
  measure_deception(figures, recordings, replay);
  progress("");
  figures.print(argc, argv);
  return figures.exit_code();
}
