// Scenarios 1 to 8 and 22 to 26: who is probed, what an answer proves, how long a suspicion lasts.
// (Known behaviours of memberlist and foca, stated for our detector.)
#include "tests/scenario/tellings.hpp"

#include <set>

namespace grapevine::gossip {

namespace {

const Config quick{
    .period_small = 500ms, .suspicion_factor = 1, .suspicion_stretch = 2};  // least 500 ms, most 1 s

/// How long a suspicion lasts among n members, with this many accusers after the first.
Duration lasts(const Config& config, std::size_t n, Peer confirmations) {
  Suspicions suspicions(config);
  for (Peer accuser = 0; accuser <= confirmations; ++accuser)
    suspicions.accuse(9, {.peer = accuser}, n, Time{});
  return suspicions.deadline() - Time{};
}

/// Time passes until the next probe begins; its ping.
Send<Message> next_ping(Alone& alone) {
  Effects effects;
  while (!first_ping(effects)) append(effects, alone.pass(1ms));
  return *first_ping(effects);
}

std::uint32_t number(const Send<Message>& ping) {
  return std::get<Ping>(ping.message).probe;
}

}  // namespace

TEST_CASE(
    "1 a target silent directly and through three friends is suspect at the end of the period, not before") {
  Linked town;
  const NodeId target = next_ping(town).to;
  const Effects effects = town.pass(590ms);
  CHECK(sent<PingRequest>(effects).size() == 3);
  CHECK(town.machine->find(target)->status == Status::alive);
  (void)town.pass(20ms);
  CHECK(town.machine->find(target)->status == Status::suspect);
}

TEST_CASE("2 a suspicion lasts 500 ms below five members, from five on 1000, 750, 604, then 500 ms") {
  CHECK(lasts(quick, 4, 0) == 500ms);
  const double expected[] = {1000, 750, 604, 500, 500};
  for (Peer confirmations = 0; confirmations < 5; ++confirmations)
    CHECK(std::abs(1000 * seconds(lasts(quick, 5, confirmations)) - expected[confirmations]) < 1);
}

TEST_CASE("3 the same accuser twice, or the first one again, does not shorten a suspicion") {
  const Config config;
  Suspicions suspicions(config);
  CHECK(suspicions.accuse(9, {.peer = 1}, 10, Time{}));
  const Time alone = suspicions.deadline();
  CHECK_FALSE(suspicions.accuse(9, {.peer = 1}, 10, Time{} + 1s));
  CHECK(suspicions.deadline() == alone);
  CHECK(suspicions.accuse(9, {.peer = 2}, 10, Time{} + 1s));
  const Time confirmed = suspicions.deadline();
  CHECK(confirmed < alone);
  CHECK_FALSE(suspicions.accuse(9, {.peer = 1}, 10, Time{} + 2s));
  CHECK(suspicions.deadline() == confirmed);
}

TEST_CASE("4 where no confirmation is needed the least is enough, a deciding one after it fires at once") {
  Config config = quick;
  config.confirmations = 0;
  CHECK(lasts(config, 10, 0) == 500ms);
  Suspicions suspicions(quick);
  for (Peer accuser = 1; accuser <= 3; ++accuser) suspicions.accuse(9, {.peer = accuser}, 10, Time{});
  CHECK(suspicions.ripe(Time{} + 550ms).empty());
  suspicions.accuse(9, {.peer = 4}, 10, Time{} + 550ms);
  CHECK(suspicions.ripe(Time{} + 550ms) == std::vector<Peer>{9});
}

TEST_CASE("5 a member whose link to us stalls for 30 s is vouched for, without friends it is suspect") {
  for (const std::size_t friends : {3u, 0u}) {
    Config config;
    config.friends = friends;
    Town town(5, config);
    town.open_all();
    town.run(5s);
    const Time over = town.now().time + 30s;
    town.set_weather([&town, over](std::size_t from, std::size_t to, const Message&) {
      const bool stalls = from + to == 1 && town.now().time < over;  // houses 0 and 1
      return std::optional(stalls ? over - town.now().time : Duration::zero());
    });
    town.run(40s);
    CHECK((town.changes(0, 1, Status::suspect) == 0) == (friends > 0));
    if (friends > 0) CHECK(town.agrees(5));
  }
}

TEST_CASE("6 at health 1 a probe takes two periods, and its failure raises health") {
  Linked town;
  (void)town.hear(town.accuses(town.cleo, town.me.self.node, 1));
  REQUIRE(town.machine->health() == 1);
  const NodeId target = next_ping(town).to;
  (void)town.pass(1190ms);
  CHECK(town.machine->find(target)->status == Status::alive);
  (void)town.pass(20ms);
  CHECK(town.machine->find(target)->status == Status::suspect);
  CHECK(town.machine->health() > 1);
}

TEST_CASE("7 an answered probe lowers health by one, never below zero, no failures lift it over eight") {
  Linked town;
  (void)town.pass(18s);
  CHECK(town.machine->health() == 8);
  (void)town.hear(town.is_here(town.bert, 9));
  for (const unsigned expected : {7u, 6u, 5u, 4u, 3u, 2u, 1u, 0u, 0u}) {
    auto ping = next_ping(town);
    while (ping.to != town.bert.self.node) ping = next_ping(town);  // the dead are pinged too
    (void)town.receive(town.bert, Ack{.probe = number(ping), .news = {}});
    CHECK(town.machine->health() == expected);
  }
}

TEST_CASE("8 a friend that says no costs me nothing, a friend that says nothing costs me one") {
  for (const bool says_no : {true, false}) {
    Linked town(2);
    const auto ping = next_ping(town);
    const auto asked = only<Send<Message>>(town.pass(550ms));
    REQUIRE(asked.size() == 1);
    REQUIRE(std::holds_alternative<PingRequest>(asked.front().message));
    const Nack no{.probe = number(ping), .target = ping.to};
    if (says_no) (void)town.machine->receive(asked.front().to, no, town.now());
    (void)town.pass(51ms);
    CHECK(town.machine->find(ping.to)->status == Status::suspect);
    CHECK(town.machine->health() == (says_no ? 0 : 1));
  }
}

TEST_CASE("22 an answer with a wrong number, or by a friend who was not asked, leaves the probe open") {
  enum class Answer { wrong_number, not_asked, right_number, asked };
  for (const Answer answer : {Answer::wrong_number, Answer::not_asked, Answer::right_number, Answer::asked}) {
    Linked town;
    (void)town.hear(town.is_here(town.anna));
    (void)town.machine->linked(town.anna.self.node, Dialler::other, town.now());
    const auto ping = next_ping(town);
    std::set<NodeId> asked, others;
    for (const auto& send : only<Send<Message>>(town.pass(550ms))) asked.insert(send.to);
    for (const NodeId& peer : town.machine->linked_peers())
      if (peer != ping.to && !asked.contains(peer)) others.insert(peer);
    REQUIRE((asked.size() == 3 && others.size() == 1));

    const bool by_friend = answer == Answer::asked || answer == Answer::not_asked;
    const std::uint32_t said = number(ping) + (answer == Answer::wrong_number ? 1 : 0);
    const NodeId who = answer == Answer::asked ? *asked.begin() : by_friend ? *others.begin() : ping.to;
    (void)town.machine->receive(who,
                                by_friend ? Message(IndirectAck{.probe = said, .target = ping.to})
                                          : Message(Ack{.probe = said, .news = {}}),
                                town.now());
    (void)town.pass(60ms);
    const bool proves = answer == Answer::right_number || answer == Answer::asked;
    CHECK((town.machine->find(ping.to)->status == Status::alive) == proves);
  }
}

TEST_CASE("23 a deadline set against an older incarnation does nothing to the new one") {
  Linked town;
  (void)town.hear(town.accuses(town.cleo, town.bert.self.node, 1));
  (void)town.converse(1s);
  (void)town.hear(town.is_here(town.bert, 2));
  (void)town.converse(10s);
  (void)town.hear(town.accuses(town.cleo, town.bert.self.node, 2));
  (void)town.converse(2s);  // the old deadline was 14 s after the first accusation
  CHECK(town.status(town.bert) == Status::suspect);
  (void)town.converse(13s);
  CHECK(town.status(town.bert) == Status::dead);
}

TEST_CASE(
    "24 who wakes late judges nobody and goes on probing, for a target gone meanwhile no friend is asked") {
  Linked town;
  (void)town.pass(400ms);
  town.at += 20s;
  const Effects late = town.machine->tick(town.now());
  CHECK(noted(late, "overslept"));
  CHECK(only<Changed>(late).empty());
  CHECK(town.machine->health() == 1);
  const NodeId target = next_ping(town).to;
  for (const auto* one : {&town.bert, &town.cleo, &town.dora, &town.emil}) {
    if (one->self.node == target) (void)town.hear(town.leaves(*one, 1));
  }
  REQUIRE(town.machine->find(target)->status == Status::left);
  CHECK(sent<PingRequest>(town.pass(900ms)).empty());
}

TEST_CASE("25 rides: the addressee's first, the least told first, within bytes and count, newer for older") {
  Linked town(1);
  std::map<NodeId, std::size_t> told;
  for (std::uint8_t i = 10; i < 30; ++i) {
    const auto citizen = town.founder.admit(i);
    told[citizen.self.node] = 0;
    (void)town.hear(town.is_here(citizen, 1));
    (void)town.hear(town.is_here(citizen, 2));
  }
  (void)town.hear(town.is_here(town.cleo));
  (void)town.hear(town.accuses(town.cleo, town.bert.self.node, 1));
  for (const auto& send : only<Send<Message>>(town.converse(20s))) {
    if (!std::holds_alternative<Ping>(send.message)) continue;
    const auto& rumors = std::get<Ping>(send.message).news.rumors;
    if (send.to == town.bert.self.node && town.status(town.bert) == Status::suspect)
      CHECK(rumors.front().accusation.has_value());
    CHECK((rumors.size() <= 1 || bytes(rumors) <= Config{}.rumor_bytes_max));
    for (const Rumor& rumor : rumors) {
      const auto word = rumor.alive ? rumor.alive->claimed() : Result<Alive>(fail(Code::unknown, ""));
      if (!word || !told.contains(word->node)) continue;
      CHECK(word->incarnation == 2);
      const std::size_t count = ++told[word->node];
      CHECK(count <= Config{}.rides(23));
      for (const auto& [node, others] : told) CHECK(count <= others + 1);
    }
  }
  CHECK(told.begin()->second > 0);
}

TEST_CASE("26 every member is probed exactly once a pass, in another order the next time") {
  Alone alone;
  for (std::uint8_t i = 10; i < 30; ++i) (void)alone.hear(alone.is_here(alone.founder.admit(i)));
  const auto pass = [&] {
    std::vector<NodeId> order;
    while (order.size() < 20) {
      for (const auto& send : only<Send<Message>>(alone.converse(100ms)))
        if (std::holds_alternative<Ping>(send.message)) order.push_back(send.to);
    }
    return order;
  };
  const auto first = pass(), second = pass();
  CHECK(std::set<NodeId>(first.begin(), first.end()).size() == 20);
  CHECK(std::set<NodeId>(second.begin(), second.end()).size() == 20);
  CHECK(first != second);
}

}  // namespace grapevine::gossip
