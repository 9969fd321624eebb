#include "moa/canary.hpp"

#include <set>

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {

Canary asked(std::string question, std::string answer) {
  Canary canary{.ask = {}, .answer = std::move(answer)};
  canary.ask.turns = {Turn{.speaker = Speaker::user, .text = {std::move(question)}}};
  return canary;
}

void send(Canaries& canaries, int tickets, const std::optional<std::string>& known = std::nullopt) {
  for (int i = 0; i < tickets; ++i) canaries.ticket_sent(known);
}

}  // namespace

TEST_CASE("a short answer to a short question can serve as a canary, a long one of either cannot") {
  CHECK(Canaries::can_keep(asked("Capital of France?", "Paris.")));
  CHECK_FALSE(Canaries::can_keep(asked("Capital of France?", std::string(65, 'x'))));
  CHECK_FALSE(Canaries::can_keep(asked(std::string(5000, 'x'), "Paris.")));
  CHECK_FALSE(Canaries::can_keep(asked("Capital of France?", " ")));
}

TEST_CASE("what was kept on this device, or put to one alone, is shown to nobody else as a canary") {
  Canary canary = asked("Capital of France?", "Paris.");
  canary.ask.scope = Scope::local;
  CHECK_FALSE(Canaries::can_keep(canary));
  canary.ask.scope = Scope::group;
  CHECK(Canaries::can_keep(canary));
  canary.ask.only = NodeId{};
  CHECK_FALSE(Canaries::can_keep(canary));
}

TEST_CASE("at most one ticket in twenty is a canary's, at every moment") {
  Canaries canaries;
  canaries.keep(asked("Capital of France?", "Paris."));
  int all = 0;
  int tests = 0;
  for (int i = 0; i < 3000; ++i) {
    send(canaries, 1);
    all += 1;
    if (!canaries.is_due()) continue;
    send(canaries, 12, "Paris.");
    all += 12;
    tests += 12;
    CHECK(tests * 20 <= all);
  }
  CHECK(tests > 120);
}

TEST_CASE("without a known answer there is no canary, however much is asked") {
  Canaries canaries;
  send(canaries, 10'000);
  CHECK_FALSE(canaries.is_due());
}

TEST_CASE("a canary is never in the words of the question it was, and has an id of its own") {
  Canaries canaries;
  canaries.keep(asked("Capital of France?", "Paris."));
  Random random(1);
  std::set<std::string> texts;
  std::set<QueryId> ids;
  for (int i = 0; i < 200; ++i) {
    const Canary canary = canaries.draw(random);
    const std::string& text = canary.ask.turns.back().text;
    CHECK(text != "Capital of France?");
    CHECK(text.find("Capital of France?") != std::string::npos);
    texts.insert(text);
    ids.insert(canary.ask.id);
  }
  CHECK(texts.size() > 10);
  CHECK(ids.size() == 200);
}

TEST_CASE("the oldest canary makes room") {
  Canaries canaries;
  for (std::size_t i = 0; i <= Canaries::kept_max; ++i)
    canaries.keep(asked("What is " + std::to_string(100 + i) + "?", "It"));
  Random random(1);
  for (int i = 0; i < 300; ++i)
    CHECK(canaries.draw(random).ask.turns.back().text.find("100") == std::string::npos);
}

TEST_CASE("an answer in more or fewer words is the same answer, one in others is not") {
  CHECK(gives("Paris", "paris."));
  CHECK(gives("The capital of France is Paris.", "Paris"));
  CHECK(gives("Paris", "It is Paris."));
  CHECK_FALSE(gives("Lyon", "Paris"));
  CHECK_FALSE(gives("The capital of France is Lyon.", "Paris"));
  CHECK_FALSE(gives("", "Paris"));
}

}  // namespace grapevine::moa
