// Queries that go well: who is asked, what is merged, what the asker is told.
#include "tests/moa/village.hpp"

#include <set>

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {
std::size_t answered(const Provenance& provenance, Stage stage) {
  return static_cast<std::size_t>(std::count_if(
      provenance.voices.begin(), provenance.voices.end(),
      [&](const Voice& voice) { return voice.stage == stage && voice.outcome == Outcome::answered; }));
}
}  // namespace

TEST_CASE("nobody else is here: the own model answers alone, as it speaks, and says so") {
  Village village(1);
  village.scripts[0] = says("By the mill.");
  village.scripts[0].pieces = {"By the", " mill."};
  const auto& told = village.told[village.ask(0, {1, 3})];
  village.run();
  REQUIRE(told.answered);
  CHECK(told.pieces == "By the mill.");
  CHECK(told.answered->text == told.pieces);
  CHECK(told.answered->tokens_out == 11);
  CHECK(told.answered->provenance.merge == Merge::alone);
  CHECK(told.answered->provenance.degraded == "nobody else is here");
}

TEST_CASE("one layer of two: three devices propose, the origin's model merges, all are named") {
  Village village(4);
  village.give_model(0, Ability::synthesizes);
  village.scripts[0] = merges("Left, I believe, though it is long ago.", "Left, at the mill.");
  const auto& told = village.told[village.ask(0, {1, 2})];
  village.run();
  REQUIRE(told.answered);
  CHECK(told.answered->text == "Left, at the mill.");
  CHECK(told.pieces == told.answered->text);
  CHECK(told.ends == 1);
  CHECK(answered(told.answered->provenance, Stage::propose) == 3);
  CHECK(answered(told.answered->provenance, Stage::aggregate) == 1);
  CHECK(told.answered->provenance.got == Shape{1, 2});
  CHECK(told.answered->provenance.degraded.empty());
  CHECK(village.sent(Ticket::number) == 3);  // one more than needed: the first two to start win
}

TEST_CASE("the merging model sees the proposals, the proposers see the question alone") {
  Village village(2);
  village.give_model(0, Ability::synthesizes);
  village.scripts[1] = says("Turn right at the old lime tree.");
  village.ask(0, {1, 1});
  village.run();
  REQUIRE(village.generated.size() == 3);
  for (const auto& call : village.generated) {
    const bool merging = call.stage == Stage::aggregate;
    CHECK(call.turns.size() == (merging ? 2 : 1));
    CHECK((call.turns.front().text.find("old lime tree") != std::string::npos) == merging);
  }
}

TEST_CASE("two layers: the second sees the first, and is drawn anew") {
  Village village(4, {.layers_max = 2});
  village.give_model(0, Ability::synthesizes);
  const auto& told = village.told[village.ask(0, {2, 2})];
  village.run();
  REQUIRE(told.answered);
  CHECK(answered(told.answered->provenance, Stage::propose) == 3);
  CHECK(answered(told.answered->provenance, Stage::refine) == 3);
  CHECK(told.answered->provenance.got == Shape{2, 2});
}

TEST_CASE("a second layer without consent is not run") {
  Village village(3);
  const auto& told = village.told[village.ask(0, {2, 2})];
  village.run();
  REQUIRE(told.answered);
  CHECK(told.answered->provenance.wanted == Shape{2, 2});
  CHECK(told.answered->provenance.got == Shape{1, 2});
  CHECK(answered(told.answered->provenance, Stage::refine) == 0);
}

TEST_CASE("k exceeds the peers: those there are answer, and the answer says so") {
  Village village(3);
  const auto& told = village.told[village.ask(0, {1, 7})];
  village.run();
  REQUIRE(told.answered);
  CHECK(told.answered->provenance.got == Shape{1, 2});
  CHECK(told.answered->provenance.degraded == "only 2 of 7 peers are here");
}

TEST_CASE("where no model can merge, the proposal most agree with is the answer") {
  Village village(4);
  for (const std::size_t i : {1u, 2u, 3u}) village.scripts[i] = says(i == 2 ? "Right" : "Left");
  village.scripts[0] = says("Perhaps");
  const auto& told = village.told[village.ask(0, {1, 3})];
  village.run();
  REQUIRE(told.answered);
  CHECK(told.answered->text == "Left");
  CHECK(told.answered->provenance.merge == Merge::consensus);
  CHECK(village.generated.size() == 4);
}

