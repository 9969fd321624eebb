// The tree of one node: which neighbours it tells in full, which by name, and what it asks for.
#include "alone.hpp"

#include <doctest/doctest.h>

namespace grapevine::gossip {

namespace {

struct Spreader : Linked {
  using Linked::Linked;

  Effects accept(const Effects& effects) {
    Effects out;
    for (const auto& arrived : only<Arrived>(effects))
      append(out, machine->verdict(arrived.id, Verdict::accept, now()));
    return out;
  }
  /// Something new for everybody; who is told in full at once.
  std::set<NodeId> told() {
    std::set<NodeId> to;
    const Effects effects = machine->publish(Topic::record, Bytes{0xab, next_++}, now());
    for (const auto& send : only<Send<Message>>(effects))
      if (std::holds_alternative<Parcel>(send.message)) to.insert(send.to);
    return to;
  }
  /// A neighbour brings something that another one brings too.
  Effects bring_twice(const Founder::Citizen& first, const Founder::Citizen& second,
                      Topic topic = Topic::record) {
    const Parcel parcel{.topic = topic, .payload = Bytes{0xcd, next_++}};
    Effects out = accept(receive(first, parcel));
    append(out, receive(second, parcel));
    return out;
  }
  IHave names(View payload, std::uint16_t round = 1) const {
    return {.names = {{IHave::Name{.id = gossip_id(Topic::record, payload), .round = round}}}};
  }

