// Scenarios 9 to 21: what is said of a member, by itself and by others, and what it changes.
#include "tests/scenario/tellings.hpp"

namespace grapevine::gossip {

namespace {

/// Cleo and Dora say that Bert is dead: the first time that is a suspicion, the second time a burial.
void bury_bert(Alone& alone, Incarnation incarnation = 1) {
  for (const auto* one : {&alone.bert, &alone.cleo, &alone.dora})
    (void)alone.hear(alone.is_here(*one, incarnation));
  for (const auto* one : {&alone.cleo, &alone.dora})
    (void)alone.hear(alone.accuses(*one, alone.bert.self.node, incarnation, Status::dead));
  REQUIRE(alone.status(alone.bert) == Status::dead);
}

}  // namespace

TEST_CASE("9 a suspect that is pinged hears of it in the ping and refutes in that round trip") {
  Town town(5);
  town.open_all();
  town.run(5s);
  town.tell(2, 0, town.accusation(2, 1, 1, Status::suspect));
  REQUIRE(town.status(1, 0) == Status::suspect);
  const std::size_t pings = town.sent<Ping>();
  CHECK(town.run_until([&] { return town.status(1, 0) == Status::alive; }, 110ms));
  CHECK(town.sent<Ping>() - pings <= 3);  // this one, and the turns of others meanwhile
  CHECK(town.at(0).find(town.node(1))->incarnation == 2);
}

TEST_CASE(
    "10 told of myself under my incarnation or a higher one, or at another contact, I speak over it once") {
  for (const Incarnation claimed : {1u, 9u}) {
    Linked town(1);
    Alive other = town.alive(town.me, claimed);
    other.contact = std::string("elsewhere:1");
    const Effects effects = town.hear(town.says(town.me, other));
    CHECK(town.machine->incarnation() == claimed + 1);
    CHECK(only<Send<Message>>(effects).size() == 1);
    CHECK(town.status(town.me) == Status::alive);
    CHECK(town.machine->find(town.me.self.node)->contact == town.me.self.contact);
    CHECK(only<Send<Message>>(town.hear(town.says(town.me, other))).empty());
  }
}

TEST_CASE("11 the same word twice is one change and is told on once") {
  Linked town(1);
  const Rumor word = town.is_here(town.cleo);
  CHECK(only<Changed>(town.hear(word)).size() == 1);
  Effects effects = town.converse(1s);
  CHECK(only<Changed>(town.hear(word)).empty());
  append(effects, town.converse(20s));
  CHECK(tellings(effects, town.cleo.self.node) == Config{}.rides(3));
}

TEST_CASE("12 two contacts under one incarnation are a conflict, a higher incarnation may move") {
  Alone alone;
  (void)alone.hear(alone.is_here(alone.bert));
  Alive moved = alone.alive(alone.bert, 1);
  moved.contact = std::string("elsewhere:1");
  CHECK(noted(alone.hear(alone.says(alone.bert, moved)), "identity_conflict"));
  CHECK(alone.machine->find(alone.bert.self.node)->contact == alone.bert.self.contact);
  moved.incarnation = 2;
  (void)alone.hear(alone.says(alone.bert, moved));
  CHECK(alone.machine->find(alone.bert.self.node)->contact == moved.contact);
}

TEST_CASE(
    "13 a suspicion or a death of a lower incarnation is ignored, one of an unheard incarnation waits") {
  Alone alone;
  (void)alone.hear(alone.is_here(alone.bert, 5));
  (void)alone.hear(alone.is_here(alone.cleo));
  for (const Status verdict : {Status::suspect, Status::dead}) {
    CHECK(alone.hear(alone.accuses(alone.cleo, alone.bert.self.node, 4, verdict)).empty());
    CHECK(noted(alone.hear(alone.accuses(alone.cleo, alone.bert.self.node, 6, verdict)), "rumor_unknown"));
  }
  CHECK(alone.status(alone.bert) == Status::alive);
}

TEST_CASE("14 suspected myself I raise incarnation and health by one, and store it before it is said") {
  Linked town;
  const Effects effects = town.hear(town.accuses(town.cleo, town.me.self.node, 1));
  CHECK(town.machine->incarnation() == 2);
  CHECK(town.machine->health() == 1);
  REQUIRE(effects.size() > 1);
  CHECK(std::holds_alternative<Persist>(effects.front()));
}

TEST_CASE("15 the same suspicion again raises nothing, and at its maximum the incarnation stays") {
  Alone alone;
  (void)alone.hear(alone.is_here(alone.cleo));
  for (int i = 0; i < 2; ++i) (void)alone.hear(alone.accuses(alone.cleo, alone.me.self.node, 1));
  CHECK(alone.machine->incarnation() == 2);
  CHECK(alone.machine->health() == 1);
  const Bytes stored = wire::encode(Remembered{.incarnation = incarnation_last - 1});
  Alone old({}, stored);
  REQUIRE(old.machine->incarnation() == incarnation_last);
  (void)old.hear(old.is_here(old.cleo));
  (void)old.hear(old.accuses(old.cleo, old.me.self.node, incarnation_last));
  CHECK(old.machine->incarnation() == incarnation_last);
  CHECK(old.status(old.me) == Status::alive);
}

TEST_CASE("16 the same word after a death changes nothing: the dead stay dead") {
  Alone alone;
  bury_bert(alone);
  CHECK(only<Changed>(alone.hear(alone.is_here(alone.bert, 1))).empty());
  CHECK(alone.status(alone.bert) == Status::dead);
}

TEST_CASE("17 who leaves is left for all within a second, and is not mourned") {
  Town town(32);
  town.open_all();
  town.run(10s);
  town.leave(7);
  CHECK(town.run_until([&] { return town.all_believe(7, Status::left); }, 1s));
  town.tell(3, 4, town.accusation(3, 7, 1, Status::dead));
  town.run(20s);
  for (std::size_t i = 0; i < 32; ++i) CHECK(town.changes(i, 7, Status::dead) == 0);
  CHECK(town.agrees(31));
}

TEST_CASE("18 a second death of the same member is no second change") {
  Alone alone;
  bury_bert(alone);
  for (const auto* one : {&alone.cleo, &alone.dora})
    CHECK(only<Changed>(alone.hear(alone.accuses(*one, alone.bert.self.node, 1, Status::dead))).empty());
}

TEST_CASE("19 for 30 s the dead are told so every period and may object, later hardly ever") {
  Linked town;
  bury_bert(town);
  const auto told = [&](Duration time) {
    std::size_t count = 0;
    for (const auto& send : only<Send<Message>>(town.converse(time)))
      count += std::holds_alternative<Ping>(send.message) && send.to == town.bert.self.node ? 1u : 0u;
    return count;
  };
  CHECK(told(30s) >= 50);
  (void)town.converse(2s);
  CHECK(told(60s) <= 3);
  CHECK(town.status(town.bert) == Status::dead);
  (void)town.hear(town.is_here(town.bert, 2));
  CHECK(town.status(town.bert) == Status::alive);
}

TEST_CASE("20 a dead member that speaks is told so with the proof, raises its incarnation and is alive") {
  Town town(5);
  town.open_all();
  town.run(5s);
  town.freeze(2);
  CHECK(town.run_until([&] { return town.all_believe(2, Status::dead); }, 10s));
  for (std::size_t i : {0u, 1u, 3u, 4u}) CHECK(town.at(i).alive_count() == 4);
  town.thaw(2);
  CHECK(town.run_until([&] { return town.agrees(5); }, 5s));
  CHECK(town.at(0).find(town.node(2))->incarnation == 2);
  CHECK(town.sent<YouAreDown>() > 0);
}

TEST_CASE("21 the death of an old incarnation does not touch the new one") {
  Alone alone;
  bury_bert(alone);
  (void)alone.hear(alone.is_here(alone.bert, 2));
  REQUIRE(alone.status(alone.bert) == Status::alive);
  for (const Status verdict : {Status::suspect, Status::dead})
    (void)alone.hear(alone.accuses(alone.cleo, alone.bert.self.node, 1, verdict));
  CHECK(alone.status(alone.bert) == Status::alive);
}

}  // namespace grapevine::gossip
