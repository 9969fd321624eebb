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
  CHECK(traffic.bytes <= 4096);
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

TEST_CASE("exchanges with one peer are a second apart, ten when one has taught us nothing") {
  Neighbour here(1), there(2), pupil(3);
  fill(there, 10, 12);
  make_equal(here, there);
  CHECK(here.registry.meet(there.device.node, at(999ms)).empty());
  CHECK_FALSE(here.registry.meet(there.device.node, at(1s)).empty());
  CHECK(here.registry.meet(there.device.node, at(2s)).empty());  // still open
  make_equal(there, pupil, at(1s));
  CHECK(there.registry.root() == pupil.registry.root());
  CHECK(there.registry.meet(pupil.device.node, at(11s - 1us)).empty());
  CHECK_FALSE(there.registry.meet(pupil.device.node, at(11s)).empty());
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

namespace {

/// All that `here` says to a peer that answers each question with `lie` and sends no record it is asked for.
template <class Lie>
unsigned comparisons_taken(Neighbour& here, const NodeId& liar, Now now, Lie lie) {
  unsigned taken = 0;
  auto effects = here.registry.meet(liar, now);
  while (taken < 1000) {
    const auto said = neighbours::only<Send<Message>>(effects);
    if (said.empty()) break;
    if (const auto* wanted = std::get_if<Wanted>(&said.back().message)) {
      effects = here.registry.receive(liar, Records{.turn = wanted->turn, .records = {}}, now);
    } else {
      const auto& question = std::get<Question>(said.back().message);
      Comparison comparison = lie(question, taken++);
      comparison.turn = question.turn;
      effects = here.registry.receive(liar, comparison, now);
    }
  }
  return taken;
}

Bytes ids_from(std::size_t count, std::uint8_t first) {
  Bytes ids(count * ShortId::size(), first);
  for (std::size_t i = 0; i < count; ++i) ids[i * ShortId::size() + 1] = static_cast<std::uint8_t>(i);
  return ids;
}

}  // namespace

TEST_CASE("row 28: a peer that splits without end is left after twelve comparisons") {
  Neighbour here(1);
  fill(here, 10, 40);
  const NodeId liar = Device(2).node;
  std::size_t bytes = 0;
  const auto taken = comparisons_taken(here, liar, at(), [&](const Question& question, unsigned) {
    Comparison split;
    split.ranges = static_cast<std::uint8_t>(question.ranges.size());
    for (std::uint8_t i = 0; i < split.ranges; ++i) {
      auto& difference = split.differing.emplace_back();
      difference.range = i;
      difference.hashes = Bytes(difference.hashes.max, static_cast<std::uint8_t>(i + 1));
    }
    bytes += wire::encode_message(Message(split)).size();
    return split;
  });
  CHECK(taken <= 12);
  CHECK(bytes < 1 << 20);
  CHECK(here.registry.deadline() == never);
  CHECK(here.registry.meet(liar, at(10s - 1us)).empty());
  CHECK_FALSE(here.registry.meet(liar, at(10s)).empty());
}

TEST_CASE("row 28: a peer that promises records it never sends is left after twelve comparisons") {
  Neighbour here(1);
  const auto promise = [](const Question&, unsigned round) {
    Comparison comparison;
    comparison.ranges = 1;
    comparison.differing.emplace_back().ids = ids_from(100, static_cast<std::uint8_t>(round));
    return comparison;
  };
  CHECK(comparisons_taken(here, Device(2).node, at(), promise) == 12);
}

TEST_CASE("row 28: what no honest peer answers ends the exchange at once, and is said") {
  const auto wrong = [](auto spoil) {
    Neighbour here(1);
    const NodeId liar = Device(2).node;
    here.registry.meet(liar, at());
    Comparison comparison;
    comparison.turn = comparison.ranges = 1;
    spoil(comparison);
    return neighbours::notes(here.registry.receive(liar, comparison, at()), "hostile.comparison");
  };
  CHECK_FALSE(wrong([](Comparison&) {}));
  CHECK_FALSE(wrong([](Comparison& made) { made.turn = 2, made.ranges = 0; }));  // of another turn: not heard
  CHECK(wrong([](Comparison& made) { made.ranges = 0; }));
  CHECK(wrong([](Comparison& made) { made.ranges = 65; }));
  CHECK(wrong([](Comparison& made) { made.differing.emplace_back().range = 1; }));
  CHECK(wrong([](Comparison& made) { made.differing.resize(2); }));
  CHECK(wrong([](Comparison& made) { made.differing.emplace_back().ids = Bytes(32, 7); }));
  CHECK(wrong([](Comparison& made) { made.differing.emplace_back().ids = Bytes(15, 7); }));
  CHECK(wrong([](Comparison& made) { made.differing.emplace_back().hashes = Bytes(8, 7); }));
}

TEST_CASE("row 28: a question about what is no range is not answered") {
  Neighbour here(1);
  Question question;
  question.ranges.push_back({Bytes{0, 16}, {}});
  const auto effects = here.registry.receive(Device(2).node, question, at());
  CHECK(neighbours::notes(effects, "hostile.question"));
  CHECK(neighbours::only<Send<Message>>(effects).empty());
}

namespace {

/// A question about all there is, from which a peer learns that everything differs.
Question about_everything() {
  Question question;
  for (const auto& path : RecordSet::coarsest()) question.ranges.push_back({path, neighbours::filled<8>(1)});
  return question;
}

/// How many of such questions are answered before the first that is not.
unsigned answered(Neighbour& here, const NodeId& peer, Now now) {
  unsigned count = 0;
  while (count < 100'000 &&
         !neighbours::only<Send<Message>>(here.registry.receive(peer, about_everything(), now)).empty())
    ++count;
  return count;
}

}  // namespace

TEST_CASE("a question that asks twice about one range is not answered") {
  Neighbour here(1);
  fill(here, 10, 40);
  Question question = about_everything();
  const NodeId peer = Device(2).node;
  CHECK(neighbours::only<Send<Message>>(here.registry.receive(peer, question, at())).size() == 1);
  question.ranges[3] = question.ranges[9];
  const auto effects = here.registry.receive(peer, question, at());
  CHECK(neighbours::notes(effects, "hostile.question"));
  CHECK(neighbours::only<Send<Message>>(effects).empty());
}

TEST_CASE(
    "a peer makes us hash a million ids at once, then a hundred thousand a second, and others as many") {
  Neighbour here(1);
  fill(here, 10, 1510);
  const NodeId peer = Device(2).node, other = Device(3).node;
  const auto size = static_cast<double>(here.registry.size() + RecordSet::coarsest().size());
  const auto questions = [&](double ids) { return doctest::Approx(ids / size).epsilon(0.02); };
  CHECK(answered(here, peer, at()) == questions(Sync::hashed_at_once));
  CHECK(neighbours::notes(here.registry.receive(peer, about_everything(), at()), "registry.too_fast"));
  CHECK(answered(here, peer, at(5s)) == questions(5 * Sync::hashed_a_second));
  CHECK(answered(here, other, at(5s)) == questions(Sync::hashed_at_once));
}

TEST_CASE("a peer brings unasked as many records as there can be, and no more") {
  Neighbour here(1);
  Records gift;
  for (std::uint64_t seq = 0; seq < batch_records_max; ++seq)
    gift.records.emplace_back(Device(9).address(seq));
  const NodeId peer = Device(2).node;
  const auto taken = [&](Now now) {
    return !neighbours::notes(here.registry.receive(peer, gift, now), "registry.too_fast");
  };
  unsigned batches = 0;
  while (taken(at())) ++batches;
  CHECK(batches == 80'000 / batch_records_max);
  gift.turn = 7;  // of which we asked nothing
  CHECK_FALSE(taken(at()));
  CHECK(taken(at(2s)));
  CHECK_FALSE(taken(at(2s)));
}

TEST_CASE("row 39: messages lost, doubled and in any order lead to the same view") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Neighbour here(1), there(2);
    fill(here, 10, 40);
    fill(there, 25, 60);
    Random random(seed);
    std::vector<Send<Message>> air;
    for (unsigned step = 0; here.registry.root() != there.registry.root(); ++step) {
      REQUIRE(step < 2000);
      const Now now = at(step * 200ms);
      auto& asks = random.chance(0.5) ? here : there;
      auto effects = asks.registry.meet((&asks == &here ? there : here).device.node, now);
      here.registry.tick(now);
      there.registry.tick(now);
      for (auto& send : neighbours::only<Send<Message>>(effects)) air.push_back(send);
      for (int i = 0; i < 8 && !air.empty(); ++i) {
        const auto at_random = air.begin() + static_cast<std::ptrdiff_t>(random.below(air.size()));
        const auto send = *at_random;
        if (random.chance(0.8)) air.erase(at_random);  // otherwise it comes again
        if (random.chance(0.1)) continue;              // lost
        auto& to = send.to == here.device.node ? here : there;
        auto& from = &to == &here ? there : here;
        for (auto& next :
             neighbours::only<Send<Message>>(to.registry.receive(from.device.node, send.message, now)))
          air.push_back(next);
      }
    }
  }
}

