#include "moa/text.hpp"
#include "node/cli/daemon.hpp"
#include "node/cli/show.hpp"
#include "node/cli/why.hpp"
#include "node/json.hpp"

#include <iostream>
#include <iterator>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace grapevine::node::cli {

namespace {

// The node ends every question by its own deadline; the line only has to outlast that.
constexpr Duration beyond_the_deadline = 15s;
constexpr Duration deadline_unless_told = 600s;  // the longest a node allows

Json request_of(const AskMesh& verb, const std::string& question);
Outcome ask_whole(const Daemon& daemon, const AskMesh& verb, const Json& request, Output output);
Outcome ask_streamed(const Daemon& daemon, const AskMesh& verb, Json request);
void print_people(const Json& provenance, const AskMesh& verb);

bool people_watch(int stream) {
  return ::isatty(stream) == 1;
}

}  // namespace

Outcome run(const AskMesh& verb, const Shared& shared) {
  std::string question = verb.question;
  if (question == "-") question.assign(std::istreambuf_iterator<char>(std::cin), {});
  if (question.find_first_not_of(" \t\r\n") == question.npos)
    return Failure{Exit::usage, "usage", "the question is empty",
                   "grapevine ask \"Where is the spare key?\""};
  const auto found = Daemon::find(shared);
  if (!found) return found.error();
  const auto patience =
      (verb.deadline > Duration{} ? verb.deadline : deadline_unless_told) + beyond_the_deadline;
  const auto daemon = found->waiting(patience);
  const Json request = request_of(verb, question);
  const bool streams = verb.stream && shared.output == Output::people && people_watch(STDOUT_FILENO);
  return streams ? ask_streamed(daemon, verb, request) : ask_whole(daemon, verb, request, shared.output);
}

namespace {

Json request_of(const AskMesh& verb, const std::string& question) {
  Json messages = Json::array();
  if (!verb.system.empty()) messages.push_back({{"role", "system"}, {"content", verb.system}});
  messages.push_back({{"role", "user"}, {"content", question}});
  Json ours = Json::object();
  if (verb.layers) ours["layers"] = *verb.layers;
  if (verb.proposers) ours["proposers"] = *verb.proposers;
  if (!verb.scope.empty()) ours["scope"] = verb.scope;
  if (verb.deadline > Duration{}) ours["deadline_s"] = seconds(verb.deadline);
  Json request{{"model", verb.model}, {"messages", std::move(messages)}, {"grapevine", std::move(ours)}};
  if (verb.tokens_max) request["max_tokens"] = *verb.tokens_max;
  if (verb.temperature) request["temperature"] = *verb.temperature;
  if (verb.seed) request["seed"] = *verb.seed;
  return request;
}

Outcome ask_whole(const Daemon& daemon, const AskMesh& verb, const Json& request, Output output) {
  const auto answer = daemon.post("/v1/chat/completions", request);
  if (!answer) return answer.error();
  const auto& choice = answer->at("choices").at(0);
  const auto text = choice.at("message").at("content").get<std::string>();
  if (output == Output::json) {
    print_json({{"answer", text},
                {"finish_reason", choice.at("finish_reason")},
                {"usage", answer->at("usage")},
                {"grapevine", answer->at("grapevine")}});
    return std::nullopt;
  }
  std::puts(moa::printable(text).c_str());
  std::fflush(stdout);  // the table follows the answer also where both go to one file
  if (output == Output::people) print_people(answer->at("grapevine"), verb);
  return std::nullopt;
}

// Words go to the terminal as they come; progress stands on stderr until the first of them.
Outcome ask_streamed(const Daemon& daemon, const AskMesh& verb, Json request) {
  request["stream"] = true;
  Json provenance;
  Outcome broken = Failure{Exit::failed, "cut_off", "the answer was cut off", "ask again"};
  bool progress_shown = false;
  const auto clear_progress = [&] {
    if (std::exchange(progress_shown, false)) std::fputs("\r\033[K", stderr);
  };
  const auto take = [&](std::string_view line) {
    if (line.starts_with(": ") && people_watch(STDERR_FILENO)) {
      std::fprintf(stderr, "\r\033[K%.*s", static_cast<int>(line.size() - 2), line.data() + 2);
      progress_shown = true;
    }
    if (line == "data: [DONE]") broken = std::nullopt;
    const auto event = line.starts_with("data: {") ? parse_json(line.substr(6)) : std::nullopt;
    if (!event) return;
    if (const auto error = text_at(*event, "/error/message"))
      broken = Failure{Exit::failed, "failed", *error};
    const auto words = text_at(*event, "/choices/0/delta/content");
    if (words && !words->empty()) {
      clear_progress();
      std::fputs(moa::printable(*words).c_str(), stdout);
      std::fflush(stdout);
    }
    if (event->contains("grapevine")) provenance = event->at("grapevine");
  };
  const auto failed = daemon.stream("/v1/chat/completions", request, take);
  clear_progress();
  if (failed) return failed;
  std::puts("");
  if (!provenance.is_null()) print_people(provenance, verb);
  return broken;
}

// Who helped: a line on a terminal, the whole story when asked for. On stderr, so that a pipe gets the answer
// alone.
void print_people(const Json& provenance, const AskMesh& verb) {
  if (verb.why) {
    std::fprintf(stderr, "\n%s", why(provenance).c_str());
    return;
  }
  if (!people_watch(STDERR_FILENO)) return;
  std::vector<std::string> used;
  for (const auto& voice : provenance.at("voices")) {
    if (voice.at("used") && std::find(used.begin(), used.end(), voice.at("name")) == used.end())
      used.push_back(voice.at("name"));
  }
  std::string names;
  for (const auto& name : used) names.append(names.empty() ? "" : ", ").append(name);
  std::fprintf(stderr, "\n%s; %s; %s%s\n", printable(names).c_str(),
               provenance.at("merge").get<std::string>().c_str(), span(provenance.at("elapsed_s")).c_str(),
               provenance.at("degraded").is_null()
                   ? ""
                   : ("; " + printable(provenance.at("degraded").get<std::string>())).c_str());
}

}  // namespace

}  // namespace grapevine::node::cli