TEST_CASE("a device without a model lets its peers answer") {
  Village village(3);
  village.take_model(0);
  const auto& told = village.told[village.ask(0, {1, 2})];
  village.run();
  REQUIRE(told.answered);
  CHECK(told.answered->provenance.degraded == "this device has no model");
}

TEST_CASE("no model anywhere is a refusal") {
  Village village(3);
  for (std::size_t i = 0; i < 3; ++i) village.take_model(i);
  village.run(5s);
  const auto& told = village.told[village.ask(0, {1, 2})];
  REQUIRE(told.refused);
  CHECK(told.refused->reason == Refused::Reason::no_model);
}

TEST_CASE("a local question leaves no byte behind") {
  Village village(4);
  Ask ask;
  ask.scope = Scope::local;
  const auto& told = village.told[village.ask(0, {1, 3}, ask)];
  village.run();
  CHECK(told.answered);
  CHECK(village.posted.empty());
}

TEST_CASE("a question to one device is answered by that device alone") {
  Village village(4);
  village.scripts[2] = says("It is I.");
  Ask ask;
  ask.only = village.id(2);
  const auto& told = village.told[village.ask(0, {1, 3}, ask)];
  village.run();
  REQUIRE(told.answered);
  CHECK(told.answered->text == "It is I.");
  CHECK(village.generated.size() == 1);
}

TEST_CASE("devices that do not know are not asked to guess: the answer is that nobody knows") {
  Village village(3);
  for (auto& script : village.scripts) script.fails = Code::unknown;
  const auto& told = village.told[village.ask(0, {1, 2})];
  village.run();
  REQUIRE(told.answered);
  CHECK(told.answered->text == "I do not know.");
}

TEST_CASE("who does not know is not shown to the merging model") {
  Village village(3);
  village.give_model(0, Ability::synthesizes);
  village.scripts[1].fails = Code::unknown;
  village.scripts[2] = says("Right");
  village.ask(0, {1, 2});
  village.run();
  REQUIRE(village.generated.back().stage == Stage::aggregate);
  const std::string& prompt = village.generated.back().turns.front().text;
  CHECK(prompt.find("end of answer 2") != std::string::npos);
  CHECK(prompt.find("end of answer 3") == std::string::npos);
}

TEST_CASE("the own proposal comes first, so that a tie is the own answer, however late it was") {
  Village village(2);
  village.scripts[0] = says("Left", 5s);
  village.scripts[1] = says("Right", 1s);
  const auto& told = village.told[village.ask(0, {1, 1})];
  village.run();
  REQUIRE(told.answered);
  CHECK(told.answered->text == "Left");
}

TEST_CASE("what was streamed is not taken back when the model ends on other words") {
  Village village(1);
  village.scripts[0] = says("Right.");
  village.scripts[0].pieces = {"Left."};
  const auto& told = village.told[village.ask(0, {})];
  village.run();
  REQUIRE(told.answered);
  CHECK(told.pieces == "Left.");
  CHECK(told.answered->text == "Left.");
}

TEST_CASE("a load is published when it changes, and not more than once a second") {
  Village village(1, {.admission = Admit::all});
  village.scripts[0].takes = 100ms;
  village.ask(0, {});
  village.run(2s);  // a call has been measured, and that is published
  const std::size_t before = village.bulletins;
  for (int i = 0; i < 40; ++i) village.ask(0, {});
  village.run(4s);  // the queue is another one every 100 ms
  CHECK(village.bulletins > before + 1);
  CHECK(village.bulletins <= before + 5);
}

TEST_CASE("the same seeds give the same messages, byte for byte, and chance decides whom they go to") {
  const auto sent = [] {
    Village village(6);
    std::vector<std::pair<std::size_t, Bytes>> out;
    for (int i = 0; i < 20; ++i) village.ask(0, {1, 2}), village.run(5s);
    for (const auto& post : village.posted)
      out.emplace_back(post.to, std::visit([](const auto& m) { return wire::encode(m); }, post.message));
    return out;
  };
  const auto once = sent();
  CHECK(once == sent());
  std::set<std::size_t> first;
  for (const auto& [to, message] : once) first.insert(to);
  CHECK(first.size() == 6);
}

TEST_CASE("the last answers can be looked up, and no more than 256 of them") {
  Village village(1, {.admission = Admit::all, .answers_remembered = 3});
  for (int i = 0; i < 5; ++i) {
    village.ask(0, {});
    village.run(1s);
  }
  CHECK(village.engine(0).answers().size() == 3);
}

}  // namespace grapevine::moa