 private:
  std::uint8_t next_ = 0;
};

}  // namespace

TEST_CASE("who brings two second copies in a row is told names from then on, and asked for no more") {
  Spreader town;
  CHECK(town.told().contains(town.cleo.self.node));
  (void)town.pass(100ms);  // names of what was told before they were neighbours
  CHECK(sent<Prune>(town.bring_twice(town.bert, town.cleo)).empty());
  CHECK(sent<Prune>(town.bring_twice(town.bert, town.cleo)).size() == 1);
  CHECK_FALSE(town.told().contains(town.cleo.self.node));
  const auto names = sent<IHave>(town.pass(100ms));
  REQUIRE(names.size() == 1);
  CHECK(names.front().names.size() == 1);
}

TEST_CASE("a neighbour that prunes is told names, one that grafts is told in full and gets what it lacks") {
  Spreader town;
  const Bytes payload{1, 2};
  (void)town.receive(town.bert, Prune{});
  (void)town.machine->publish(Topic::record, Bytes(payload), town.now());
  CHECK_FALSE(town.told().contains(town.bert.self.node));
  const auto fetched = sent<Parcel>(town.receive(town.bert, Graft{.id = gossip_id(Topic::record, payload)}));
  REQUIRE(fetched.size() == 1);
  CHECK(fetched.front().payload == payload);
  CHECK(town.told().contains(town.bert.self.node));
}

TEST_CASE("a payload of which only the name comes is fetched from one announcer after the other") {
  Spreader town;
  const Bytes payload{9};
  (void)town.receive(town.bert, town.names(payload));
  (void)town.receive(town.cleo, town.names(payload));
  CHECK(sent<Graft>(town.pass(40ms)).empty());
  std::vector<NodeId> asked;
  for (const auto& send : only<Send<Message>>(town.pass(1s)))
    if (std::holds_alternative<Graft>(send.message)) asked.push_back(send.to);
  CHECK(asked == std::vector{town.bert.self.node, town.cleo.self.node});
}

TEST_CASE(
    "four thousand payloads of which only the names come are fetched in portions, and none is forgotten") {
  Spreader town;
  std::set<GossipId> named;
  for (std::uint32_t frame = 0; frame < 32; ++frame) {
    IHave said;
    while (said.names.size() < said.names.max) {
      const Bytes payload = wire::encode(Row{.incarnation = static_cast<Incarnation>(named.size())});
      said.names.push_back({.id = gossip_id(Topic::record, payload)});
      named.insert(said.names.back().id);
    }
    (void)town.receive(town.bert, said);
  }
  std::size_t steps = 0;
  for (const Time end = town.at + 1s; town.machine->deadline() <= end; ++steps) {
    const auto grafts = sent<Graft>(town.tick());
    CHECK(grafts.size() <= Config{}.grafts_max);
    for (const Graft& graft : grafts) named.erase(*graft.id);
  }
  CHECK(steps >= 4096 / Config{}.grafts_max);
  CHECK(named.empty());
}

TEST_CASE("what comes by itself after its name is not fetched") {
  Spreader town;
  const Bytes payload{9};
  (void)town.receive(town.bert, town.names(payload));
  (void)town.accept(town.receive(town.cleo, Parcel{.payload = payload}));
  CHECK(sent<Graft>(town.pass(2s)).empty());
}

TEST_CASE("a road three hops shorter takes the place of the one a payload came by, two are not enough") {
  for (const std::uint16_t saved : {std::uint16_t{2}, std::uint16_t{3}}) {
    Spreader town;
    const Bytes payload{9};
    (void)town.accept(town.receive(town.bert, Parcel{.round = 10, .payload = payload}));
    const Effects effects =
        town.receive(town.cleo, town.names(payload, static_cast<std::uint16_t>(10 - saved)));
    CHECK(sent<Prune>(effects).size() == (saved == 3 ? 1 : 0));
    CHECK(sent<Graft>(effects).size() == (saved == 3 ? 1 : 0));
  }
}

TEST_CASE(
    "in a storm records are accepted and passed on within a budget of their giver, events are all passed "
    "on") {
  for (const Topic topic : {Topic::record, Topic::event}) {
    Spreader town;
    std::size_t passed_on = 0;
    for (std::uint16_t i = 0; i < 300; ++i) {
      const Parcel parcel{.topic = topic, .payload = wire::encode(Row{.incarnation = i})};
      if (!sent<Parcel>(town.accept(town.receive(town.bert, parcel))).empty()) ++passed_on;
    }
    CHECK(passed_on == (topic == Topic::event ? 300 : 75));  // half of the burst
  }
}

TEST_CASE("a storm of rumors leaves room for records, and one of records for rumors") {
  for (const Topic storm : {Topic::rumor, Topic::record}) {
    Spreader town;
    const auto passes_on = [&](Topic topic, Incarnation i) {
      const Bytes payload = topic == Topic::rumor ? wire::encode(town.is_here(town.cleo, i))
                                                  : wire::encode(Row{.incarnation = i});
      Effects effects = town.receive(town.bert, Parcel{.topic = topic, .payload = payload});
      append(effects, town.accept(effects));
      return !sent<Parcel>(effects).empty();
    };
    std::size_t passed_on = 0;
    for (Incarnation i = 2; i < 302; ++i)
      if (passes_on(storm, i)) ++passed_on;
    CHECK(passed_on == 75);
    CHECK(passes_on(storm == Topic::rumor ? Topic::record : Topic::rumor, 302));
  }
}

TEST_CASE("a new neighbour hears the names of what was told in the last second, and not what is older") {
  for (const Duration ago : {Duration(500ms), Duration(2s)}) {
    Spreader town(3);
    (void)town.pass(2s);
    (void)town.machine->publish(Topic::record, Bytes{7}, town.now());
    (void)town.converse(ago);
    (void)town.hear(town.is_here(town.emil));
    (void)town.machine->linked(town.emil.self.node, Dialler::other, town.now());
    (void)town.told();
    bool named = false;
    for (const IHave& said : sent<IHave>(town.converse(200ms)))
      for (const IHave::Name& name : said.names)
        named = named || name.id == gossip_id(Topic::record, Bytes{7});
    CHECK(named == (ago < 1s));
  }
}

TEST_CASE("a record told as something else, whatever becomes of that, is heard as what it is") {
  for (const Topic lie : {Topic::event, Topic::rumor}) {
    for (const Verdict verdict : {Verdict::reject, Verdict::ignore}) {
      Spreader town;
      const Bytes payload{1, 2, 3};
      const Effects lied = town.receive(town.bert, Parcel{.topic = lie, .payload = payload});
      for (const Arrived& one : only<Arrived>(lied)) (void)town.machine->verdict(one.id, verdict, town.now());
      const auto arrived = only<Arrived>(town.receive(town.cleo, Parcel{.payload = payload}));
      REQUIRE(arrived.size() == 1);
      CHECK(arrived.front().topic == Topic::record);
    }
  }
}

TEST_CASE("what was refused is judged anew when it comes again, what was ignored is not") {
  for (const Verdict verdict : {Verdict::reject, Verdict::ignore}) {
    Spreader town;
    const Parcel parcel{.payload = Bytes{9}};
    const auto arrived = only<Arrived>(town.receive(town.bert, parcel));
    (void)town.machine->verdict(arrived.front().id, verdict, town.now());
    const bool comes_again = verdict == Verdict::reject;
    CHECK(only<Arrived>(town.receive(town.cleo, parcel)).size() == (comes_again ? 1 : 0));
    CHECK(only<Arrived>(town.receive(town.cleo, parcel)).empty());
  }
}

}  // namespace grapevine::gossip
