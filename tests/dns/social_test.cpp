// What is kept of those met.
#include "dns/social.hpp"

#include "tests/dns/neighbours.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::Device;
using neighbours::Neighbour;
using neighbours::noon;

namespace {

NodeId node_of(unsigned n) {
  NodeId node;
  node.value.bytes[0] = static_cast<std::uint8_t>(n);
  node.value.bytes[1] = static_cast<std::uint8_t>(n >> 8);
  return node;
}

constexpr CallEnd good{.capability = "answer", .took = 800ms};

}  // namespace

TEST_CASE("meetings are counted, and the first and the last are known") {
  MemoryStore store;
  Social social(store);
  CHECK(social.find(node_of(1)) == nullptr);
  social.met(node_of(1), node_of(7), at());
  social.met(node_of(1), node_of(8), at(1h));
  const Acquaintance& known = *social.find(node_of(1));
  CHECK(known.meetings == 2);
  CHECK(known.first_met == noon);
  CHECK(known.last_met == noon + 1h);
  CHECK(known.introducer == node_of(7));
}

TEST_CASE("the last four names it bore are known, the latest first") {
  MemoryStore store;
  Social social(store);
  social.seen_as(node_of(1), "stranger", Time{});
  social.met(node_of(1), std::nullopt, at());
  for (const char* name : {"a-lamp", "b-lamp", "c-lamp", "d-lamp", "e-lamp", "c-lamp", "c-lamp"})
    social.seen_as(node_of(1), name, Time{});
  const auto& names = social.find(node_of(1))->names;
  CHECK(std::vector<std::string>(names.begin(), names.end()) ==
        std::vector<std::string>{"c-lamp", "e-lamp", "d-lamp", "b-lamp"});
}

TEST_CASE("calls are counted by who asked and how they ended") {
  using How = CallEnd::How;
  MemoryStore store;
  Social social(store);
  social.met(node_of(1), std::nullopt, at());
  for (const How how : {How::answered, How::failed, How::timed_out, How::refused, How::refused})
    social.called(node_of(1), {.how = how, .capability = "answer", .took = 1s}, at());
  social.called(node_of(1), {.asker = CallEnd::Asker::peer, .how = How::answered}, at());
  social.called(node_of(2), good, at());  // never met
  const Acquaintance& known = *social.find(node_of(1));
  CHECK(known.ours.asked() == 5);
  CHECK(known.ours.refused == 2);
  CHECK(known.theirs.asked() == 1);
  CHECK(known.theirs.answered == 1);
  CHECK(social.all().size() == 1);
}

TEST_CASE("the round trip follows the calls it answered, an eighth of the way each time") {
  MemoryStore store;
  Social social(store);
  social.met(node_of(1), std::nullopt, at());
  social.called(node_of(1), good, at());
  CHECK(social.find(node_of(1))->round_trip == 800ms);
  social.called(node_of(1), {.capability = "answer", .took = 1600ms}, at());
  CHECK(social.find(node_of(1))->round_trip == 900ms);
  social.called(node_of(1), {.how = CallEnd::How::timed_out, .took = 1h}, at());
  CHECK(social.find(node_of(1))->round_trip == 900ms);
}

TEST_CASE("row 37: what a node says it can do stays a claim, however it is called upon") {
  Neighbour here(0);
  here.start();
  const Device liar(1);
  here.meet(liar);
  here.hear(liar.address(1, noon, "gripper"));
  here.registry.met(liar.node, at());
  for (int call = 0; call < 9; ++call)
    here.registry.called(liar.node, {.how = CallEnd::How::failed, .capability = "answer"}, at());
  CHECK(here.registry.resolve(to_string(liar.node), noon)->capabilities ==
        std::vector<std::string>{"gripper"});
  const Acquaintance& known = *here.registry.social().find(liar.node);
  CHECK(known.verified.empty());
  CHECK(known.ours.failed == 9);
  here.registry.called(liar.node, good, at(1h));
  REQUIRE(known.verified.size() == 1);
  CHECK(known.verified.front().capability == "answer");
  CHECK(known.verified.front().times == 1);
  CHECK(known.verified.front().last == noon + 1h);
}

TEST_CASE("what is known of those met outlives a restart, but for the last minute") {
  MemoryStore store;
  {
    Social social(store);
    social.met(node_of(1), std::nullopt, at());
    social.called(node_of(1), good, at(30s));
    CHECK(social.deadline() == Time(60s));
    social.save();
    CHECK(social.deadline() == never);
    social.called(node_of(1), good, at(61s));
  }
  const Social again(store);
  CHECK(again.find(node_of(1))->ours.answered == 1);
  CHECK(again.find(node_of(1))->verified.size() == 1);
}

TEST_CASE("of too many the one met longest ago is forgotten, on the disk as well") {
  MemoryStore store;
  Social social(store);
  for (unsigned n = 0; n < Social::met_max; ++n)
    social.met(node_of(n), std::nullopt, at(std::chrono::seconds(n)));
  social.met(node_of(0), std::nullopt, at(2h));
  social.save();
  social.met(node_of(9999), std::nullopt, at(3h));
  social.save();
  CHECK(social.find(node_of(0)) != nullptr);
  CHECK(social.find(node_of(1)) == nullptr);
  CHECK(Social(store).all().size() == Social::met_max);
}

TEST_CASE("who told us of a node introduced it, unless that was the node itself") {
  Neighbour here(0);
  here.start();
  const Device friend_of_ours(1), newcomer(2), caller(3);
  here.registry.arrived(friend_of_ours.node, newcomer.member(), at());
  here.registry.met(newcomer.node, at(1s));
  here.registry.arrived(caller.node, caller.member(), at());
  here.registry.met(caller.node, at(1s));
  CHECK(here.registry.social().find(newcomer.node)->introducer == friend_of_ours.node);
  CHECK_FALSE(here.registry.social().find(caller.node)->introducer.has_value());
}

TEST_CASE("a registry writes down whom it met within a minute, and when it is told to end") {
  Neighbour here(0);
  here.start();
  here.registry.met(node_of(1), at());
  CHECK(here.registry.deadline() <= Time(60s));
  here.registry.tick(at(60s));
  CHECK(Social(here.store).find(node_of(1)) != nullptr);
  here.registry.met(node_of(2), at(61s));
  here.registry.save();
  CHECK(Social(here.store).find(node_of(2)) != nullptr);
}
