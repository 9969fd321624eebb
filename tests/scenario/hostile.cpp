// Scenarios 63 to 70: what one certified member can say that is not so. Each lie is refused, counted, and put
// down to the one who told it, whose name the transport has proven, and not to whom it names.
#include "tests/scenario/tellings.hpp"

namespace grapevine::gossip {

namespace {

/// To whom these effects put an event down; nothing when they do not.
std::optional<NodeId> blamed(const Effects& effects, std::string_view event) {
  for (const Note& note : only<Note>(effects))
    if (note.event == event) return note.about;
  return std::nullopt;
}

/// How many effects of a step are about anything but a lie refused.
std::size_t consequences(const Effects& effects) {
  return effects.size() - only<Note>(effects).size();
}

/// A rumor as one rumor of a greater message.
Rumors as_rumors(const Rumor& rumor) {
  return {.rumors = {{rumor}}, .wanted = {}};
}

/// The table of somebody who knows two hundred that nobody else knows.
Rows rows_of_strangers() {
  Rows strangers;
  for (std::uint8_t i = 0; i < 200; ++i)
    strangers.rows.push_back({.node = NodeId{hash<32>(purpose::trace, {View(&i, 1)})}, .incarnation = 1});
  return strangers;
}

/// How often anybody has called this house dead.
std::size_t deaths(Town& town, std::size_t houses, std::size_t of) {
  std::size_t count = 0;
  for (std::size_t in = 0; in < houses; ++in) count += town.changes(in, of, Status::dead);
  return count;
}

}  // namespace

TEST_CASE("63a a forged sentence of any kind is refused, and blamed on who told it") {
  Linked town;
  const MeshId& mesh = town.founder.mesh().id;
  const Accusation of_dora{.node = town.dora.self.node, .incarnation = 1, .accuser = town.cleo.self.node};
  const Left of_cleo{.node = town.cleo.self.node, .incarnation = 1};
  const Rumor forgeries[] = {
      {.alive = Signed<Alive>(town.alive(town.cleo, 2), mesh, town.bert.key)},
      {.accusation = Signed<Accusation>(of_dora, mesh, town.bert.key)},
      {.left = Signed<Left>(of_cleo, mesh, town.bert.key)},
  };
  for (const Rumor& forgery : forgeries) {
    const Effects effects = town.receive(town.bert, as_rumors(forgery));
    CHECK(blamed(effects, "hostile.bad_rumor") == town.bert.self.node);
    CHECK(consequences(effects) == 0);
  }
  for (const auto* one : {&town.bert, &town.cleo, &town.dora}) CHECK(town.status(*one) == Status::alive);
  CHECK(town.machine->find(town.cleo.self.node)->incarnation == 1);
}

TEST_CASE("63b a forgery by a stranger waits for the stranger's word, and is not blamed on who brings that") {
  Linked town(2);
  const Accusation claim{.node = town.bert.self.node, .incarnation = 1, .accuser = town.dora.self.node};
  const Rumor forgery{.accusation = Signed<Accusation>(claim, town.founder.mesh().id, town.emil.key)};
  (void)town.receive(town.cleo, as_rumors(forgery));
  const Effects effects = town.receive(town.bert, as_rumors(town.is_here(town.dora)));
  CHECK(noted(effects, "rumor_refused"));
  CHECK_FALSE(noted(effects, "hostile.bad_rumor"));
  CHECK(town.status(town.bert) == Status::alive);
}

TEST_CASE("64 whatever was true once and is said again, a hundred times, changes nothing") {
  Linked town;
  const Rumor once[] = {town.is_here(town.bert, 1), town.leaves(town.bert, 1),
                        town.accuses(town.cleo, town.bert.self.node, 1),
                        town.accuses(town.cleo, town.bert.self.node, 1, Status::dead)};
  for (const Rumor& rumor : once) (void)town.receive(town.cleo, as_rumors(rumor));
  (void)town.hear(town.is_here(town.bert, 2));
  (void)town.converse(30s);
  for (int i = 0; i < 100; ++i) {
    for (const Rumor& rumor : once) CHECK(town.receive(town.emil, as_rumors(rumor)).empty());
    const Effects down = town.receive(town.emil, YouAreDown{.rumor = town.leaves(town.me, 0)});
    CHECK(consequences(down) == 0);
  }
  CHECK(town.status(town.bert) == Status::alive);
  CHECK(town.machine->incarnation() == 1);
}

TEST_CASE("65 what belongs to another mesh is refused, and blamed on who brought it") {
  Linked town;
  MeshId other = town.founder.mesh().id;
  other.value.bytes[0] ^= 1;
  const Rumor word{.alive = Signed<Alive>(town.alive(town.cleo, 2), other, town.cleo.key)};
  const Effects effects = town.receive(town.bert, as_rumors(word));
  CHECK(blamed(effects, "hostile.bad_rumor") == town.bert.self.node);
  CHECK(consequences(effects) == 0);
  Hello hello{.mesh = other, .incarnation = 1};
  CHECK(blamed(town.receive(town.bert, hello), "hostile.other_mesh") == town.bert.self.node);
  CHECK_FALSE(town.machine->linked_to(town.bert.self.node));
}

TEST_CASE("66 who joins as somebody else, with any mixture of names, keys and certificates, does not") {
  Linked town(1);
  Alive under_my_certificate = town.alive(town.cleo, 1);
  under_my_certificate.certificate = town.bert.self.certificate;
  Alive under_its_certificate = town.alive(town.bert, 9);
  under_its_certificate.certificate = town.cleo.self.certificate;
  const Alive claims[] = {town.alive(town.cleo, 1), under_my_certificate, under_its_certificate};
  for (const Alive& claim : claims) {
    const Effects effects = town.receive(town.bert, as_rumors(town.says(town.bert, claim)));
    CHECK(blamed(effects, "hostile.bad_rumor") == town.bert.self.node);
    CHECK(only<Changed>(effects).empty());
  }
  CHECK_FALSE(town.status(town.cleo).has_value());
  CHECK(town.machine->find(town.bert.self.node)->incarnation == 1);
}

TEST_CASE("67a a flood of every question there is, is answered within bounds, and nobody else waits") {
  Linked town;
  const Rows strangers = rows_of_strangers();
  Effects all;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    append(all, town.receive(town.bert, PingRequest{.probe = i, .target = town.cleo.self.node}));
    append(all, town.receive(town.bert, strangers));
    append(all, town.receive(town.bert,
                             as_rumors(town.accuses(town.bert, town.founder.admit(9).self.node, i + 1))));
  }
  CHECK(sent<Ping>(all).size() <= Config{}.errands_max);
  CHECK(sent<Rumors>(all).size() <= static_cast<std::size_t>(Config{}.exchanges_answered / 2));
  CHECK(town.machine->view().size() == 5);
  CHECK(first_ping(town.receive(town.cleo, Ping{.probe = 1, .news = {}})) == nullptr);
  CHECK(sent<Ack>(town.receive(town.cleo, Ping{.probe = 1, .news = {}})).size() == 1);
  (void)town.converse(5s);
  for (const auto* one : {&town.cleo, &town.dora, &town.emil}) CHECK(town.status(*one) == Status::alive);
}