TEST_CASE("a bad record ends the exchange that brought it") {
  Neighbour here(1);
  const Device liar(2);
  here.registry.meet(liar.node, at());
  Records gift;
  gift.records.push_back(Bytes{1, 2, 3});
  CHECK(neighbours::notes(here.registry.receive(liar.node, gift, at()), "hostile.record_bad_form"));
  CHECK(here.registry.deadline() == never);
  CHECK(here.registry.receive(liar.node, Comparison{}, at()).empty());
}

TEST_CASE("sync messages keep their golden bytes") {
  Wanted wanted;
  wanted.turn = 3;
  wanted.ids.push_back(neighbours::filled<16>(0xab));
  CHECK(to_hex(wire::encode_message(Message(wanted))) == "933e0391c410abababababababababababababababab");
  Records records;
  records.records.push_back(Bytes{1, 2});
  CHECK(to_hex(wire::encode_message(Message(records))) == "933f0091c4020102");
  Question question;
  question.key = neighbours::filled<8>(1);
  question.ranges.push_back({Bytes{3, 15}, neighbours::filled<8>(2)});
  CHECK(to_hex(wire::encode_message(Message(question))) ==
        "943c01c40801010101010101019192c402030fc4080202020202020202");
  Comparison comparison;
  comparison.ranges = 2;
  comparison.differing.emplace_back().range = 1;
  CHECK(to_hex(wire::encode_message(Message(comparison))) == "943d0002919301c400c400");
}
