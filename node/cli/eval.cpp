#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"
#include "node/eval/gold.hpp"
#include "node/eval/replay.hpp"
#include "node/eval/report.hpp"
#include "node/wall_clock.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace grapevine::node::cli {

namespace {

using eval::Replay;
using eval::Report;
using Reported = Result<Report, Failure>;

Reported replay(const Evaluate& verb, const eval::Recordings& recordings);
Reported ask_all(const Evaluate& verb, const eval::Quiz& quiz, const Shared& shared);
Outcome deliver(const Evaluate& verb, const Report& report, Output output);
/// Says on a terminal what is being done; "" clears the line.
void progress(const std::string& what);

Failure unreadable(const Error& error) {
  return {Exit::usage, std::string(name(error.code)), error.text};
}

}  // namespace

Outcome run(const Evaluate& verb, const Shared& shared) {
  const auto questions = eval::read_questions(verb.file);
  if (!questions) return unreadable(questions.error());
  const auto* recordings = std::get_if<eval::Recordings>(&*questions);
  const auto reported = recordings != nullptr ? replay(verb, *recordings)
                                              : ask_all(verb, std::get<eval::Quiz>(*questions), shared);
  progress("");
  if (!reported) return reported.error();
  return deliver(verb, *reported, shared.output);
}

