// Does asking several devices find what one does not have? The 240 paragraphs of XQuAD (a subset of
// SQuAD 1.1's development set, CC BY-SA 4.0) are dealt over five live daemons with knowledge models; the
// first 100 questions are asked on one of them, with four proposers and alone. An answer counts when it
// contains a gold answer (case, punctuation and articles set aside, as SQuAD's own evaluation does). Needs
// the data: GRAPEVINE_SHARED names the folder that holds data/.
#include "bench/figures.hpp"
#include "tests/live/fleet.hpp"

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <nlohmann/json.hpp>
#include <unistd.h>

using namespace grapevine;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr std::size_t devices = 5;
constexpr std::size_t questions_asked = 100;

struct Question {
  std::string text;
  std::vector<std::string> gold;
};
struct Corpus {
  std::vector<std::string> paragraphs;
  std::vector<Question> questions;
};

Corpus load(const std::filesystem::path& file) {
  Corpus corpus;
  const json whole = json::parse(std::ifstream(file));
  for (const auto& article : whole["data"]) {
    for (const auto& paragraph : article["paragraphs"]) {
      corpus.paragraphs.push_back(paragraph["context"]);
      for (const auto& asked : paragraph["qas"]) {
        Question question{asked["question"], {}};
        for (const auto& answer : asked["answers"]) question.gold.push_back(answer["text"]);
        corpus.questions.push_back(std::move(question));
      }
    }
  }
  return corpus;
}

/// Lower case, no punctuation, no articles, single spaces; with a space at both ends, so that words are found
/// whole.
std::string normal(const std::string& text) {
  std::string words = " ";
  std::string word;
  const auto end_word = [&] {
    if (!word.empty() && word != "a" && word != "an" && word != "the") words += word + " ";
    word.clear();
  };
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isspace(u))
      end_word();
    else if (!std::ispunct(u))
      word += static_cast<char>(std::tolower(u));
  }
  end_word();
  return words;
}

bool contains_gold(const std::string& answer, const Question& question) {
  const std::string said = normal(answer);
  for (const auto& gold : question.gold)
    if (said.find(normal(gold)) != std::string::npos) return true;
  return false;
}

double share_right(const live::Fleet& fleet, const Corpus& corpus, const std::string& model) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < questions_asked; ++i) {
    if (isatty(STDERR_FILENO) != 0)
      std::fprintf(stderr, "\r%s: %zu of %zu ", model.c_str(), i + 1, questions_asked);
    const auto reply = fleet.ask(0, corpus.questions[i].text, model);
    const auto body = json::parse(reply.body, nullptr, false);
    if (reply.status == 200 && contains_gold(body["choices"][0]["message"]["content"], corpus.questions[i]))
      ++right;
    else if (std::getenv("GRAPEVINE_BENCH_VERBOSE"))
      std::fprintf(stderr, "%s: %d\n  %s\n", corpus.questions[i].text.c_str(), reply.status,
                   reply.body.substr(0, 600).c_str());
  }
  if (isatty(STDERR_FILENO) != 0) std::fprintf(stderr, "\r%40s\r", "");
  return 100.0 * static_cast<double>(right) / static_cast<double>(questions_asked);
}

}  // namespace

int main(int argc, char** argv) {
  const char* shared = std::getenv("GRAPEVINE_SHARED");
  const auto file = std::filesystem::path(shared ? shared : ".") / "data" / "xquad.en.json";
  if (!std::filesystem::exists(file)) {
    std::fprintf(stderr, "xquad: skipped, there is no %s; set GRAPEVINE_SHARED\n", file.c_str());
    return 0;
  }
  const Corpus corpus = load(file);
  const auto documents =
      std::filesystem::temp_directory_path() / ("grapevine-xquad-" + std::to_string(::getpid()));
  for (std::size_t i = 0; i < corpus.paragraphs.size(); ++i) {
    const auto folder = documents / std::to_string(i % devices);
    std::filesystem::create_directories(folder);
    std::ofstream(folder / ("paragraph-" + std::to_string(i) + ".txt")) << corpus.paragraphs[i] << '\n';
  }
  bench::Figures figures;
  {
    live::Fleet fleet(devices, [&](std::size_t i) {
      return "[[model]]\nkind = \"knowledge\"\n[knowledge]\nfolders = [\"" +
             (documents / std::to_string(i)).string() + "\"]\n";
    });
    fleet.start_all();
    if (!fleet.wait_alive(0, devices, 10s)) throw std::runtime_error("the mesh did not form");
    const double mesh = share_right(fleet, corpus, "grapevine:m1k4");
    const double alone = share_right(fleet, corpus, "local");
    figures.add({"xquad.mesh_k4", mesh, "% of 100", ">= 85", mesh >= 85,
                 "the asking device alone " + std::to_string(static_cast<int>(alone)) + " %"});
    figures.add(
        {.name = "xquad.alone", .value = alone, .unit = "% of 100", .baseline = "a fifth of the paragraphs"});
  }
  std::filesystem::remove_all(documents);
  figures.print(argc, argv);
  return figures.exit_code();
}
