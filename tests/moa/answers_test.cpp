// What is learned of answers when somebody judges them.
#include "moa/answers.hpp"

#include "tests/moa/village.hpp"

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {

const NodeId anna = sample::node(1);
const NodeId bert = sample::node(2);

Provenance record(std::uint8_t number, Merge merge = Merge::chosen) {
  Provenance provenance;
  provenance.query = QueryId{sample::filled<16>(number)};
  provenance.merge = merge;
  for (const NodeId& node : {anna, bert})
    provenance.voices.push_back({.node = node, .used = merge != Merge::chosen || node == bert});
  return provenance;
}

std::vector<Spoken> both_speak() {
  return {
      {.node = anna, .device = "a", .text = "Turn left at the old mill and follow the river to the bridge."},
      {.node = bert,
       .device = "b",
       .text = "Go to the station; the harbour lies behind it, past the market."}};
}

Answers with(Provenance provenance, std::vector<Spoken> proposals = both_speak()) {
  Answers answers(2, Taste());
  answers.add(std::move(provenance), proposals, {});
  return answers;
}

Code reason(const Result<std::vector<NodeId>>& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}

}  // namespace

TEST_CASE("a verdict on the whole answer is about the proposal that became it") {
  Answers answers = with(record(1));
  CHECK(answers.judge(std::nullopt, {}, 1.0).value() == std::vector<NodeId>{bert});
}

TEST_CASE("nobody can say whose merit a merged answer is, but devices can be judged one by one") {
  Answers answers = with(record(1, Merge::synthesized));
  CHECK(reason(answers.judge(std::nullopt, {}, 1.0)) == Code::conflict);
  CHECK(answers.judge(std::nullopt, {{anna, 1}, {bert, 0}}, {}).value().size() == 2);
}

TEST_CASE("an answer is judged once, and only while it is remembered") {
  Answers answers = with(record(1));
  answers.add(record(2), both_speak(), {});
  answers.add(record(3), both_speak(), {});
  CHECK(answers.size() == 2);
  CHECK(reason(answers.judge(record(1).query, {}, 1.0)) == Code::unknown);
  CHECK(answers.judge(record(2).query, {}, 1.0));
  CHECK(reason(answers.judge(record(2).query, {}, 1.0)) == Code::conflict);
}

TEST_CASE("scores outside 0 to 1, of devices that said nothing, or none at all teach nothing") {
  Answers answers = with(record(1));
  const Bytes before = answers.taste().encode();
  CHECK(reason(answers.judge(std::nullopt, {{anna, 1.5}}, {})) == Code::malformed);
  CHECK(reason(answers.judge(std::nullopt, {{sample::node(9), 1}}, {})) == Code::unknown);
  CHECK(reason(answers.judge(std::nullopt, {}, {})) == Code::malformed);
  CHECK(answers.taste().encode() == before);
}

TEST_CASE("who is judged better thirty times is worth more points") {
  Answers answers(40, Taste());
  for (std::uint8_t i = 0; i < 30; ++i) {
    answers.add(record(i), both_speak(), {});
    CHECK(answers.taste().quality(bert) == 0);
    REQUIRE(answers.judge(std::nullopt, {{anna, 0}, {bert, 1}}, {}));
  }
  CHECK(answers.taste().quality(bert) > 10);
  CHECK(answers.taste().quality(anna) < -10);
}

TEST_CASE("the engine asks for what was learned to be remembered, and begins with it in the next life") {
  Village village(2);
  village.scripts[0] = says("Turn left at the old mill and follow the river until you see the bridge.");
  village.scripts[1] = says("Turn right at the station and follow the rails until you see the harbour.");
  (void)village.ask(0, {1, 1});
  village.run();
  const auto learned = village.engine(0).judge(std::nullopt, {{village.id(0), 0}, {village.id(1), 1}}, {});
  REQUIRE(learned);
  const auto& kept = std::get<Remember>(learned->front());
  CHECK(Taste::decode(kept.learned).value().encode() == kept.learned);
  CHECK(kept.learned != Taste().encode());
}

}  // namespace grapevine::moa
