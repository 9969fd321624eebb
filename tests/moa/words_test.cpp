// Words that are heard while they are spoken, wherever the model that gives the answer stands.
#include "moa/text.hpp"
#include "tests/moa/village.hpp"

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {

/// Device 0 asks, all propose, and device 1, or perhaps device 2, has begun to merge.
struct Reading {
  Village village{3};
  QueryId query;
  Told* told = nullptr;
  std::size_t merger = 1;
  CallId merging;

  explicit Reading(Ability of_the_third = Ability::answers) {
    village.give_model(1, Ability::synthesizes);
    village.give_model(2, of_the_third);
    for (auto& script : village.scripts) script = says("Left", 1s);
    village.scripts[1].says = village.scripts[2].says = [](const Generate& call) {
      return said(call.stage == Stage::aggregate ? "Left, they say." : "Left");
    };
    village.run(2s);  // until all have heard who can merge
    query = village.ask(0, {1, 2});
    told = &village.told[query];
    village.run(1100ms);
    REQUIRE(village.generated.back().stage == Stage::aggregate);
    merging = village.generated.back().call;
    merger = village.engine(1).queued_calls() == 1 ? 1 : 2;
  }
  void speak(const std::string& text) {
    village.speak(merger, merging, text);
    village.run(2ms);
  }
  Village::Post last_words() const {
    const auto is_words = [](const Village::Post& post) {
      return std::holds_alternative<Words>(post.message);
    };
    return *std::find_if(village.posted.rbegin(), village.posted.rend(), is_words);
  }
};

}  // namespace

TEST_CASE("a device elsewhere merges: its words are heard as it speaks, and come once") {
  Reading reading;
  reading.speak("Left, ");
  CHECK(reading.told->pieces == "Left, ");
  CHECK_FALSE(reading.told->answered);
  reading.speak("they ");
  reading.village.run();
  REQUIRE(reading.told->answered);
  CHECK(reading.told->answered->text == "Left, they say.");
  CHECK(reading.told->pieces == "Left, they say.");
  CHECK(reading.told->answered->provenance.degraded.empty());
}

TEST_CASE("words that are doubled or come late are heard once, and lost ones with the whole") {
  for (const char* fate : {"doubled", "late", "lost"}) {
    CAPTURE(fate);
    Reading reading;
    const std::string is(fate);
    if (is == "lost")
      reading.village.loses = [](const auto& post) { return std::holds_alternative<Words>(post.message); };
    reading.speak("Left, ");
    const auto first = reading.last_words();
    if (is == "doubled") reading.village.inject(1, 0, first.message);
    if (is == "lost") reading.village.loses = [](const auto&) { return false; };
    reading.speak("they ");
    CHECK(reading.told->pieces == (is == "lost" ? "" : "Left, they "));
    reading.village.run();
    if (is == "late") reading.village.inject(1, 0, first.message);
    CHECK(reading.village.noted("late.words") == (is == "late" ? 1 : 0));
    CHECK(reading.told->pieces == "Left, they say.");
  }
}

TEST_CASE("words under another's ticket are not passed on, and are put down to who said them") {
  Reading reading;
  reading.speak("Left, ");
  Words forged = std::get<Words>(reading.last_words().message);
  forged.offset = 6;
  forged.text.assign("or right?");
  reading.village.inject(2, 0, forged);
  CHECK(reading.told->pieces == "Left, ");
  CHECK(reading.village.noted("hostile.words") == 1);
}

TEST_CASE("a delimiter that comes from afar in two halves is not completed, and the speaker is stopped") {
  Reading reading;
  const std::string& prompt = reading.village.generated.back().turns.front().text;
  const std::string fence = prompt.substr(prompt.find("begin with ") + 11, 32);
  reading.speak("Left, as " + fence.substr(0, 20));
  reading.speak(fence.substr(20) + " says");
  reading.speak(" and more");
  REQUIRE(reading.told->answered);
  CHECK(reading.told->pieces == "Left, as " + fence.substr(0, 20));
  CHECK(reading.told->answered->finish == Finish::cancelled);
  CHECK(reading.village.engine(1).queued_calls() == 0);
}

TEST_CASE("who merges dies in the middle of a word: what was heard is the answer, and nobody else goes on") {
  for (const bool was_heard : {true, false}) {
    Reading reading(Ability::synthesizes);
    if (was_heard) reading.speak("Left, ");
    reading.village.lose(0, reading.merger);
    reading.village.run();
    REQUIRE(reading.told->answered);
    CHECK(reading.told->ends == 1);
    CHECK((reading.told->answered->finish == Finish::cancelled) == was_heard);
    CHECK((reading.told->answered->text == "Left, ") == was_heard);
  }
}

TEST_CASE("the client goes while a device elsewhere speaks: that one stops one hop later") {
  Reading reading;
  reading.speak("Left, ");
  REQUIRE(reading.village.engine(1).queued_calls() == 1);
  reading.village.abandon(0, reading.query);
  reading.village.run(1ms);
  CHECK(reading.village.engine(1).queued_calls() == 0);
  CHECK(reading.village.aborts == 1);
  CHECK(reading.told->ends == 0);
}

TEST_CASE("the one device that is asked is heard as it speaks, in pieces of 16 KiB at most") {
  Village village(2);
  village.scripts[1] = says(std::string(40'000, 'a'), 5s);
  Ask ask;
  ask.only = village.id(1);
  const auto& told = village.told[village.ask(0, {}, ask)];
  village.run(1s);
  village.speak(1, village.generated.back().call, std::string(40'000, 'a'));
  village.run(2ms);
  CHECK(told.pieces.size() == 40'000);
  CHECK(village.sent(Words::number) == 3);
  village.run();
  CHECK(told.answered->text == told.pieces);
}

TEST_CASE("words that would steer a terminal are not passed on, and are taken out of the proposal") {
  for (const std::string steering : {"\x1b]52;c;aGk=\a",
                                     "\xc2\x9b"
                                     "2J",
                                     "\xc2\x1b\x9b"
                                     "2J",
                                     "\r", "\x7f"}) {
    Village village(2);
    village.scripts[1] = says("Left." + steering + "\nOr\tright.", 5s);
    Ask ask;
    ask.only = village.id(1);
    const auto& told = village.told[village.ask(0, {}, ask)];
    village.run(1s);
    const CallId call = village.generated.back().call;
    village.speak(1, call, "Left.");
    village.speak(1, call, steering + "\nOr\tright.");
    village.run(2ms);
    CHECK(told.pieces == "Left.");
    village.run();
    REQUIRE(told.answered);
    CHECK(told.answered->text == printable(told.answered->text));
    CHECK(told.answered->text.ends_with("\nOr\tright."));
    CHECK(told.pieces == told.answered->text);
  }
}

TEST_CASE("a control character in two halves, each harmless alone, is not put together") {
  Village village(2);
  village.scripts[1] = says("Left.", 5s);
  Ask ask;
  ask.only = village.id(1);
  const auto& told = village.told[village.ask(0, {}, ask)];
  village.run(1s);
  village.speak(1, village.generated.back().call, "\xc2");
  village.speak(1, village.generated.back().call,
                "\x9b"
                "2J");
  village.run(2ms);
  CHECK(told.pieces == "\xc2");
}

TEST_CASE("a proposer's words are for the merger alone, and are not sent while they are spoken") {
  Village village(2);
  village.scripts[1].pieces = {"Left"};
  village.ask(0, {1, 1});
  village.run();
  CHECK(village.generated.size() == 2);
  CHECK(village.sent(Words::number) == 0);
}

}  // namespace grapevine::moa
