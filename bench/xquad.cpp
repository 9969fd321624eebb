// Does asking several devices find what one does not have, and whom must one ask? The 240 paragraphs of XQuAD
// (a subset of SQuAD 1.1's development set, CC BY-SA 4.0) are dealt over five knowledge models. First in this
// process: recall against the number of peers, chosen by what they tell of their topics (moa/sketch.hpp) and,
// as control, by chance; beside one index over all paragraphs. Then five live daemons, which choose by price
// as well: 100 questions as a user asks them, of all four peers, of one device alone, and with
// `knowledge.sketch = false`.
//
// An answer is right when it contains a gold answer (node/eval/gold.hpp). `--picture FILE` draws recall
// against k. Needs the data: GRAPEVINE_SHARED names the folder that holds data/.
#include "bench/figures.hpp"
#include "bench/picture.hpp"
#include "bench/xquad_library.hpp"
#include "node/eval/gold.hpp"
#include "tests/live/fleet.hpp"
#include "tests/node/temporary_folder.hpp"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include <nlohmann/json.hpp>
#include <unistd.h>

using namespace grapevine;
using namespace grapevine::bench;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr std::size_t devices = 5;
constexpr std::size_t questions_asked = 100;  // of daemons

void progress(const std::string& what) {
  if (isatty(STDERR_FILENO) != 0) std::fprintf(stderr, "\r%-60s\r", what.c_str());
}

std::string rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

/// Recall for each k from none to all other devices.
Curve curve(const std::string& title, const Library& library, Library::Peers peers) {
  constexpr int seeds = 3;
  Curve made{.title = title, .points = {}};
  for (std::size_t k = 0; k < devices; ++k) {
    double sum = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) sum += library.recall(k, peers, seed * 10'000);
    made.points.emplace_back(static_cast<double>(k), sum / seeds);
  }
  return made;
}

void study(const Corpus& corpus, Figures& figures, const std::string& picture_file) {
  progress("one index over all paragraphs");
  const double central = Library(corpus, by_paragraph, 1).recall(0, Library::Peers::by_sketch, 1);
  figures.add({.name = "xquad.central", .value = central, .unit = "% of 1190", .baseline = "one index"});
  Picture picture{.title = "Answers found by five devices, XQuAD",
                  .x = "devices asked beside the own",
                  .y = "% of 1190 questions",
                  .curves = {{.title = "one index", .points = {{0, central}, {devices - 1.0, central}}}}};
  const struct {
    const char* name;
    Deal deal;
  } deals[] = {{"paragraphs", by_paragraph}, {"articles", by_article}};
  for (const auto& [name, deal] : deals) {
    progress(std::string(name) + " dealt over five devices");
    const Library library(corpus, deal, devices);
    const Curve sought = curve(std::string(name) + ", by sketch", library, Library::Peers::by_sketch);
    const Curve drawn = curve(std::string(name) + ", by chance", library, Library::Peers::by_chance);
    const double alone = sought.points[0].second;
    for (std::size_t k = 0; k < devices; ++k)
      figures.add({.name = "xquad." + std::string(name) + "_k" + std::to_string(k),
                   .value = sought.points[k].second,
                   .unit = "% of 1190",
                   .baseline = "by chance " + rounded(drawn.points[k].second) + " %"});
    const double k3 = sought.points[3].second;
    figures.add({"xquad." + std::string(name) + "_k3_of_central", 100 * k3 / central, "%", ">= 95",
                 k3 >= 0.95 * central,
                 "by chance " + rounded(100 * drawn.points[3].second / central) + " %"});
    figures.add({"xquad." + std::string(name) + "_k3_over_alone", k3 / alone, "times", ">= 4",
                 k3 >= 4 * alone, "by chance " + rounded(drawn.points[3].second / alone)});
    picture.curves.push_back(sought);
    picture.curves.push_back(drawn);
  }
  if (!picture_file.empty()) draw(picture, picture_file);
}

double share_right(const live::Fleet& fleet, const Corpus& corpus, const std::string& model) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < questions_asked; ++i) {
    progress(model + ": " + std::to_string(i + 1) + " of " + std::to_string(questions_asked));
    const auto reply = fleet.ask(0, corpus.questions[i].question, model);
    const auto body = json::parse(reply.body, nullptr, false);
    if (reply.status == 200 &&
        node::eval::contains_gold(body["choices"][0]["message"]["content"].get<std::string>(),
                                  corpus.questions[i]))
      ++right;
    else if (std::getenv("GRAPEVINE_BENCH_VERBOSE"))
      std::fprintf(stderr, "%s: %d\n  %s\n", corpus.questions[i].question.c_str(), reply.status,
                   reply.body.substr(0, 600).c_str());
  }
  return 100.0 * static_cast<double>(right) / static_cast<double>(questions_asked);
}

void ask_daemons(const Corpus& corpus, Figures& figures) {
  const node::TemporaryFolder folder;
  lay_out(corpus, by_paragraph, devices, folder.path());
  const auto ask = [&](const char* sketch, const std::vector<std::string>& models) {
    live::Fleet fleet(devices, [&](std::size_t i) {
      return "[[model]]\nkind = \"knowledge\"\n[knowledge]\nsketch = " + std::string(sketch) +
             "\nfolders = [\"" + (folder.path() / std::to_string(i)).string() + "\"]\n";
    });
    fleet.start_all();
    if (!fleet.wait_alive(0, devices, 10s) || !fleet.wait_willing(0, devices, 10s))
      throw std::runtime_error("the mesh did not form");
    std::vector<double> shares;
    for (const auto& model : models) shares.push_back(share_right(fleet, corpus, model));
    return shares;
  };
  const auto with = ask("true", {"grapevine", "grapevine:m1k4", "local"});
  const auto without = ask("false", {"grapevine"});
  figures.add({"xquad.daemons", with[0], "% of 100", ">= 85", with[0] >= 85,
               "as users ask; without sketches " + rounded(without[0]) + " %"});
  figures.add({"xquad.daemons_k4", with[1], "% of 100", ">= 85", with[1] >= 85, "all are asked"});
  figures.add({.name = "xquad.daemons_alone",
               .value = with[2],
               .unit = "% of 100",
               .baseline = "a fifth of the paragraphs"});
}

}  // namespace

int main(int argc, char** argv) {
  const char* shared = std::getenv("GRAPEVINE_SHARED");
  const auto file = std::filesystem::path(shared ? shared : ".") / "data" / "xquad.en.json";
  if (!std::filesystem::exists(file)) {
    std::fprintf(stderr, "xquad: skipped, there is no %s; set GRAPEVINE_SHARED\n", file.c_str());
    return 0;
  }
  std::string picture_file;
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::string_view(argv[i]) == "--picture") picture_file = argv[i + 1];
  }
  start_crypto();
  const Corpus corpus = read_corpus(file);
  Figures figures;
  study(corpus, figures, picture_file);
  ask_daemons(corpus, figures);
  progress("");
  figures.print(argc, argv);
  return figures.exit_code();
}
