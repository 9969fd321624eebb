// Devices that lie, and how far they get.
#include "tests/moa/village.hpp"

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {

const std::vector<std::string> four_people{"anna", "bert", "carl", "dora"};
const std::vector<std::string> six_people{"anna", "bert", "carl", "dora", "emil", "fred"};

/// Device 0 says left, the three others right.
struct Quarrel : Village {
  explicit Quarrel(std::vector<std::string> owners = four_people, Config config = {})
      : Village(4, config, std::move(owners)) {
    scripts[0] = says("Left");
    for (const std::size_t i : {1u, 2u, 3u}) scripts[i] = says("Right");
  }
};

std::string answer(Village& village, std::uint8_t proposers = 3) {
  Ask ask;
  ask.scope = Scope::mesh;
  const auto id = village.ask(0, {1, proposers}, ask);
  village.run(10s);
  REQUIRE(village.told[id].answered);
  return village.told[id].answered->text;
}

/// Device 0 and its peers say the same, so that all peers are believed a little more.
void agree(Village& village, int times) {
  const auto before = village.scripts;
  for (auto& script : village.scripts) script = says("Yes");
  for (int i = 0; i < times; ++i) answer(village);
  village.scripts = before;
}

double trust(Village& village, std::size_t peer) {
  return village.engine(0).trust().of(village.id(peer));
}

bool was_tested(const Village& village) {
  return std::any_of(village.generated.begin(), village.generated.end(),
                     [](const Generate& call) { return call.turns.back().text != "Which way?"; });
}

/// Asks and judges until device 0 has sent a canary; the number of questions that took, at most 200.
int until_canary(Village& village) {
  int asked = 0;
  for (; !was_tested(village) && asked < 200; ++asked) {
    answer(village);
    (void)village.engine(0).judge(std::nullopt, {}, 1.0);
    if (!was_tested(village)) village.run(600s);
  }
  village.run(10s);
  return asked;
}

}  // namespace

TEST_CASE("a new member weighs a quarter: three of them together cannot outvote the own answer") {
  Quarrel village;
  CHECK(answer(village) == "Left");
  const auto& voices = village.told.begin()->second.answered->provenance.voices;
  for (const auto& voice : voices) CHECK(voice.weight == (voice.node == village.id(0) ? 1 : Trust::newcomer));
  Quarrel plain(four_people, {.belief = Belief::equal});
  CHECK(answer(plain) == "Right");
}

TEST_CASE("strangers who have been right often enough outvote the own answer together, never alone") {
  Quarrel village;
  agree(village, 100);
  CHECK(trust(village, 1) > 0.9);
  CHECK(answer(village) == "Right");
  village.scripts[2] = says("Straight on");
  village.scripts[3] = says("Back");
  CHECK(answer(village) == "Left");
}

TEST_CASE("however many devices a stranger brings, they have one voice") {
  Quarrel village({"anna", "bert", "bert", "bert"});
  agree(village, 100);
  CHECK(answer(village) == "Left");
}

TEST_CASE("devices of one person believe each other from the beginning") {
  Quarrel village({"anna", "anna", "anna", "anna"});
  CHECK(answer(village) == "Right");
}

TEST_CASE("who contradicts what the own device and another say loses trust slowly, the others gain it") {
  Quarrel village;
  village.scripts[1] = village.scripts[2] = says("Left");
  for (int i = 0; i < 10; ++i) answer(village);
  CHECK(trust(village, 1) > Trust::newcomer);
  CHECK(trust(village, 3) < Trust::newcomer);
  CHECK(trust(village, 3) > Trust::newcomer / 2);
}

TEST_CASE("colluders who agree with each other alone earn nothing by it") {
  Quarrel village;
  for (int i = 0; i < 50; ++i) answer(village);
  CHECK(trust(village, 1) == Trust::newcomer);
}

TEST_CASE("colluders who tell canaries from questions earn less by those than their lies cost them") {
  for (const Belief belief : {Belief::learned, Belief::equal}) {
    Village village(6, {.belief = belief}, six_people);
    for (auto& script : village.scripts) script = says("Left");
    for (const std::size_t liar : {3u, 4u, 5u}) {
      village.scripts[liar].says = [](const Generate& call) {
        return said(call.turns.back().text == "Which way?" ? "Right" : "Left");
      };
    }
    village.scripts[2] = says("Perhaps");
    for (int i = 0; i < 300; ++i) {
      answer(village, 5);
      (void)village.engine(0).judge(std::nullopt, {}, 1.0);
      village.run(60s);
    }
    CHECK(was_tested(village));
    CHECK((answer(village, 5) == "Left") == (belief == Belief::learned));
  }
}

