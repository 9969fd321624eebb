#include "node/models/transcript.hpp"

#include "tests/node/models/asked.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

TEST_CASE("the sink hears exactly what the answer says") {
  test::Memory memory;
  Transcript transcript(memory);
  transcript.add("one \x1b");
  transcript.add("two\xff");
  CHECK(memory.text == "one two\ufffd");
  CHECK(transcript.finish(Ending::complete, test::ask("x"))->text == memory.text);
}

TEST_CASE("words beyond the limit are cut at a character, and the answer says so") {
  test::Memory memory;
  Transcript transcript(memory, 4);
  CHECK(transcript.add("ab"));
  CHECK_FALSE(transcript.add("\u20ac"));
  CHECK_FALSE(transcript.add("c"));
  const auto finished = transcript.finish(Ending::enough, test::ask("x"));
  CHECK(finished->text == "ab");
  CHECK(finished->finish == moa::Finish::length);
}

TEST_CASE("words said before the time was up are kept") {
  test::Memory memory;
  Transcript transcript(memory);
  CHECK(transcript.finish(Ending::late, test::ask("x")).error().code == Code::expired);
  transcript.add("half");
  CHECK(transcript.finish(Ending::late, test::ask("x"))->finish == moa::Finish::deadline);
}

TEST_CASE("a stop keeps the words, too much without words is an error") {
  test::Memory memory;
  Transcript transcript(memory);
  CHECK(transcript.finish(Ending::stopped, test::ask("x"))->finish == moa::Finish::cancelled);
  CHECK(transcript.finish(Ending::too_big, test::ask("x")).error().code == Code::too_big);
}

TEST_CASE("the question is the last thing the user said") {
  auto request = test::ask("first");
  request.turns.push_back({.speaker = moa::Speaker::user, .text = {"second"}});
  request.turns.push_back({.speaker = moa::Speaker::assistant, .text = {"well"}});
  CHECK(moa::question_of(request.turns) == "second");
  CHECK(moa::question_of({}).empty());
}
