#include "node/cli/verbs.hpp"
#include "node/eval/gold.hpp"
#include "node/eval/interval.hpp"
#include "node/eval/replay.hpp"
#include "node/eval/report.hpp"
#include "tests/node/temporary_folder.hpp"

#include <fstream>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node::eval;

namespace {

constexpr auto line =
    R"({"instruction":"Why?","answers":{"big":{"output":"Because.","preference":0.9},"small":{"output":"No.","preference":0.1}}})";

Result<Questions> questions_of(const std::string& text) {
  const node::TemporaryFolder folder;
  const auto file = folder.path() / "questions";
  std::ofstream(file) << text;
  return read_questions(file);
}

/// Long answers of two devices, of which the second is always better.
Recordings two_devices() {
  Recordings recordings{.models = {"weak", "strong"}, .prompts = {}};
  for (int i = 0; i < 60; ++i)
    recordings.prompts.push_back({"Question " + std::to_string(i),
                                  {std::string(80, 'a') + " x", std::string(80, 'b') + " y"},
                                  {0.2, 0.8}});
  return recordings;
}

}  // namespace

TEST_CASE("recorded answers are read a line each") {
  const auto questions = questions_of(std::string(line) + "\n\n" + line + "\n");
  REQUIRE(questions.has_value());
  const auto& recordings = std::get<Recordings>(*questions);
  CHECK(recordings.models == std::vector<std::string>{"big", "small"});
  CHECK(recordings.prompts.size() == 2);
  CHECK(recordings.prompts[1].preferences == std::vector<double>{0.9, 0.1});
}

TEST_CASE("questions with gold answers are read from SQuAD's nesting") {
  const auto questions = questions_of(
      R"({"data":[{"paragraphs":[{"context":"...","qas":[{"question":"Who?","answers":[{"text":"Ada"}]},
          {"question":"Nobody knows?","answers":[]}]}]}]})");
  REQUIRE(questions.has_value());
  const auto& quiz = std::get<Quiz>(*questions);
  REQUIRE(quiz.size() == 1);
  CHECK(quiz[0].gold == std::vector<std::string>{"Ada"});
}

TEST_CASE("a file of another shape is refused with its line and what was expected") {
  for (const std::string& text :
       {std::string(), std::string("hello"), std::string("[]"), std::string("{}"),
        std::string(line) + "\n" +
            R"({"instruction":"Why?","answers":{"big":{"output":"A","preference":1}}})",
        std::string(R"({"instruction":"Why?","answers":{"big":{"output":"A","preference":1.5}}})"),
        std::string(R"({"instruction":"Why?","answers":{"big":{"output":"A"}}})")}) {
    const auto questions = questions_of(text);
    REQUIRE_FALSE(questions.has_value());
    CHECK(questions.error().code == Code::malformed);
    CHECK(questions.error().text.find("expected AlpacaEval's lines") != std::string::npos);
  }
}

TEST_CASE("eval of a file it cannot read ends with 2") {
  node::cli::Evaluate verb;
  verb.file = "/nowhere/questions.jsonl";
  const auto failed = run(verb, node::cli::Shared{});
  REQUIRE(failed.has_value());
  CHECK(failed->exit == node::cli::Exit::usage);
}

TEST_CASE("a gold answer is found as whole words, whatever its case, articles and punctuation") {
  const Asked asked{"Who?", {"The Nile, Egypt"}};
  CHECK(contains_gold("It is the NILE (Egypt).", asked));
  CHECK_FALSE(contains_gold("It is the Senile Egypt.", asked));
}

TEST_CASE("a bootstrap interval holds the mean and is the same each time") {
  const std::vector<double> values{1, 2, 3, 4, 5, 6, 7, 8};
  const auto interval = bootstrap(values);
  CHECK(interval.mean == doctest::Approx(4.5));
  CHECK(interval.low < 4.5);
  CHECK(interval.high > 4.5);
  CHECK(interval.low > 2.5);
  CHECK(bootstrap(values).low == interval.low);
  CHECK(bootstrap({3, 3, 3}).low == 3);
}

TEST_CASE("verdicts make both owners be answered by the better device, and without them each keeps its own") {
  const auto recordings = two_devices();
  const Replay replay(recordings);
  const moa::Taste untaught{moa::Traits{}};
  CHECK(mean(replay.chosen({.k = 1}, untaught)) == doctest::Approx(50));
  CHECK(mean(replay.chosen_cross_validated({.k = 1}, untaught, 1)) == doctest::Approx(80));
  CHECK(mean(replay.chosen({.k = 1, .owner = 0}, replay.taught(untaught))) == doctest::Approx(80));
}

TEST_CASE("learning as it goes never uses a verdict on the question it is of") {
  const auto recordings = two_devices();
  const auto points = Replay(recordings).chosen_learning({.k = 1, .owner = 0}, moa::Taste(moa::Traits{}));
  CHECK(points.front() == doctest::Approx(20));
  CHECK(points.back() == doctest::Approx(80));
}

TEST_CASE("the menu has the rows that are plans, with what they were measured on") {
  const Report report{.source = "file.jsonl",
                      .unit = "PREFERENCE %",
                      .rows = {{.name = "alone", .points = {50, 60}},
                               {.name = "(1,2)", .points = {70, 80}, .calls = 3, .shape = moa::Shape{1, 2}}}};
  CHECK(menu_of(report, WallTime{}) ==
        "# Measured by `grapevine eval`: what a plan of M layers and k peers is worth, in points.\n"
        "\n[[menu]]\nlayers = 1\nproposers = 2\nquality = 75.00\nerror = 5.00\nquestions = 2\n"
        "measured = 1970-01-01T00:00:00Z\nsource = \"file.jsonl\"\n");
}

TEST_CASE("a table compares each row with the best device, question by question") {
  const Report report{.source = "file.jsonl",
                      .unit = "PREFERENCE %",
                      .rows = {{.name = "alone", .points = {50, 60}}, {.name = "mesh", .points = {70, 80}}}};
  const auto rows = table_of(report);
  CHECK(rows[1][3].empty());
  CHECK(rows[2][3] == "20.00");
  CHECK(rows[2][4] == "20.00 to 20.00");
}