TEST_CASE("67b who floods with tables leaves half of the answers to others, and our own rounds alone") {
  Linked town;
  const auto answers = [&](const Founder::Citizen& to, const Message& flood) {
    std::size_t count = 0;
    for (int i = 0; i < 1000; ++i) count += sent<Rumors>(town.receive(to, flood)).size();
    return count;
  };
  const auto half = static_cast<std::size_t>(Config{}.exchanges_answered / 2);
  CHECK(answers(town.bert, rows_of_strangers()) == half);
  CHECK(answers(town.cleo, rows_of_strangers()) == half);
  CHECK(answers(town.dora, rows_of_strangers()) == 0);

  const Ping of_another_table{.probe = 1, .news = {}};
  CHECK(sent<Rows>(town.receive(town.emil, of_another_table)).size() == 1);
  const Rumors wishes{.rumors = {}, .wanted = {{town.dora.self.node}}};
  CHECK(answers(town.emil, wishes) == 2);  // as many as a round has, and then it too is one of the crowd
}

TEST_CASE("68 a member that suspects all others, all the time, kills nobody and is named as the accuser") {
  Town town(20);
  town.open_all();
  town.run(10s);
  for (int round = 0; round < 30; ++round) {
    for (std::size_t of = 0; of < 20; ++of) {
      const auto held = town.at(4).find(town.node(of));
      const std::size_t to = of == 0 ? 1 : 0;
      if (of != 4) town.tell(4, to, town.accusation(4, of, held->incarnation, Status::suspect));
    }
    CHECK(town.at(0).find(town.node(1))->accuser == town.node(4));
    town.run(1s);
  }
  for (std::size_t of = 0; of < 20; ++of) {
    CHECK(deaths(town, 20, of) == 0);
    CHECK(town.at(of).incarnation() <= 1 + 30);  // one word more for each lie, and no more
  }
  CHECK(town.run_until([&] { return town.agrees(20); }, 5s));
}

TEST_CASE("69 a member that buries others, alone, buries nobody: all are cleared within two seconds") {
  Town town(20);
  town.open_all();
  town.run(10s);
  for (std::size_t of = 10; of < 20; ++of) {
    for (const Status verdict : {Status::suspect, Status::dead}) {
      for (std::size_t to = 0; to < 10; ++to)
        if (to != 4) town.tell(4, to, town.accusation(4, of, 1, verdict));
    }
  }
  CHECK(town.at(0).find(town.node(15))->accuser == town.node(4));
  const auto all_are_cleared = [&] {
    for (std::size_t of = 10; of < 20; ++of)
      if (!town.all_believe(of, Status::alive)) return false;
    return true;
  };
  CHECK(town.run_until(all_are_cleared, 2s));
  for (std::size_t of = 0; of < 20; ++of) CHECK(deaths(town, 20, of) == 0);
}

TEST_CASE("70 a friend that vouches for everybody cannot keep the dead alive") {
  Town town(20);
  town.open_all();
  town.run(10s);
  std::vector<std::pair<std::size_t, IndirectAck>> lies;
  town.set_weather([&](std::size_t from, std::size_t to, const Message& message) -> std::optional<Duration> {
    const auto* request = std::get_if<PingRequest>(&message);
    if (to != 4 || !request) return Duration::zero();
    lies.push_back({from, {.probe = request->probe, .target = request->target}});
    return std::nullopt;
  });
  town.freeze(7);
  const auto is_known_by_all_but_the_liar = [&] {
    for (const auto& [to, lie] : std::exchange(lies, {})) town.tell(4, to, lie);
    for (std::size_t i = 0; i < 20; ++i)
      if (i != 4 && i != 7 && town.status(7, i) != Status::dead) return false;
    return true;
  };
  CHECK(town.run_until(is_known_by_all_but_the_liar, 20s));
}

}  // namespace grapevine::gossip
