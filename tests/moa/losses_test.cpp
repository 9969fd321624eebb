// Queries that meet trouble: a proposer lost in any way costs a voice, never the answer.
#include "tests/moa/village.hpp"

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {
/// How the calls on device `i` of the village ended.
std::vector<Outcome> outcomes(const Village& village, const Told& told, std::size_t i) {
  std::vector<Outcome> out;
  for (const auto& voice : told.answered->provenance.voices) {
    if (voice.node == village.id(i)) out.push_back(voice.outcome);
  }
  return out;
}
bool said_something(const Village::Post& post) {
  return std::holds_alternative<Proposal>(post.message);
}
}  // namespace

TEST_CASE("a proposer dies in mid-call: another takes its place at once") {
  Village village(3);
  village.scripts[1].hangs = village.scripts[2].hangs = true;
  const auto& told = village.told[village.ask(0, {1, 1})];
  village.run(1s);
  const std::size_t dead = village.posted.front().to;
  village.scripts[3 - dead].hangs = false;
  village.lose(0, dead);
  village.run(5s);
  REQUIRE(told.answered);
  CHECK(outcomes(village, told, dead) == std::vector{Outcome::gone});
  // It had begun later than the other and was taken back; now it stands in.
  CHECK(outcomes(village, told, 3 - dead) == std::vector{Outcome::cancelled, Outcome::answered});
}

TEST_CASE("all proposers die: the own answer, and it says who was lost") {
  Village village(3);
  village.scripts[0] = says("Left");
  village.scripts[1].hangs = village.scripts[2].hangs = true;
  const auto& told = village.told[village.ask(0, {1, 2})];
  village.run(1s);
  village.lose(0, 1);
  village.lose(0, 2);
  REQUIRE(told.answered);
  CHECK(told.answered->text == "Left");
  CHECK(told.answered->provenance.merge == Merge::alone);
  CHECK(told.answered->provenance.degraded == "device 1 gone; device 2 gone");
}

TEST_CASE("a proposer hangs: its deadline ends the wait, it is cancelled, and the rest answer") {
  Village village(3);
  village.scripts[1].hangs = true;
  const auto& told = village.told[village.ask(0, {1, 2})];
  village.run();
  REQUIRE(told.answered);
  CHECK(told.answered->provenance.elapsed < 120s);
  CHECK(outcomes(village, told, 1) == std::vector{Outcome::silent});
  CHECK(village.sent(Cancel::number) == 1);
  CHECK(village.engine(1).queued_calls() == 0);
}

TEST_CASE("each kind of message lost in turn: a deadline still ends the query with an answer") {
  for (const std::uint8_t number :
       {Ticket::number, Nack::number, Cancel::number, Proposal::number, Started::number}) {
    CAPTURE(int{number});
    Village village(3);
    village.scripts[2].fails = Code::unavailable;
    village.loses = [=](const Village::Post& post) {
      return std::visit([&]<class M>(const M&) { return M::number == number; }, post.message);
    };
    const auto id = village.ask(0, {1, 2});
    village.run();
    CHECK(village.told[id].ends == 1);
    CHECK(village.told[id].answered);
    for (std::size_t i = 0; i < 3; ++i) CHECK(village.engine(i).queued_calls() == 0);
  }
}

TEST_CASE("the merging fails: the answer is chosen without a model, and says so") {
  Village village(3);
  village.give_model(0, Ability::synthesizes);
  village.scripts[0].says = [](const Generate& call) {
    return said(call.stage == Stage::aggregate ? "" : "Left");
  };
  village.scripts[1] = village.scripts[2] = says("Left");
  const auto& told = village.told[village.ask(0, {1, 2})];
  village.run();
  REQUIRE(told.answered);
  CHECK(told.answered->text == "Left");
  CHECK(told.answered->provenance.merge == Merge::consensus);
  CHECK(told.answered->provenance.degraded.starts_with("the merging failed"));
}

TEST_CASE("a merged answer that repeats the delimiter loses to choosing") {
  Village village(3);
  village.give_model(0, Ability::synthesizes);
  village.scripts[1] = village.scripts[2] = says("Left");
  village.scripts[0].says = [](const Generate& call) {
    const std::string& prompt = call.turns.front().text;
    const auto at = prompt.find("begin with ") + 11;
    return said(call.stage == Stage::aggregate ? "As " + prompt.substr(at, 32) + " says" : "Left");
  };
  const auto& told = village.told[village.ask(0, {1, 2})];
  village.run();
  REQUIRE(told.answered);
  CHECK(told.answered->text == "Left");
}

