// What do lies cost? People ask questions with short answers, which each device knows with a chance of its
// own; who does not know says one of eight wrong answers. Every device is another person's. Some lie: always,
// and where they are several they have agreed on the lie; or they recognise every canary and lie in all but
// those. One answer in four is judged.
//
// What a lie costs is told against the same town, in the second half of its time, where the liars say nothing
// at all: this is what a protocol can answer for, and what it is held to. Told against a town where they are
// honest, the loss holds also what their own answers were worth, which no protocol gets from who will not
// give them: the most that could be made of the other answers, by who knew beforehand how good each device is
// and who lies, stands beside it. Beside ours stands a plain vote of the same answers.
#include "bench/mixture/study.hpp"

#include <cmath>
#include <map>
#include <numeric>
#include <set>

using namespace grapevine;
using namespace grapevine::bench;

namespace {

constexpr double known_share[] = {0.4, 0.5, 0.6, 0.7, 0.8};  // of the questions, by device
constexpr std::uint64_t wrong_answers = 8;
constexpr double judged_share = 0.25;
constexpr Duration between_questions = 60s;  // at each device: an eighth of what they could answer

enum class Lies { none, silence, always, but_for_canaries };

struct Run {
  std::size_t devices;
  std::set<Device> liars;
  Lies lies;
  moa::Belief belief;
};

std::string question(std::size_t number) {
  return "What is thing number " + std::to_string(number) + " called?";
}

std::size_t number_in(const std::string& prompt) {
  return std::stoul(prompt.substr(prompt.find_first_of("0123456789")));
}

std::string right_answer(std::size_t number) {
  return "thing " + std::to_string(number);
}

std::string honest_answer(Device device, std::size_t number) {
  Random chance(1000 * number + device);
  if (chance.chance(known_share[device % std::size(known_share)])) return right_answer(number);
  return "mistake " + std::to_string(chance.below(wrong_answers)) + " of " + std::to_string(number);
}

std::string answer(const Run& run, Device device, const std::string& prompt) {
  const std::size_t number = number_in(prompt);
  if (run.lies == Lies::silence && run.liars.contains(device)) return "";
  const bool is_tested = prompt != question(number);
  const bool lies = run.liars.contains(device) &&
                    (run.lies == Lies::always || (run.lies == Lies::but_for_canaries && !is_tested));
  return lies ? "lie about " + std::to_string(number) : honest_answer(device, number);
}

TownPlan plan_of(const Run& run) {
  TownPlan plan{.alphas = std::vector<Duration>(run.devices, 1s), .config = {.belief = run.belief}};
  plan.config.canaries = run.belief == moa::Belief::learned;
  plan.shape = moa::Shape{1, static_cast<std::uint8_t>(std::min<std::size_t>(run.devices - 1, 7))};
  plan.rates.assign(run.devices, 1 / seconds(between_questions));
  plan.owners = node::sim::Owners::each;
  plan.ability = moa::Ability::answers;
  plan.talk = {
      .ask = question,
      .answer = [run](Device device, const std::string& prompt) { return answer(run, device, prompt); },
      .judge = [](std::size_t query, const std::string& text) -> std::optional<double> {
        if (!Random(query).chance(judged_share)) return std::nullopt;
        return text == right_answer(query) ? 1 : 0;
      }};
  return plan;
}

/// Per cent of answers that were right, to the people whose devices do not lie.
struct Seen {
  double mixed = 0;
  double alone = 0;      // what their own devices would have said
  double strongest = 0;  // more than alone, of those whose device knows most
  Curve curve;           // mixed, over the time
};

double per_cent(const std::vector<bool>& right) {
  return right.empty() ? 0
                       : 100 * static_cast<double>(std::count(right.begin(), right.end(), true)) /
                             static_cast<double>(right.size());
}

Seen measure(const Run& run, Duration span) {
  Town town(plan_of(run));
  town.run(Time{} + span);
  constexpr std::size_t parts = 10;
  std::vector<std::vector<bool>> over_time(parts);
  std::vector<bool> mixed, alone, strongest, strongest_alone;
  for (std::size_t i = 0; i < town.fates().size(); ++i) {
    const Fate& fate = town.fates()[i];
    if (fate.end != Fate::End::answered || run.liars.contains(fate.origin)) continue;
    const bool is_right = fate.text == right_answer(i);
    over_time[static_cast<std::size_t>((fate.asked - Time{}) * parts / span)].push_back(is_right);
    if (fate.asked < Time{} + span / 2) continue;
    const bool is_right_alone = honest_answer(fate.origin, i) == right_answer(i);
    mixed.push_back(is_right);
    alone.push_back(is_right_alone);
    if (fate.origin % std::size(known_share) + 1 != std::size(known_share)) continue;
    strongest.push_back(is_right);
    strongest_alone.push_back(is_right_alone);
  }
  Seen seen{.mixed = per_cent(mixed),
            .alone = per_cent(alone),
            .strongest = per_cent(strongest) - per_cent(strongest_alone),
            .curve = {}};
  for (std::size_t part = 0; part < parts; ++part)
    seen.curve.points.emplace_back((static_cast<double>(part) + 0.5) * seconds(span) / parts / 3600,
                                   per_cent(over_time[part]));
  return seen;
}

/// Per cent of questions that are answered rightly by the best vote there can be of the devices that are not
/// silent: where each answer weighs the logarithm of its odds (Nitzan and Paroush 1982), which nobody knows.
double best_vote(std::size_t devices, const std::set<Device>& silent) {
  constexpr std::size_t questions = 20000;
  std::vector<bool> right;
  for (std::size_t number = 0; number < questions; ++number) {
    std::map<std::string, double> weights;
    for (Device device = 0; device < devices; ++device) {
      const double share = known_share[device % std::size(known_share)];
      if (!silent.contains(device))
        weights[honest_answer(device, number)] += std::log(share * wrong_answers / (1 - share));
    }
    const auto heaviest = std::max_element(weights.begin(), weights.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
    right.push_back(heaviest->first == right_answer(number));
  }
  return per_cent(right);
}

Curve titled(const char* title, const Seen& seen) {
  Curve curve = seen.curve;
  curve.title = title;
  return curve;
}

constexpr Lies every_way[] = {Lies::none, Lies::silence, Lies::always, Lies::but_for_canaries};
using moa::Belief;

/// One of six, three of ten.
std::set<Device> liars_among(std::size_t devices) {
  return devices == 6 ? std::set<Device>{3} : std::set<Device>{2, 5, 8};
}

/// All towns, lived through.
class Towns {
 public:
  explicit Towns(Duration span) {
    for (const auto belief : {Belief::learned, Belief::equal}) {
      for (const auto lies : every_way) {
        for (const std::size_t devices : {6u, 10u})
          runs_.push_back({devices, liars_among(devices), lies, belief});
      }
    }
    seen_ = for_each_case(runs_, [&](const Run& run) { return measure(run, span); });
  }

  const Seen& of(std::size_t devices, Lies lies, Belief belief = Belief::learned) const {
    const auto run = std::find_if(runs_.begin(), runs_.end(), [&](const Run& each) {
      return each.devices == devices && each.lies == lies && each.belief == belief;
    });
    return seen_[static_cast<std::size_t>(run - runs_.begin())];
  }

  double loss(std::size_t devices, Lies lies, Lies against, Belief belief = Belief::learned) const {
    return of(devices, against, belief).mixed - of(devices, lies, belief).mixed;
  }

 private:
  std::vector<Run> runs_;
  std::vector<Seen> seen_;
};

void tell_loss(Study& study, const Towns& towns, const std::string& name, std::size_t devices, Lies lies,
               double target) {
  const auto plain = [&](Lies against) {
    return "a plain vote loses " + short_number(towns.loss(devices, lies, against, Belief::equal));
  };
  study.at_most(name, towns.loss(devices, lies, Lies::silence), "points", target,
                plain(Lies::silence) + "; " + short_number(towns.of(devices, lies).mixed) + " % right");
  study.show(name + "_against_honest", towns.loss(devices, lies, Lies::none), "points",
             plain(Lies::none) + "; the best vote there can be " +
                 short_number(best_vote(devices, {}) - best_vote(devices, liars_among(devices))));
}

}  // namespace

int main(int argc, char** argv) {
  Study study(argc, argv, "deception", "Some devices lie: one of six, three of ten together.");
  const Towns towns(study.span(24000s));
  tell_loss(study, towns, "one_of_six", 6, Lies::always, 2);
  tell_loss(study, towns, "three_of_ten", 10, Lies::always, 5);
  tell_loss(study, towns, "three_who_know_canaries", 10, Lies::but_for_canaries, 5);
  study.at_least("plain_three_of_ten", towns.loss(10, Lies::always, Lies::silence, Belief::equal), "points",
                 15, "the control: a plain vote must suffer");
  const Seen& knowing = towns.of(10, Lies::but_for_canaries);
  study.at_least("knowing_over_alone", knowing.mixed - knowing.alone, "points", -1,
                 "the own devices alone: " + short_number(knowing.alone) + " % right");
  study.at_least("knowing_over_alone_strongest", knowing.strongest, "points", -1,
                 "to the owners of the best devices; a plain vote " +
                     short_number(towns.of(10, Lies::but_for_canaries, Belief::equal).strongest));
  study.show("gain_in_peace", towns.of(10, Lies::none).mixed - towns.of(10, Lies::none, Belief::equal).mixed,
             "points", "over a plain vote, where nobody lies");
  study.draw(
      {.title = "Ten devices, three of which lie together",
       .x = "hours",
       .y = "per cent of the answers right",
       .curves = {titled("ours, nobody lies", towns.of(10, Lies::none)),
                  titled("ours", towns.of(10, Lies::always)), titled("ours, canaries recognised", knowing),
                  titled("plain vote, nobody lies", towns.of(10, Lies::none, Belief::equal)),
                  titled("plain vote", towns.of(10, Lies::always, Belief::equal))}});
  return study.finish();
}
