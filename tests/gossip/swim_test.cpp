// One machine asked and answered by hand: probes, friends, goodbyes, links, broadcasts.
#include "alone.hpp"

#include <doctest/doctest.h>

namespace grapevine::gossip {

TEST_CASE("a probe without friends makes me doubt myself, an answered one trusts me again") {
  Linked town(1);
  (void)town.pass(1100ms);
  CHECK(town.machine->health() >= 1);
  Effects effects;
  while (!first_ping(effects)) append(effects, town.pass(10ms));
  const unsigned doubt = town.machine->health();
  for (const auto& ping : sent<Ping>(effects))
    (void)town.receive(town.bert, Ack{.probe = ping.probe, .news = {}});
  CHECK(town.machine->health() == doubt - 1);
}

TEST_CASE("a failed dial is no reason to accuse who objected, unless a link to it has closed since") {
  for (const bool closed : {false, true}) {
    Alone alone;
    for (const auto* one : {&alone.bert, &alone.cleo}) (void)alone.hear(alone.is_here(*one));
    (void)alone.hear(alone.accuses(alone.cleo, alone.bert.self.node, 1));
    (void)alone.hear(alone.is_here(alone.bert, 2));
    if (closed) {
      (void)alone.machine->linked(alone.bert.self.node, Dialler::other, alone.now());
      (void)alone.machine->unlinked(alone.bert.self.node, Evidence::closed, alone.now());
    }
    std::set<NodeId> pinged;
    for (const auto& send : only<Send<Message>>(alone.pass(4s)))
      if (std::holds_alternative<Ping>(send.message)) pinged.insert(send.to);
    CHECK(pinged.size() == 2);
    CHECK(alone.status(alone.cleo) != Status::alive);
    CHECK((alone.status(alone.bert) == Status::alive) == !closed);
  }
}

TEST_CASE("asked for a friend I ping the target, and say yes or no") {
  for (const bool answers : {true, false}) {
    Linked town;
    const Effects asked = town.receive(town.bert, PingRequest{.probe = 99, .target = town.cleo.self.node});
    REQUIRE(first_ping(asked));
    CHECK(first_ping(asked)->to == town.cleo.self.node);
    Effects later;
    if (answers) {
      const auto number = std::get<Ping>(first_ping(asked)->message).probe;
      later = town.receive(town.cleo, Ack{.probe = number, .news = {}});
    }
    append(later, town.pass(300ms));
    CHECK(sent<IndirectAck>(later).size() == (answers ? 1 : 0));
    CHECK(sent<Nack>(later).size() == (answers ? 0 : 1));
  }
}

TEST_CASE("to a friend that waits I say in time that I have heard nothing so far, and yes when I do") {
  Linked town;
  const Effects asked = town.receive(town.bert, PingRequest{.probe = 99, .target = town.cleo.self.node});
  const auto number = std::get<Ping>(first_ping(asked)->message).probe;
  // The friend's own wait ends half a period after it asked.
  const Effects later = town.pass(Config{}.period_small / 2 - 1ms);
  REQUIRE(sent<Nack>(later).size() == 1);
  CHECK(sent<Nack>(later).front().evidence == Evidence::silent);
  const Effects answered = town.receive(town.cleo, Ack{.probe = number, .news = {}});
  CHECK(sent<IndirectAck>(answered).size() == 1);
  CHECK(sent<Nack>(town.pass(2s)).empty());
}

TEST_CASE("a dial that hangs is a reason to ask a member out of turn, unless it is in doubt already") {
  for (const bool in_doubt : {false, true}) {
    Linked town;
    (void)town.hear(town.is_here(town.anna));
    (void)town.pass(Config{}.courtesy);  // one of the two dials at once, the other leaves it that long
    const auto& far = town.anna.self.node;
    if (in_doubt) (void)town.hear(town.accuses(town.bert, far, 1));
    (void)town.machine->unlinked(far, Evidence::silent, town.now());
    const auto sends = only<Send<Message>>(town.pass(Config{}.jitter));
    const bool asked = std::any_of(sends.begin(), sends.end(), [&](const Send<Message>& send) {
      return send.to == far && std::holds_alternative<Ping>(send.message);
    });
    CHECK(asked == !in_doubt);
  }
}

TEST_CASE("leaving says goodbye to all linked and ends with two answers, or after a second") {
  Linked town;
  const Effects effects = town.machine->leave(town.now());
  CHECK(sent<Rumors>(effects).size() == 4);
  CHECK_FALSE(town.machine->has_left(town.now()));
  (void)town.receive(town.bert, Bye{.reason = Farewell::leaving});
  CHECK_FALSE(town.machine->has_left(town.now()));
  SUBCASE("two answers") {
    (void)town.receive(town.cleo, Bye{.reason = Farewell::leaving});
    CHECK(town.machine->has_left(town.now()));
  }
  SUBCASE("a second") {
    town.at += 1s;
    CHECK(town.machine->has_left(town.now()));
  }
}

TEST_CASE("a departure is answered by a goodbye on one's own link, whoever told of it") {
  Linked town;
  const Bytes left = wire::encode(town.leaves(town.bert, 1));
  const Effects effects = town.receive(town.cleo, Parcel{.topic = Topic::rumor, .payload = left});
  const auto goodbyes = sent<Bye>(effects);
  REQUIRE(goodbyes.size() == 1);
  CHECK(goodbyes.front().reason == Farewell::leaving);
  CHECK(only<Send<Message>>(effects).back().to == town.bert.self.node);
}

TEST_CASE("of a link the other side says goodbye on, who dialled hangs up") {
  Linked town(2);
  (void)town.hear(town.is_here(town.dora));
  (void)town.machine->linked(town.dora.self.node, Dialler::self, town.now());
  CHECK(only<HangUp>(town.receive(town.bert, Bye{})).empty());
  CHECK(only<HangUp>(town.receive(town.dora, Bye{})).size() == 1);
}

TEST_CASE("a start long after the beginning of time is no late wake") {
  Alone alone({}, {}, Time(1h));
  CHECK_FALSE(noted(alone.pass(5s), "overslept"));
}

TEST_CASE("a frame for a member without a link waits for the dial and goes after the greeting") {
  Alone alone;
  (void)alone.hear(alone.is_here(alone.bert));
  const Effects dialled = alone.machine->carry(alone.bert.self.node, Bytes{1, 2, 3}, alone.now());
  CHECK(only<Transmit>(dialled).empty());
  const Effects linked = alone.machine->linked(alone.bert.self.node, Dialler::self, alone.now());
  REQUIRE(!linked.empty());
  CHECK(sent<Hello>(linked).size() == 1);
  CHECK(std::holds_alternative<Send<Message>>(linked.front()));
  REQUIRE(only<Transmit>(linked).size() == 1);
  CHECK(only<Transmit>(linked).front().frame == Bytes{1, 2, 3});
  CHECK(only<Transmit>(alone.machine->carry(alone.bert.self.node, Bytes{4}, alone.now())).size() == 1);
}

TEST_CASE("there is room to call newcomers once those called before have spoken for themselves") {
  for (const bool spoke : {true, false}) {
    Alone alone(Config{.contacts_max = 2});
    const auto calls = [&](const Founder::Citizen& whom) {
      const Self& self = whom.self;
      return only<Dial>(alone.machine->join({{.certificate = self.certificate, .contact = self.contact}},
                                            alone.now()))
                 .size() == 1;
    };
    for (const auto* one : {&alone.bert, &alone.cleo}) {
      CHECK(calls(*one));
      (void)alone.machine->linked(one->self.node, Dialler::self, alone.now());
      if (spoke) (void)alone.hear(alone.is_here(*one));
    }
    CHECK(calls(alone.dora) == spoke);
  }
}

TEST_CASE("a frame nobody fetches is dropped after five seconds, the 65th and one for a stranger at once") {
  Alone alone;
  (void)alone.hear(alone.is_here(alone.bert));
  for (int i = 0; i < 64; ++i)
    CHECK_FALSE(noted(alone.machine->carry(alone.bert.self.node, {}, alone.now()), "frame_dropped"));
  CHECK(noted(alone.machine->carry(alone.bert.self.node, {}, alone.now()), "frame_dropped"));
  CHECK(noted(alone.machine->carry(alone.emil.self.node, {}, alone.now()), "frame_dropped"));
  CHECK_FALSE(noted(alone.pass(4900ms), "frame_dropped"));
  CHECK(noted(alone.pass(200ms), "frame_dropped"));
}

TEST_CASE("a refused dial is repeated, ever more rarely") {
  Alone alone;
  const Introduction bert{.certificate = alone.bert.self.certificate, .contact = alone.bert.self.contact};
  Effects effects = alone.machine->join({bert}, alone.now());
  std::size_t early = 0, late = 0;
  for (int i = 0; i < 6000; ++i) {
    for (const Dial& dial : only<Dial>(effects)) {
      ++(i < 1000 ? early : late);
      append(effects, alone.machine->unlinked(dial.to, Evidence::refused, alone.now()));
    }
    effects = alone.pass(100ms);
  }
  CHECK(early >= 5);
  CHECK(late >= 8);  // 500 s, at most 60 s apart
  CHECK(late / 5 < early);
}

TEST_CASE("a broadcast arrives once, and only an accepted one is passed on, not to its giver") {
  Linked town;
  const Parcel parcel{.topic = Topic::record, .payload = Bytes{1, 2, 3}};
  const auto arrived = only<Arrived>(town.receive(town.bert, parcel));
  REQUIRE(arrived.size() == 1);
  CHECK(only<Arrived>(town.receive(town.cleo, parcel)).empty());
  const Effects passed = town.machine->verdict(arrived.front().id, Verdict::accept, town.now());
  CHECK(sent<Parcel>(passed).size() == 3);
  for (const auto& send : only<Send<Message>>(passed)) CHECK(send.to != town.bert.self.node);
  CHECK(town.machine->verdict(arrived.front().id, Verdict::accept, town.now()).empty());
}

TEST_CASE("an ignored broadcast goes no further, a rejected one is counted") {
  Linked town;
  const auto first = only<Arrived>(town.receive(town.bert, Parcel{.payload = Bytes{1}}));
  CHECK(town.machine->verdict(first.front().id, Verdict::ignore, town.now()).empty());
  const auto second = only<Arrived>(town.receive(town.bert, Parcel{.payload = Bytes{2}}));
  const Effects effects = town.machine->verdict(second.front().id, Verdict::reject, town.now());
  CHECK(noted(effects, "hostile.broadcast"));
  CHECK(sent<Parcel>(effects).empty());
}

TEST_CASE("bulletins ride on answers, the freshest wins") {
  Linked town;
  town.machine->set_bulletin(Bytes{42});
  const auto word = [&](std::uint32_t number, std::uint8_t body) {
    Ping ping;
    ping.news.words.push_back(
        {.node = town.bert.self.node, .incarnation = 1, .number = number, .body = Bytes{body}});
    return ping;
  };
  const Effects first = town.receive(town.cleo, word(2, 7));
  CHECK(only<Heard>(first).size() == 1);
  REQUIRE(sent<Ack>(first).size() == 1);
  CHECK(sent<Ack>(first).front().news.words.front().body == Bytes{42});
  CHECK(only<Heard>(town.receive(town.cleo, word(1, 6))).empty());
  CHECK(only<Heard>(town.receive(town.cleo, word(3, 8))).size() == 1);
}

TEST_CASE("a newcomer is told what others have heard before, those who are here long are not") {
  Linked town;
  Ping ping{.probe = 1, .news = {}};
  ping.news.words.push_back({.node = town.bert.self.node, .incarnation = 1, .number = 1, .body = Bytes{7}});
  (void)town.receive(town.bert, ping);
  const auto told = [&](const Founder::Citizen& whom) {
    return sent<Ack>(town.receive(whom, Ping{.probe = 2, .news = {}})).front().news.words.size();
  };
  for (int i = 0; i < 50; ++i) CHECK(told(town.dora) == 1);
  town.at += Config{}.newcomer_for;
  CHECK(told(town.dora) == 0);
}

TEST_CASE("who raises its incarnation says its bulletin anew, for the old word holds no longer") {
  Linked town;
  town.machine->set_bulletin(Bytes{42});
  town.at += Config{}.newcomer_for;
  const auto incarnations = [&] {
    std::vector<Incarnation> said;
    for (int i = 0; i < 12; ++i) {
      const auto acks = sent<Ack>(town.receive(town.dora, Ping{.probe = 2, .news = {}}));
      for (const Word& word : acks.front().news.words) said.push_back(word.incarnation);
    }
    return said;
  };
  CHECK(incarnations() == std::vector<Incarnation>{1, 1, 1, 1, 1, 1});  // four of news, then each fourth
  (void)town.hear(town.accuses(town.cleo, town.me.self.node, 1));
  CHECK(incarnations() == std::vector<Incarnation>{2, 2, 2, 2, 2, 2});
}

TEST_CASE(
    "a lie about another's bulletin lasts until that one speaks, and is none under another incarnation") {
  Linked town;
  constexpr std::uint32_t greatest = ~std::uint32_t{0};
  const auto tells = [&](const Founder::Citizen& teller, Incarnation incarnation, std::uint32_t number,
                         std::uint8_t body) {
    Ping ping{.probe = 1, .news = {}};
    ping.news.words.push_back(
        {.node = town.bert.self.node, .incarnation = incarnation, .number = number, .body = Bytes{body}});
    return !only<Heard>(town.receive(teller, ping)).empty();
  };
  CHECK_FALSE(tells(town.cleo, greatest, greatest, 6));
  CHECK(tells(town.cleo, 1, greatest, 6));
  CHECK(tells(town.bert, 1, 2, 7));
  const auto words = sent<Ack>(town.receive(town.dora, Ping{.probe = 2, .news = {}})).front().news.words;
  REQUIRE(words.size() == 1);
  CHECK(words.front().body == Bytes{7});
  CHECK_FALSE(tells(town.dora, 1, 1, 5));
  CHECK(tells(town.dora, 1, 3, 8));
}

TEST_CASE("another registry root is reported, at most twice a second") {
  Linked town;
  Ping ping;
  ping.news.registry.bytes[0] = 1;
  CHECK(only<Meet>(town.receive(town.bert, ping)).size() == 1);
  CHECK(only<Meet>(town.receive(town.bert, ping)).empty());
  town.machine->set_registry_root(ping.news.registry);
  town.at += 1s;
  CHECK(only<Meet>(town.receive(town.bert, ping)).empty());
}

TEST_CASE("a restart speaks above the stored incarnation, what cannot be read counts as none") {
  const Bytes stored = wire::encode(Remembered{.incarnation = 41});
  CHECK(Alone({}, stored).machine->incarnation() == 42);
  const Bytes torn(stored.begin(), stored.end() - 1);
  Alone after_tear({}, torn);
  CHECK(after_tear.machine->incarnation() == 1);
}

}  // namespace grapevine::gossip