namespace {

/// What `--train` teaches; nothing without it.
Result<std::optional<moa::Taste>, Failure> trained(const Evaluate& verb, const eval::Recordings& tested) {
  if (verb.train.empty()) return std::nullopt;
  const auto questions = eval::read_questions(verb.train);
  if (!questions) return fail(unreadable(questions.error()));
  const auto* recordings = std::get_if<eval::Recordings>(&*questions);
  if (recordings == nullptr || recordings->models != tested.models)
    return fail(Failure{Exit::usage, "malformed",
                        verb.train + ": expected recorded answers of the same models as " + verb.file});
  return Replay(*recordings).taught(moa::Taste());
}

Reported replay(const Evaluate& verb, const eval::Recordings& recordings) {
  const auto training = trained(verb, recordings);
  if (!training) return fail(training.error());
  const auto& taught = *training;
  // Left-out tenths are honest only if nothing was believed beforehand that these prompts have taught.
  const moa::Taste untaught{moa::Traits{}};
  const Replay all(recordings);

  Report report{
      .source = std::filesystem::path(verb.file).filename().string(), .unit = "PREFERENCE %", .rows = {}};
  std::size_t weakest = 0;
  for (std::size_t device = 0; device < all.devices(); ++device) {
    report.rows.push_back({.name = recordings.models[device] + " alone", .points = all.alone(device)});
    const double points = eval::mean(report.rows[device].points);
    if (points > eval::mean(report.rows[report.against].points)) report.against = device;
    if (points < eval::mean(report.rows[weakest].points)) weakest = device;
  }
  report.rows.push_back(
      {.name = "(0,0) the own device, whichever", .points = all.at_random(), .shape = moa::Shape{}});
  for (std::size_t k = 1; k < all.devices(); ++k) {
    const moa::Shape shape{1, static_cast<std::uint8_t>(k)};
    const std::string plan = "(1," + std::to_string(k) + ") chosen, ";
    const double calls = static_cast<double>(k + 1);
    const auto add = [&](const std::string& how, std::vector<double> points, std::optional<moa::Shape> of) {
      report.rows.push_back({.name = plan + how, .points = std::move(points), .calls = calls, .shape = of});
    };
    progress(plan + "of " + std::to_string(all.devices() - 1));
    add("no feedback", all.chosen({.k = k}, moa::Taste()), std::nullopt);
    add("learning as it goes", all.chosen_learning({.k = k}, untaught), std::nullopt);
    const auto learned = [&](const Replay::Plan& whom) {
      return taught ? all.chosen(whom, *taught) : all.chosen_cross_validated(whom, untaught, 1);
    };
    const std::string how = taught ? "trained" : "learned (10-fold)";
    add(how, learned({.k = k}), shape);
    // All of them are the best of them.
    if (k + 1 < all.devices())
      add(how + ", best peers", learned({.k = k, .peers = Replay::Peers::best}), std::nullopt);
    else
      add(how + ", on the weakest", learned({.k = k, .owner = weakest}), std::nullopt);
  }
  report.rows.push_back({.name = "oracle: the best of all, each time",
                         .points = all.best(),
                         .calls = static_cast<double>(all.devices()),
                         .is_attainable = false});
  return report;
}

/// Asks one question; whether the answer is right, or why the node does not answer any.
Result<bool, Failure> ask_one(const Daemon& daemon, const std::string& model, const eval::Asked& asked) {
  const Json message{{"role", "user"}, {"content", asked.question}};
  const Json request{{"model", model}, {"messages", Json::array({message})}};
  const auto answer = daemon.post("/v1/chat/completions", request);
  if (!answer) {
    if (answer.error().exit == Exit::no_daemon) return fail(answer.error());
    return false;  // refused or late is no answer to this question, and the next may have one
  }
  return eval::contains_gold(answer->at("choices").at(0).at("message").at("content").get<std::string>(),
                             asked);
}

/// One way of asking the mesh: under this model name.
struct Way {
  std::string name;
  std::string model;
  double calls = 1;
  std::optional<moa::Shape> shape = std::nullopt;
};

/// What the devices that live beside this one are called.
Result<std::set<std::string>, Failure> peers_of(const Daemon& daemon) {
  const auto answer = daemon.get("/api/mesh/peers");
  if (!answer) return fail(answer.error());
  std::set<std::string> names;
  for (const auto& peer : answer->at("peers"))
    if (peer.at("state") == "alive" && !peer.at("self").get<bool>()) names.insert(peer.at("name"));
  return names;
}

/// This device, each other device, and each number of proposers.
Result<std::vector<Way>, Failure> ways_of(const Daemon& daemon) {
  constexpr std::size_t peers_max = 4;  // beyond, the menu of a household changes little
  const auto peers = peers_of(daemon);
  if (!peers) return fail(peers.error());
  const auto models = daemon.get("/v1/models");
  if (!models) return fail(models.error());
  std::vector<Way> ways{
      {.name = "(0,0) this device alone", .model = "local", .calls = 1, .shape = moa::Shape{}}};
  for (const auto& model : models->at("data")) {
    const std::string id = model.at("id");
    const bool is_elsewhere = id.find('@') != id.npos && peers->contains(model.at("owned_by"));
    if (is_elsewhere && ways.size() <= peers_max) ways.push_back({.name = id + " alone", .model = id});
  }
  for (std::size_t k = 1; k <= std::min(peers_max, peers->size()); ++k) {
    const std::string number = std::to_string(k);
    ways.push_back({.name = "(1," + number + ")",
                    .model = "grapevine:m1k" + number,
                    .calls = static_cast<double>(k + 1),
                    .shape = moa::Shape{1, static_cast<std::uint8_t>(k)}});
  }
  return ways;
}

/// Asks the first `count` questions in one way.
Result<eval::Row, Failure> ask_so(const Way& way, const Daemon& daemon, const eval::Quiz& quiz,
                                  std::size_t count) {
  eval::Row row{.name = way.name, .points = {}, .calls = way.calls, .shape = way.shape};
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < count; ++i) {
    progress(way.name + ": " + std::to_string(i + 1) + " of " + std::to_string(count));
    const auto right = ask_one(daemon, way.model, quiz[i]);
    if (!right) return fail(right.error());
    row.points.push_back(*right ? 100 : 0);
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  row.seconds = taken.count() / static_cast<double>(count);
  return row;
}

Reported ask_all(const Evaluate& verb, const eval::Quiz& quiz, const Shared& shared) {
  const auto found = Daemon::find(shared);
  if (!found) return fail(found.error());
  const auto daemon = found->waiting(600s);  // the longest a node allows
  const auto ways = ways_of(daemon);
  if (!ways) return fail(ways.error());

  Report report{
      .source = std::filesystem::path(verb.file).filename().string(), .unit = "RIGHT %", .rows = {}};
  const std::size_t count = verb.questions > 0 ? std::min(verb.questions, quiz.size()) : quiz.size();
  for (const auto& way : *ways) {
    auto row = ask_so(way, daemon, quiz, count);
    if (!row) return fail(row.error());
    report.rows.push_back(*std::move(row));
    const auto& last = report.rows.back();
    const bool is_single = last.calls <= 1;
    if (is_single && eval::mean(last.points) > eval::mean(report.rows[report.against].points))
      report.against = report.rows.size() - 1;
  }
  return report;
}

Outcome deliver(const Evaluate& verb, const Report& report, Output output) {
  if (output == Output::json) print_json(eval::json_of(report));
  if (output == Output::people)
    std::fputs((table(eval::table_of(report)) + "\n" + eval::legend_of(report)).c_str(), stdout);
  if (!verb.menu.empty()) {
    std::ofstream file(verb.menu);
    file << eval::menu_of(report, wall_now());
    if (!file.flush()) return Failure{Exit::failed, "storage", verb.menu + " cannot be written"};
  }
  if (!verb.picture.empty() && !eval::draw(report, verb.picture))
    return Failure{Exit::failed, "storage", verb.picture + " was not drawn",
                   "is its folder there, and gnuplot installed?"};
  return std::nullopt;
}

void progress(const std::string& what) {
  if (::isatty(STDERR_FILENO) == 1) std::fprintf(stderr, "\r\033[K%s", what.c_str());
}

}  // namespace

}  // namespace grapevine::node::cli
