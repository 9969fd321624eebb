// What do lies cost? People ask questions with short answers, which each device knows with a chance of its
// own; who does not know says one of eight wrong answers. Every device is another person's. Some lie: always,
// and where they are several they have agreed on the lie; or they recognise every canary and lie in all but
// those. One answer in four is judged. The loss is against the same town without lies, in its second half.
//
// Beside ours stands a plain vote of the same answers.
#include "bench/mixture/study.hpp"

#include <numeric>
#include <set>

using namespace grapevine;
using namespace grapevine::bench;

namespace {

constexpr double known_share[] = {0.45, 0.55, 0.65, 0.75, 0.85};  // of the questions, by device
constexpr std::uint64_t wrong_answers = 8;
constexpr double judged_share = 0.25;
constexpr Duration between_questions = 60s;  // at each device: an eighth of what they could answer

enum class Lies { none, always, but_for_canaries };

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

std::string in_words(const Seen& lied_to, const Seen& in_peace) {
  return short_number(lied_to.mixed) + " % right, " + short_number(in_peace.mixed) + " without lies";
}

Curve titled(const char* title, const Seen& seen) {
  Curve curve = seen.curve;
  curve.title = title;
  return curve;
}

}  // namespace

int main(int argc, char** argv) {
  Study study(argc, argv, "deception", "Some devices lie: one of six, three of ten together.");
  const std::set<Device> one{3};
  const std::set<Device> three{2, 5, 8};
  std::vector<Run> runs;
  for (const auto belief : {moa::Belief::learned, moa::Belief::equal}) {
    runs.push_back({6, one, Lies::none, belief});
    runs.push_back({6, one, Lies::always, belief});
    runs.push_back({10, three, Lies::none, belief});
    runs.push_back({10, three, Lies::always, belief});
    runs.push_back({10, three, Lies::but_for_canaries, belief});
  }
  const auto seen = for_each_case(runs, [&](const Run& run) { return measure(run, study.span(24000s)); });
  const auto loss = [&](std::size_t run, std::size_t peace) { return seen[peace].mixed - seen[run].mixed; };
  const auto plain = [&](std::size_t run, std::size_t peace) {
    return "a plain vote loses " + short_number(loss(run + 5, peace + 5)) + "; " +
           in_words(seen[run], seen[peace]);
  };

  study.at_most("one_of_six", loss(1, 0), "points", 2, plain(1, 0));
  study.at_most("three_of_ten", loss(3, 2), "points", 5, plain(3, 2));
  study.at_least("three_of_ten_plain", loss(8, 7), "points", 15, "the control: a plain vote must suffer");
  study.show("three_who_know_canaries", loss(4, 2), "points", plain(4, 2));
  study.at_least("three_who_know_canaries_over_alone", seen[4].mixed - seen[4].alone, "points", -1,
                 "the own devices alone " + short_number(seen[4].alone) + " % right");
  study.at_least("three_who_know_canaries_strongest", seen[4].strongest, "points", -1,
                 "over alone, to the owner of the best device");
  study.show("peace", seen[2].mixed - seen[7].mixed, "points",
             "what learning whom to believe brings where nobody lies; a plain vote " +
                 short_number(seen[7].mixed) + " % right");
  study.draw({.title = "Ten devices, three of which lie together",
              .x = "hours",
              .y = "per cent of the answers right",
              .curves = {titled("ours, no lies", seen[2]), titled("ours", seen[3]),
                         titled("ours, canaries recognised", seen[4]), titled("plain vote, no lies", seen[7]),
                         titled("plain vote", seen[8])}});
  return study.finish();
}
