// The studies of capacity and overload on real sockets: sixteen daemons on loopback whose recorded models
// take 0.5, 0.5, 1, 2 and 4 seconds a call, asleep, so that two cores suffice. They are asked at random times
// at twice what the paper's theorem allows and at twice what plans of (1, 2) can have at all, under our
// policy and under the paper's; and once without naming a shape, when smaller plans should take the place of
// refusals. Nothing is modelled here: times are a client's, queues and memory a daemon's.
//
// A daemon keeps the records of its last 256 answers, some three KiB each; whether memory grows can be seen
// only when these are full. So before the clock starts each daemon answers as many questions that take no
// time.
#include "bench/mixture/crowd.hpp"
#include "bench/mixture/study.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <nlohmann/json.hpp>
#include <unistd.h>

using namespace grapevine;
using namespace grapevine::bench;

namespace {

constexpr std::size_t devices = 16;
constexpr int fastest_per_second = 2;  // calls of the fastest device
constexpr double calls = 4;            // of a plan of (1, 2), the merging included
constexpr double tokens = 32;          // of an answer: 128 letters
constexpr auto deadline = 60s;         // of a query
const std::string whole = "grapevine:m1k2";
const std::string free_choice = "grapevine";
const std::string quick_question = "Quick?";  // its answer is one letter, whatever the pace

/// How long a call takes on each device.
std::vector<Duration> alphas() {
  auto out = unequal_alphas(devices);
  for (Duration& alpha : out) alpha /= fastest_per_second;
  return out;
}

/// Questions a second, of all devices together, that plans of (1, 2) can have at most: every device busy all
/// the time. And by Theorem 1 (Remark 1), where the slowest device decides.
double full() {
  return devices * bound(alphas(), calls);
}
double papers_limit() {
  const auto each = alphas();
  return devices / (calls * seconds(*std::max_element(each.begin(), each.end())));
}

struct Run {
  std::string name;
  Policy policy;
  double rate;  // questions a second
  std::string model;
};

/// What was seen of a run, once it had settled: a third of its span is for that, as queues fill first.
struct Seen {
  Run run;
  Duration span{};
  std::vector<Asked> asked;
  std::vector<std::pair<double, double>> resident;  // minutes, KiB of the mean daemon
  double cores = 0;                                 // kept busy by the daemons

  double from() const { return seconds(span) / 3; }
  double until() const { return seconds(span); }
  /// Answers a second, and calls each had of them.
  double throughput() const;
  double calls_each() const;
  /// Of those asked; another word than yes or "come back later" counts as well.
  double refused() const;
  /// Seconds, sorted, of answers, or of refusals.
  std::vector<double> times(int status) const;
};

double percentile(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1,
                         static_cast<std::size_t>(p * static_cast<double>(sorted.size())))];
}

double Seen::throughput() const {
  const auto answered = std::count_if(asked.begin(), asked.end(), [&](const Asked& one) {
    return one.status == 200 && one.ended >= from() && one.ended < until();
  });
  return static_cast<double>(answered) / (until() - from());
}

double Seen::calls_each() const {
  double answers = 0, all = 0;
  for (const Asked& one : asked) {
    if (one.status != 200 || one.due < from()) continue;
    answers += 1;
    all += static_cast<double>(one.calls);
  }
  return answers == 0 ? 0 : all / answers;
}

double Seen::refused() const {
  double all = 0, not_answered = 0;
  for (const Asked& one : asked) {
    if (one.due < from()) continue;
    all += 1;
    not_answered += one.status == 200 ? 0 : 1;
  }
  return all == 0 ? 0 : not_answered / all;
}

std::vector<double> Seen::times(int status) const {
  std::vector<double> out;
  for (const Asked& one : asked) {
    if (one.status == status && one.due >= from()) out.push_back(one.took());
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// Looks at the memory of all daemons once a second while it lives.
class Scale {
 public:
  Scale(const live::Fleet& fleet, Seen& seen) : fleet_(fleet), seen_(seen), cpu_before_(cpu()) {}
  ~Scale() { seen_.cores = (cpu() - cpu_before_) / since_begin(); }

 private:
  using Clock = std::chrono::steady_clock;
  double since_begin() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }
  double cpu() const {
    double sum = 0;
    for (std::size_t i = 0; i < fleet_.size(); ++i) sum += fleet_.cpu_seconds(i);
    return sum;
  }
  void weigh(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      double kib = 0;
      for (std::size_t i = 0; i < fleet_.size(); ++i) kib += static_cast<double>(fleet_.resident_kib(i));
      const double at = since_begin();
      if (at >= seen_.from() && at < seen_.until())
        seen_.resident.emplace_back(at / 60, kib / static_cast<double>(fleet_.size()));
      std::this_thread::sleep_for(1s);
    }
  }

  const live::Fleet& fleet_;
  Seen& seen_;
  double cpu_before_;
  Clock::time_point begin_ = Clock::now();
  std::jthread weighing_{[this](const std::stop_token& stop) { weigh(stop); }};
};

