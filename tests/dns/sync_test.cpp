#include "dns/sync.hpp"

#include "tests/dns/neighbours.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::Device;
using neighbours::make_equal;
using neighbours::Neighbour;
using neighbours::noon;

namespace {

void fill(Neighbour& here, unsigned from, unsigned to) {
  for (unsigned n = from; n < to; ++n) {
    const Device device(n);
    here.meet(device);
    here.hear(device.address(1));
    here.hear(device.name("robot-" + std::to_string(n), 2));
  }
}

}  // namespace

TEST_CASE("equal registries have nothing to say after two messages") {
  Neighbour here(1), there(2);
  fill(here, 10, 20);
  fill(there, 10, 20);
  CHECK(here.registry.root() == there.registry.root());
  CHECK(make_equal(here, there).messages == 2);
}

TEST_CASE("one difference costs a few kilobytes") {
  Neighbour here(1), there(2);
  fill(here, 10, 60);
  fill(there, 10, 60);
  there.hear(Device(10).address(2));
  const auto traffic = make_equal(here, there);
  CHECK(here.registry.root() == there.registry.root());
  CHECK(traffic.bytes < 6000);
  CHECK(traffic.messages <= 8);
}

TEST_CASE("a newcomer learns a thousand devices in one exchange") {
  Neighbour here(1), there(2);
  fill(there, 10, 1010);
  REQUIRE(there.registry.size() == 4000);
  make_equal(here, there);
  CHECK(here.registry.root() == there.registry.root());
}

TEST_CASE("an old hand teaches a newcomer as well as it is taught") {
  Neighbour here(1), there(2);
  fill(here, 10, 310);
  make_equal(here, there);
  CHECK(there.registry.size() == 1200);
  CHECK(here.registry.root() == there.registry.root());
}

TEST_CASE("two islands become one") {
  Neighbour here(1), there(2);
  fill(here, 10, 85);
  fill(there, 85, 160);
  make_equal(here, there);
  CHECK(here.registry.size() == 600);
  CHECK(here.registry.root() == there.registry.root());
}

TEST_CASE("no message exceeds its bound") {
  Neighbour here(1), there(2);
  fill(there, 10, 410);
  std::deque<Send<Message>> pending;
  for (auto& send : neighbours::only<Send<Message>>(here.registry.meet(there.device.node, at())))
    pending.push_back(send);
  std::size_t largest = 0;
  while (!pending.empty()) {
    const auto send = pending.front();
    pending.pop_front();
    largest = std::max(largest, wire::encode_message(send.message).size());
    auto& to = send.to == here.device.node ? here : there;
    auto& from = send.to == here.device.node ? there : here;
    for (auto& next :
         neighbours::only<Send<Message>>(to.registry.receive(from.device.node, send.message, at())))
      pending.push_back(next);
  }
  CHECK(largest <= batch_bytes_max + 1024);
  CHECK(here.registry.root() == there.registry.root());
}

TEST_CASE("exchanges with one peer are a second apart") {
  Neighbour here(1), there(2);
  fill(here, 10, 12);
  make_equal(here, there);
  CHECK(here.registry.meet(there.device.node, at(999ms)).empty());
  CHECK_FALSE(here.registry.meet(there.device.node, at(1s)).empty());
  CHECK(here.registry.meet(there.device.node, at(2s)).empty());  // still open
}

TEST_CASE("while an exchange moves no other begins, and four may hang") {
  Neighbour here(1);
  unsigned peer = 20;
  const auto begins = [&](Duration when) {
    return !here.registry.meet(Device(peer++).node, at(when)).empty();
  };
  CHECK(begins(0ms));
  CHECK_FALSE(begins(999ms));
  for (const Duration when : {1s, 2s, 3s}) CHECK(begins(when));
  CHECK_FALSE(begins(4s));
}

TEST_CASE("an exchange the peer forgets ends by itself") {
  Neighbour here(1), there(2);
  here.registry.meet(there.device.node, at());
  CHECK(here.registry.deadline() == Time(10s));
  here.registry.tick(at(10s));
  CHECK(here.registry.meet(there.device.node, at(19s)).empty());
  CHECK_FALSE(here.registry.meet(there.device.node, at(20s)).empty());
}

TEST_CASE("a peer that promises records it never sends is left alone") {
  Neighbour here(1);
  const NodeId liar = Device(2).node;
  here.registry.meet(liar, at());
  Listing promise;
  promise.differing.emplace_back().ids.assign(160, 7);
  CHECK(neighbours::notes(here.registry.receive(liar, promise, at()), "hostile.listing"));  // not ascending
  here.registry.meet(liar, at(10s));
  for (std::size_t i = 0; i < 10; ++i) promise.differing[0].ids[i * 16] = static_cast<std::uint8_t>(i);
  auto effects = here.registry.receive(liar, promise, at(10s));
  int turns = 0;
  for (; !effects.empty() && turns < 100; ++turns) {
    const auto said = neighbours::only<Send<Message>>(effects).front().message;
    const auto* wanted = std::get_if<Wanted>(&said);
    effects = wanted ? here.registry.receive(liar, Records{.turn = wanted->turn, .records = {}}, at(10s))
                     : here.registry.receive(liar, promise, at(10s));
  }
  CHECK(turns <= 2);
}

TEST_CASE("endless new promises end after twelve rounds") {
  Neighbour here(1);
  const NodeId liar = Device(2).node;
  auto effects = here.registry.meet(liar, at());
  int rounds = 0;
  while (!effects.empty() && rounds < 100) {
    const auto said = neighbours::only<Send<Message>>(effects).front().message;
    if (const auto* wanted = std::get_if<Wanted>(&said)) {
      effects = here.registry.receive(liar, Records{.turn = wanted->turn, .records = {}}, at());
      continue;
    }
    Listing promise;
    promise.differing.emplace_back().ids.assign(16, static_cast<std::uint8_t>(++rounds));
    effects = here.registry.receive(liar, promise, at());
  }
  CHECK(rounds == 12);
}

TEST_CASE("a bad record ends the exchange that brought it") {
  Neighbour here(1);
  const Device liar(2);
  here.registry.meet(liar.node, at());
  Records gift;
  gift.records.push_back(Bytes{1, 2, 3});
  CHECK(neighbours::notes(here.registry.receive(liar.node, gift, at()), "hostile.record_bad_form"));
  CHECK(here.registry.deadline() == never);
  CHECK(here.registry.receive(liar.node, Listing{}, at()).empty());
}

TEST_CASE("sync messages keep their golden bytes") {
  Wanted wanted;
  wanted.turn = 3;
  wanted.ids.push_back(neighbours::filled<16>(0xab));
  CHECK(to_hex(wire::encode_message(Message(wanted))) == "933e0391c410abababababababababababababababab");
  Records records;
  records.records.push_back(Bytes{1, 2});
  CHECK(to_hex(wire::encode_message(Message(records))) == "933f0091c4020102");
  Listing listing;
  listing.differing.emplace_back().number = 9;
  CHECK(to_hex(wire::encode_message(Message(listing))) == "923d919209c400");
  CHECK(wire::encode_message(Message(Digest{})).size() == 2 + 3 + 2048);
}