TEST_CASE("three who were honest first and then lie together win until they are doubted, and no longer") {
  for (const Belief belief : {Belief::learned, Belief::equal}) {
    Village village(6, {.belief = belief}, six_people);
    for (auto& script : village.scripts) script = says("Left");
    for (int i = 0; i < 100; ++i) answer(village, 5);
    for (const std::size_t liar : {3u, 4u, 5u}) village.scripts[liar] = says("Right");
    village.scripts[2] = says("Perhaps");  // nor is everybody else right
    CHECK(answer(village, 5) == "Right");
    for (int i = 0; i < 60; ++i) answer(village, 5);
    CHECK((answer(village, 5) == "Left") == (belief == Belief::learned));
    CHECK(trust(village, 1) > 0.9);
  }
}

TEST_CASE("an echo of the question is not counted, and costs trust") {
  Quarrel village;
  village.scripts[1] = says("which way");
  CHECK(answer(village) == "Left");
  CHECK(trust(village, 1) == doctest::Approx(0.7 * Trust::newcomer));
}

TEST_CASE("an empty answer is not counted, but to know nothing is no lie") {
  Quarrel village;
  village.scripts[1] = says("");
  CHECK(answer(village) == "Left");
  CHECK(trust(village, 1) == Trust::newcomer);
}

TEST_CASE("a proposal to another's ticket costs its sender trust") {
  Quarrel village;
  village.scripts[1].takes = village.scripts[2].takes = 1s;
  village.loses = [](const Village::Post& post) { return post.to == 0 && post.from == 1; };
  Ask ask;
  ask.scope = Scope::mesh;
  village.ask(0, {1, 3}, ask);
  village.run(2s);
  for (const auto& post : village.posted) {
    if (post.from == 1 && std::holds_alternative<Proposal>(post.message)) {
      village.inject(2, 0, Message(post.message));
      break;
    }
  }
  CHECK(trust(village, 2) == doctest::Approx(0.7 * Trust::newcomer));
}

TEST_CASE("a canary comes when nobody waits, nobody hears of it, and it tells who lies") {
  Quarrel village;
  village.scripts[1] = says("To the left.");
  CHECK(until_canary(village) < 100);
  CHECK(trust(village, 1) > Trust::newcomer);
  CHECK(trust(village, 2) == doctest::Approx(0.7 * Trust::newcomer));
  for (const auto& [query, told] : village.told) CHECK(told.ends == 1);
  CHECK(village.engine(0).active_queries() == 0);
}

TEST_CASE("without canaries a liar whom nobody contradicts is believed as before") {
  Quarrel village(four_people, {.canaries = false});
  CHECK(until_canary(village) == 200);
  CHECK(trust(village, 2) == Trust::newcomer);
}

TEST_CASE("a canary's ticket differs from a real one in nothing but numbers and words") {
  Quarrel village;
  until_canary(village);
  std::vector<Ticket> tickets;
  for (const auto& post : village.posted)
    if (const auto* ticket = std::get_if<Ticket>(&post.message)) tickets.push_back(*ticket);
  const Ticket& real = tickets.front();
  Ticket test = tickets.back();
  REQUIRE(test.turns != real.turns);
  CHECK(test.turns.back().text.find("Which way?") != std::string::npos);
  test.turns = real.turns;
  test.ticket = real.ticket;
  test.query = real.query;
  CHECK(wire::encode(test) == wire::encode(real));
}

TEST_CASE("no canary is sent while a question is being answered") {
  Quarrel village;
  until_canary(village);
  const std::size_t tests = village.generated.size();
  for (auto& script : village.scripts) script.hangs = true;
  Ask ask;
  ask.scope = Scope::mesh;
  for (int i = 0; i < 60; ++i) village.ask(0, {1, 3}, ask);
  village.run(110s);
  for (std::size_t i = tests; i < village.generated.size(); ++i)
    CHECK(village.generated[i].turns.back().text == "Which way?");
}

TEST_CASE("what was learned of devices is remembered, at most once a minute, for the next life") {
  Quarrel village;
  village.scripts[1] = says("Left");
  for (int i = 0; i < 30; ++i) answer(village);
  village.run(60s);
  REQUIRE_FALSE(village.remembered.empty());
  CHECK(village.remembered.size() <= 6);
  const auto& kept = village.remembered.back();
  REQUIRE(kept.what == Remember::What::trust);
  CHECK(Trust::decode(kept.learned).value().of(village.id(1)) == trust(village, 1));
}

TEST_CASE("a device that was caught is asked last") {
  Village village(6, {.spare_tickets = 0}, six_people);
  for (auto& script : village.scripts) script = says("Left");
  village.scripts[1] = says("which way");
  for (int i = 0; i < 10; ++i) answer(village);
  REQUIRE(trust(village, 1) < Trust::newcomer);
  village.posted.clear();
  for (int i = 0; i < 10; ++i) answer(village);
  for (const auto& post : village.posted)
    if (std::holds_alternative<Ticket>(post.message)) CHECK(post.to != 1);
}

}  // namespace grapevine::moa