/// What the daemons say of the most they ever held.
struct Fullest {
  std::size_t over_bound = 0;  // daemons that ever held more than they may
  std::size_t calls = 0;
  double work = 0;  // of a lane, as a share of what it may hold
};

Fullest fullest(const live::Fleet& fleet) {
  Fullest out;
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    const auto queue = nlohmann::json::parse(fleet.get(i, "/api/mesh/status").body).at("queue");
    const auto most = queue.at("most").get<std::size_t>();
    const auto work = queue.at("fullest").get<double>();
    out.over_bound += most > queue.at("bound").get<std::size_t>() || work > 1 ? 1u : 0u;
    out.calls = std::max(out.calls, most);
    out.work = std::max(out.work, work);
  }
  return out;
}

/// Sixteen daemons that plan by one policy.
class Mesh {
 public:
  Mesh(const std::filesystem::path& answers, Policy policy)
      : fleet_(devices, [&](std::size_t device) { return configure(answers, policy, device); }) {
    fleet_.start_all();
    for (std::size_t i = 0; i < devices; ++i) {
      if (!fleet_.wait_willing(i, devices, 30s)) throw std::runtime_error("the mesh did not form");
    }
  }
  /// Each daemon answers until it has as many records of answers as it keeps.
  void fill_records() const {
    const std::size_t each = moa::Config{}.answers_remembered;
    std::vector<std::jthread> people;
    for (std::size_t i = 0; i < devices; ++i) {
      people.emplace_back([&, i] {
        std::size_t answered = 0;
        for (std::size_t asked = 0; answered < each && asked < 2 * each; ++asked)
          answered += fleet_.ask(i, quick_question, whole).status == 200 ? 1u : 0u;
      });
    }
  }
  Seen live_through(const Run& run, Duration span) const {
    Seen seen{.run = run, .span = span, .asked = {}, .resident = {}};
    {
      const Scale scale(fleet_, seen);
      seen.asked = ask_all(fleet_, {.rate = run.rate, .span = span, .model = run.model});
    }
    return seen;
  }
  const live::Fleet& fleet() const { return fleet_; }

 private:
  static std::string configure(const std::filesystem::path& answers, Policy policy, std::size_t device) {
    const double pace = tokens / seconds(alphas()[device]);
    return "[[model]]\nkind = \"recorded\"\nname = \"steady\"\nsynthesizes = true\nfile = \"" +
           answers.string() + "\"\ntokens_per_second = " + std::to_string(std::lround(pace)) +
           "\n[moa]\nproposers = 2\ndeadline = \"" + std::to_string(std::chrono::seconds(deadline).count()) +
           "s\"\npolicy = \"" + (policy == Policy::price ? "price" : name(policy)) + "\"\n";
  }

  live::Fleet fleet_;
};

void tell(Study& study, const Seen& ours, const Seen* papers) {
  const std::string where = "_" + ours.run.name;
  const double possible = std::min(ours.run.rate, full());
  const double least = ours.run.model == whole ? 1 - possible / ours.run.rate : 0;
  const double wanted = ours.run.model == whole ? possible : ours.run.rate;
  const auto times = ours.times(200);
  const auto theirs = papers != nullptr ? papers->times(200) : std::vector<double>();
  const auto paper = [&](double value) {
    return papers != nullptr ? "paper " + short_number(value) : std::string();
  };
  const auto pace = [](const Seen& seen) {
    return short_number(seen.throughput()) + "/s of " + short_number(seen.calls_each()) + " calls";
  };
  study.at_least("answered" + where, ours.throughput() / wanted, "of possible", 0.94,
                 pace(ours) + (papers != nullptr ? ", paper " + pace(*papers) : ""));
  study.at_most("refused" + where, ours.refused(), "of asked", least + (least > 0 ? 0.02 : 0.005),
                "least possible " + short_number(least) +
                    (papers != nullptr ? ", paper " + short_number(papers->refused()) : ""));
  study.show("p50" + where, percentile(times, 0.5), "s", paper(percentile(theirs, 0.5)));
  study.show("p99" + where, percentile(times, 0.99), "s", paper(percentile(theirs, 0.99)));
}

