#include "node/models/recorded.hpp"

#include "node/models/models.hpp"
#include "tests/node/models/asked.hpp"

#include <thread>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;
using test::answer;

namespace {

Recorded recorded(Recorded::Answers answers, Pace pace = {}) {
  return Recorded(std::move(answers), {.kind = {"recorded"}, .model = {"m"}, .synthesizes = false}, pace);
}

constexpr auto array_form = R"([{"instruction":"Hi?","output":"Hello.","generator":"a"},
                                {"instruction":"Hi?","output":"Howdy.","generator":"b"},
                                {"instruction":"Bye?","output":"So long.","generator":"b"}])";
constexpr auto line_form =
    R"({"instruction":"Hi?","answers":{"a":{"output":"Hello."},"b":{"output":"Howdy."}}}
{"instruction":"Bye?","answers":{"b":{"output":"So long."}}}
)";

}  // namespace

TEST_CASE("a recorded prompt gets its answer, letter for letter") {
  auto model = recorded({{"Hi?", "Hello."}});
  CHECK(answer(model, "Hi?")->text == "Hello.");
  CHECK(answer(model, "Hi?")->tokens_out == 2);
}

TEST_CASE("an unknown prompt fails the call") {
  auto model = recorded({{"Hi?", "Hello."}});
  CHECK(answer(model, "hi?").error().code == Code::unknown);
  CHECK(answer(model, "").error().code == Code::unknown);
}

TEST_CASE("a star answers what has no answer of its own") {
  auto model = recorded({{"Hi?", "Hello."}, {"*", "Whatever."}});
  CHECK(answer(model, "Hi?")->text == "Hello.");
  CHECK(answer(model, "Never asked.")->text == "Whatever.");
}

TEST_CASE("both forms of file tell the same answers") {
  const test::Folder folder;
  const auto array = folder.write("array.json", array_form);
  const auto lines = folder.write("lines.jsonl", line_form);
  const Recorded::Answers of_b{{"Hi?", "Howdy."}, {"Bye?", "So long."}};
  CHECK(*read_answers(array, "b") == of_b);
  CHECK(*read_answers(lines, "b") == of_b);
  CHECK(*read_answers(array, "") == Recorded::Answers{{"Hi?", "Hello."}});
  CHECK(*read_answers(lines, "") == Recorded::Answers{{"Hi?", "Hello."}});
}

TEST_CASE("a file that is missing, of another form, or without the model is refused with its name") {
  const test::Folder folder;
  const auto file = folder.write("array.json", array_form);
  CHECK(read_answers(folder.path() / "none", "").error().code == Code::storage);
  CHECK(read_answers(file, "c").error().code == Code::unknown);
  for (const auto* text : {"[1,2", "{\"instruction\":\"x\"}", "plain words", "{\"a\":1}\n"}) {
    const auto refused = read_answers(folder.write("bad", text), "");
    CHECK(refused.error().code == Code::malformed);
    CHECK(refused.error().text.find("bad") != std::string::npos);
  }
}

TEST_CASE("at a pace the answer comes in pieces and takes its time") {
  auto model = recorded({{"q", std::string(400, 'x')}}, {.tokens_per_second = 1000});
  test::Memory memory;
  const auto start = std::chrono::steady_clock::now();
  const auto finished = model.generate(test::ask("q"), memory, {});
  CHECK(std::chrono::steady_clock::now() - start >= 100ms);
  CHECK(memory.pieces.size() > 1);
  CHECK(memory.text.size() == 400);
  CHECK(finished->finish == moa::Finish::stop);
}

TEST_CASE("an answer that does not fit into the time left is kept as far as it went") {
  auto model = recorded({{"q", std::string(400, 'x')}}, {.tokens_per_second = 100});
  const auto finished = answer(model, "q", 200ms);
  CHECK(finished->finish == moa::Finish::deadline);
  CHECK(finished->text.size() > 0);
  CHECK(finished->text.size() < 400);
  auto slow = recorded({{"q", "x"}}, {.prefill_rate = 0.1});
  CHECK(answer(slow, "q", 10ms).error().code == Code::expired);
}

TEST_CASE("a stop ends a slow answer at once") {
  auto model = recorded({{"q", std::string(400, 'x')}}, {.tokens_per_second = 1});
  test::Memory memory;
  std::stop_source source;
  const std::jthread stopper([&] { source.request_stop(); });
  const auto finished = model.generate(test::ask("q"), memory, source.get_token());
  CHECK(finished->finish == moa::Finish::cancelled);
}

TEST_CASE("more tokens than were asked for are not said") {
  auto model = recorded({{"q", "one two three four"}});
  auto request = test::ask("q");
  request.sampling.tokens_max = 2;
  test::Memory memory;
  const auto finished = model.generate(request, memory, {});
  CHECK(finished->text == "one two ");
  CHECK(finished->finish == moa::Finish::length);
}

TEST_CASE("a recorded model merges proposals only if its owner says so") {
  const test::Folder folder;
  ModelConfig config{.kind = "recorded"};
  config.recorded.file = folder.write("array.json", array_form);
  CHECK_FALSE(make_model(config)->model->profile().synthesizes);
  config.recorded.synthesizes = true;
  CHECK(make_model(config)->model->profile().synthesizes);
}
