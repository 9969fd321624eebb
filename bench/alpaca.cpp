// How good are answers that are chosen without a model? 444 prompts of AlpacaEval 2.0, each answered by five
// edge-size models and judged by its judge (a preference in [0, 1] over GPT-4's answer). Each model is a
// device of one mesh; the points are the mean preference, in per cent, of the answer that moa's choose()
// takes. No verdict is used on the question it is of: tenths are left out in turn, or verdicts come after the
// answers. Standard error of a mean: 1.7 points; of a gain, which is paired: 1.2.
//
// `--write-prior` prints the weights that are shipped (moa/taste.hpp). Needs the data: GRAPEVINE_SHARED names
// the folder that holds data/.
#include "bench/figures.hpp"
#include "crypto/random.hpp"
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
  progress("");
  figures.print(argc, argv);
  return figures.exit_code();
}