TEST_CASE("a delimiter in streamed pieces is not passed on, and ends the call") {
  Village village(2);
  village.give_model(0, Ability::synthesizes);
  village.ask(0, {1, 1});
  village.run(50ms);
  Told& told = village.told.begin()->second;
  village.run(52ms);  // both have proposed, the merging runs
  REQUIRE(village.generated.back().stage == Stage::aggregate);
  const std::string& prompt = village.generated.back().turns.front().text;
  const std::string fence = prompt.substr(prompt.find("begin with ") + 11, 32);
  village.speak(0, village.generated.back().call, "Left, as ");
  village.speak(0, village.generated.back().call, fence + " says");
  REQUIRE(told.answered);
  CHECK(told.pieces == "Left, as ");
  CHECK(told.answered->finish == Finish::cancelled);
  CHECK(village.aborts == 1);
}

TEST_CASE("the own model fails: the peers still answer") {
  Village village(3);
  village.scripts[0].fails = Code::unavailable;
  village.scripts[1] = village.scripts[2] = says("Right");
  const auto& told = village.told[village.ask(0, {1, 2})];
  village.run();
  REQUIRE(told.answered);
  CHECK(told.answered->text == "Right");
  CHECK(told.answered->provenance.degraded == "device 0 failed");
}

TEST_CASE("every model fails: one refusal, that says failed") {
  Village village(3);
  for (auto& script : village.scripts) script.fails = Code::malformed;
  const auto& told = village.told[village.ask(0, {1, 2})];
  village.run();
  REQUIRE(told.refused);
  CHECK(told.refused->reason == Refused::Reason::failed);
  CHECK(told.ends == 1);
}

TEST_CASE("the deadline passes: what was said so far is the answer, and nothing said is a refusal") {
  Village village(1);
  village.scripts[0].hangs = true;
  const auto silent = village.ask(0, {});
  village.run();
  REQUIRE(village.told[silent].refused);
  CHECK(village.told[silent].refused->reason == Refused::Reason::deadline);

  village.scripts[0].pieces = {"Left, then"};
  const auto cut_off = village.ask(0, {});
  village.run();
  REQUIRE(village.told[cut_off].answered);
  CHECK(village.told[cut_off].answered->text == "Left, then");
  CHECK(village.told[cut_off].answered->finish == Finish::deadline);
}

TEST_CASE("a model that streams forever is cut at 64 KiB, and the answer says length") {
  Village village(1);
  village.scripts[0].hangs = true;
  village.scripts[0].pieces = std::vector<std::string>(70, std::string(1024, 'x'));
  const auto& told = village.told[village.ask(0, {})];
  village.run(1s);
  REQUIRE(told.answered);
  CHECK(told.answered->text.size() == proposal_bytes_max);
  CHECK(told.answered->finish == Finish::length);
  CHECK(village.aborts == 1);
  CHECK(village.engine(0).queued_calls() == 0);
}

TEST_CASE("the asker goes away: everything is cancelled in one step, and nothing is replied") {
  Village village(4);
  for (auto& script : village.scripts) script.hangs = true;
  const auto id = village.ask(0, {1, 3});
  village.run(1s);
  village.abandon(0, id);
  CHECK(village.sent(Cancel::number) == 3);
  village.run(10ms);
  CHECK(village.aborts == 4);
  CHECK(village.told[id].ends == 0);
  CHECK(village.engine(0).active_queries() == 0);
}

TEST_CASE("the origin dies: its tickets expire by the time they carry") {
  Village village(2);
  village.scripts[1].hangs = true;
  village.ask(0, {1, 1});
  village.run(1s);
  CHECK(village.engine(1).queued_calls() == 1);
  village.loses = [](const Village::Post& post) { return post.from == 0; };
  village.run(120s);
  CHECK(village.engine(1).queued_calls() == 0);
  CHECK(village.aborts >= 1);
}

TEST_CASE("a peer that is gone has its calls here ended at once") {
  Village village(2);
  village.scripts[1].hangs = true;
  village.ask(0, {1, 1});
  village.run(1s);
  village.lose(1, 0);
  CHECK(village.engine(1).queued_calls() == 0);
  CHECK(village.aborts == 1);
}

TEST_CASE("a cancel that crosses the proposal counts once and leaks no slot") {
  Village village(2);
  const auto id = village.ask(0, {1, 1});
  village.run(100ms);  // the peer finishes at 101 ms
  village.abandon(0, id);
  village.run(5s);
  CHECK(village.noted("late.proposal") == 1);
  CHECK(village.engine(1).queued_calls() == 0);
  const auto next = village.ask(0, {1, 1});
  village.run(5s);
  CHECK(village.told[next].answered);
}

TEST_CASE("a repeated proposal is counted once") {
  Village village(3);
  village.scripts[2].takes = 300ms;
  const auto id = village.ask(0, {1, 2});
  village.run(200ms);
  const auto first = std::find_if(village.posted.begin(), village.posted.end(),
                                  [](const auto& post) { return post.from == 1 && said_something(post); });
  REQUIRE(first != village.posted.end());
  village.inject(1, 0, Message(first->message));
  village.run();
  CHECK(village.noted("late.proposal") == 1);
  CHECK(village.told[id].answered->provenance.got == Shape{1, 2});
}