void tell_of_the_mesh(Study& study, const std::vector<Seen>& seen, const Fullest& fullest) {
  study.at_most("over_bound", static_cast<double>(fullest.over_bound), "daemons", 0,
                "at most " + std::to_string(fullest.calls) + " calls, " + short_number(100 * fullest.work) +
                    " % of a lane's work");
  std::vector<double> refusals;
  double late = 0;
  double cores = 0;
  for (const Seen& run : seen) {
    const auto more = run.times(429);
    refusals.insert(refusals.end(), more.begin(), more.end());
    cores = std::max(cores, run.cores);
    for (const Asked& one : run.asked) late = std::max(late, one.begun - one.due);
  }
  std::sort(refusals.begin(), refusals.end());
  study.at_most("refusal_p99", 1000 * percentile(refusals, 0.99), "ms", 50,
                std::to_string(refusals.size()) + " refusals, half within " +
                    short_number(1000 * percentile(refusals, 0.5)) + " ms");
  const auto& last = seen.back().resident;
  study.at_most("rss_slope", slope(last), "KiB/min", 64,
                "of the mean daemon, its records full, " +
                    short_number(last.empty() ? 0 : last.back().second / 1024) + " MiB");
  study.show("cores", cores, "busy", "all daemons together, at most");
  study.show("asked_late", 1000 * late, "ms",
             "the question that came latest, for want of a thread or a core");
}

/// Answers so far, over time.
Curve answers_of(const Seen& seen) {
  std::vector<double> ends;
  for (const Asked& one : seen.asked) {
    if (one.status == 200 && one.ended < seen.until()) ends.push_back(one.ended);
  }
  std::sort(ends.begin(), ends.end());
  Curve curve{.title = name(seen.run.policy), .points = {{0, 0}}, .shape = Curve::Shape::steps};
  for (std::size_t i = 0; i < ends.size(); ++i)
    curve.points.emplace_back(ends[i], static_cast<double>(i + 1));
  return curve;
}

Picture picture_of(const Seen& ours, const Seen& papers) {
  const double span = ours.until();
  return {.title = "Sixteen daemons of unequal speed, asked twice as much as they can do",
          .x = "seconds",
          .y = "answers so far",
          .curves = {answers_of(ours),
                     answers_of(papers),
                     {.title = "every device busy all the time", .points = {{0, 0}, {span, span * full()}}}}};
}

int run(Study& study, const std::filesystem::path& answers) {
  const Duration span = study.span(180s);
  std::vector<Seen> ours;
  Fullest most;
  {
    const Mesh mesh(answers, Policy::price);
    mesh.fill_records();
    for (const Run& run : {Run{"limit2", Policy::price, 2 * papers_limit(), whole},
                           Run{"full2", Policy::price, 2 * full(), whole},
                           Run{"free2", Policy::price, 2 * full(), free_choice}}) {
      ours.push_back(mesh.live_through(run, span));
      tell_done(ours.size(), 5);
    }
    most = fullest(mesh.fleet());
  }
  std::vector<Seen> papers;
  const Mesh mesh(answers, Policy::paper);
  for (std::size_t i = 0; i < 2; ++i) {
    Run same = ours[i].run;
    same.policy = Policy::paper;
    // At twice its limit its queues only grow, and half the time shows it.
    papers.push_back(mesh.live_through(same, i == 0 ? span / 2 : span));
    tell_done(ours.size() + papers.size(), 5);
  }
  for (std::size_t i = 0; i < ours.size(); ++i)
    tell(study, ours[i], i < papers.size() ? &papers[i] : nullptr);
  study.at_least("ours_to_paper_full2", ours[1].throughput() / papers[1].throughput(), "times", 4.7,
                 "answers a second");
  tell_of_the_mesh(study, ours, most);
  study.draw(picture_of(ours[1], papers[1]));
  return study.finish();
}

}  // namespace

int main(int argc, char** argv) {
  Study study(argc, argv, "live",
              "Sixteen real daemons of unequal speed, asked too much. Takes a quarter of an hour.");
  const auto answers =
      std::filesystem::temp_directory_path() / ("grapevine-steady-" + std::to_string(::getpid()) + ".json");
  std::ofstream(answers) << R"([{"instruction": "*", "generator": "steady", "output": ")"
                         << std::string(static_cast<std::size_t>(4 * tokens), 'a')
                         << R"("}, {"instruction": ")" << quick_question
                         << R"(", "generator": "steady", "output": "a"}])";
  int status = 1;
  try {
    status = run(study, answers);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "live: %s\n", error.what());
  }
  std::filesystem::remove(answers);
  return status;
}