TEST_CASE("a proposal by another than was asked, or altered on the way, is dropped and noted") {
  Village village(3);
  village.scripts[1].takes = village.scripts[2].takes = 1s;
  village.loses = [](const Village::Post& post) { return post.to == 0; };
  const auto id = village.ask(0, {1, 2});
  village.run(2s);
  const auto sent = std::find_if(village.posted.begin(), village.posted.end(),
                                 [](const auto& post) { return post.from == 1 && said_something(post); });
  auto proposal = std::get<Proposal>(sent->message);
  village.inject(2, 0, Message(proposal));
  CHECK(village.noted("hostile.proposal") == 1);
  proposal.text += " and pay me";
  village.inject(1, 0, Message(proposal));
  CHECK(village.noted("hostile.proposal") == 2);
  village.run();
  CHECK(outcomes(village, village.told[id], 1) == std::vector{Outcome::failed});
}

TEST_CASE("the 65th active query is refused, and so is a prompt over 128 KiB") {
  Village village(1, {.admission = Admit::all});
  village.scripts[0].hangs = true;
  for (int i = 0; i < 64; ++i) CHECK(village.told[village.ask(0, {})].ends == 0);
  const auto& told = village.told[village.ask(0, {})];
  REQUIRE(told.refused);
  CHECK(told.refused->reason == Refused::Reason::too_many);
  CHECK(told.refused->wait >= 1s);

  Ask long_one;
  long_one.turns = {Turn{.speaker = Speaker::user, .text = {std::string(prompt_bytes_max + 1, 'x')}}};
  CHECK(village.told[village.ask(0, {}, long_one)].refused->reason == Refused::Reason::too_big);
}

TEST_CASE("partition and healing: each half answers with those it has, and nothing twice") {
  Village village(4);
  for (const auto& [one, other] :
       std::vector<std::pair<std::size_t, std::size_t>>{{0, 2}, {0, 3}, {1, 2}, {1, 3}}) {
    village.lose(one, other);
    village.lose(other, one);
  }
  const auto here = village.ask(0, {1, 3});
  const auto there = village.ask(2, {1, 3});
  village.run();
  CHECK(village.told[here].answered->provenance.got == Shape{1, 1});
  CHECK(village.told[there].answered->provenance.got == Shape{1, 1});
  for (std::size_t i = 0; i < 4; ++i) village.meet_all(i);
  const auto healed = village.ask(0, {1, 3});
  village.run();
  CHECK(village.told[healed].answered->provenance.got == Shape{1, 3});
  CHECK(village.told[here].ends + village.told[there].ends + village.told[healed].ends == 3);
}

TEST_CASE(
    "devices come and go: what is noticed, or late, is asked of another, and no answer waits for the gone") {
  const auto in_time = [](const Config& config) {
    Village village(6, config);
    for (auto& script : village.scripts) script.takes = 1s;
    std::size_t away = 0;  // device 0 stays
    village.loses = [&](const auto& post) { return away != 0 && (post.from == away || post.to == away); };
    std::size_t count = 0;
    for (std::size_t round = 0; round < 100; ++round) {
      if (round % 5 == 0) away = 1 + round / 5 % 5;
      const auto& told = village.told[village.ask(0, {1, 3})];
      village.run(500ms);
      if (round % 5 == 1 && config.late_calls > 0) village.lose(0, away);
      if (round % 5 == 4) away = 0, village.meet_all(0);
      village.run(5s);
      count += told.answered ? 1u : 0u;
    }
    return count;
  };
  CHECK(in_time({}) >= 95);
  CHECK(in_time({.spare_tickets = 0, .late_calls = 0}) < 95);  // a control: nobody is replaced
}

TEST_CASE("draining: new questions are refused, running ones finish") {
  Village village(2);
  const auto running = village.ask(0, {1, 1});
  (void)village.engine(0).drain(village.time);
  const auto late = village.ask(0, {1, 1});
  village.run(5s);
  CHECK(village.told[running].answered);
  CHECK(village.told[late].refused->reason == Refused::Reason::no_model);
  CHECK_FALSE(village.engine(0).load(village.time).open);
}

TEST_CASE(
    "asked for more than twice what the devices can do, queues stay short and the rest is told to wait") {
  Village village(4);
  for (auto& script : village.scripts) script.takes = 1s;
  std::size_t refused = 0;
  std::size_t longest = 0;
  for (int round = 0; round < 60; ++round) {
    for (std::size_t i = 0; i < 4; ++i) {
      const auto& told = village.told[village.ask(i, {1, 2})];
      refused += told.refused ? 1u : 0u;
      longest = std::max(longest, village.engine(i).queued_calls());
    }
    village.told.clear();
    village.run(1333ms);
  }
  CHECK(refused > 40);
  CHECK(longest <= 40);
}

}  // namespace grapevine::moa
