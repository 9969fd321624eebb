// What devices tell of their documents, and how it finds who has the one that is asked about.
#include "moa/sketch.hpp"

#include "tests/moa/village.hpp"

namespace grapevine::moa {

namespace {

MeshId mesh() {
  return sample::mesh().id;
}
std::vector<std::string> numbered(std::string_view word, int from, int to) {
  std::vector<std::string> terms;
  for (int i = from; i < to; ++i) terms.push_back(std::string(word) + std::to_string(i));
  return terms;
}
std::vector<double> shares(const std::vector<std::string>& question, const std::vector<Sketch>& sketches) {
  std::vector<Topic> topics;
  for (const auto& term : question) topics.push_back(topic_of(mesh(), term));
  std::vector<const Sketch*> devices;
  for (const auto& sketch : sketches) devices.push_back(&sketch);
  return shares_of(topics, devices);
}

/// What a sketch looks like on the wire, but too short.
struct Stub {
  Blob<8> bits = Bytes(8);
  static auto fields(auto& self) { return std::tie(self.bits); }
};

/// Five devices with a common word and one of their own each; `tells` false: nobody tells.
struct Library {
  explicit Library(bool tells) {
    for (std::size_t i = 0; i < 5; ++i) {
      if (tells) village.give_topics(i, {"manual", "page", "device" + std::to_string(i)});
    }
    village.run(5s);
  }
  /// Asks device 0 about what device 4 has, a second apart; in how many answers of ten device 4 had a voice.
  int found(Shape shape) {
    int count = 0;
    for (int i = 0; i < 10; ++i) {
      const QueryId id = village.ask(0, shape, Ask{.terms = {"manual", "device4"}});
      village.run(1s);
      REQUIRE(village.told.at(id).answered);
      for (const auto& voice : village.told.at(id).answered->provenance.voices)
        count += voice.node == village.id(4) && voice.outcome == Outcome::answered ? 1 : 0;
    }
    return count;
  }
  Village village{5};
};

}  // namespace

TEST_CASE("a term that was added is found, under this mesh's key alone") {
  const auto terms = numbered("word", 0, 2700);
  const Sketch sketch(mesh(), terms);
  for (const auto& term : terms) CHECK(sketch.has(topic_of(mesh(), term)));
  CHECK(topic_of(mesh(), "boiler") == Topic{3810, 1363, 72});
  CHECK(topic_of(MeshId{}, "boiler") != topic_of(mesh(), "boiler"));
}

TEST_CASE("of terms that were not added few are found") {
  const Sketch sketch(mesh(), numbered("word", 0, 2700));
  int found = 0;
  for (const auto& term : numbered("other", 0, 1000)) found += sketch.has(topic_of(mesh(), term)) ? 1 : 0;
  CHECK(found > 30);
  CHECK(found < 90);
}

TEST_CASE("to have nothing is a thing to tell") {
  const Sketch nothing(mesh(), {});
  CHECK(nothing.is_told());
  CHECK(nothing.version() != 0);
  CHECK_FALSE(Sketch().is_told());
  CHECK(Sketch().version() == 0);
  CHECK(Sketch(mesh(), {"a"}).version() != nothing.version());
}

TEST_CASE("a word weighs the more, the fewer have it, and nothing when nobody has it") {
  const std::vector<Sketch> three{{mesh(), {"manual", "boiler"}}, {mesh(), {"manual"}}, {mesh(), {"page"}}};
  const auto share = shares({"boiler", "manual", "unicorn"}, three);
  CHECK(share[0] == doctest::Approx(1));
  CHECK(share[1] == doctest::Approx(std::log(1.6) / (std::log(1.6) + std::log(1 + 2.5 / 1.5))));
  CHECK(share[2] == 0);
  CHECK(shares({"unicorn"}, three) == std::vector<double>{0, 0, 0});
}

TEST_CASE("the sketch finds who has the document, without it the device is often not asked") {
  CHECK(Library(true).found({1, 1}) == 10);
  CHECK(Library(false).found({1, 1}) < 10);
}

TEST_CASE("who has the document is waited for, although others begin first") {
  for (const bool tells : {true, false}) {
    Library library(tells);
    library.village.scripts[4] = says("The boiler is in the cellar.", 500ms);
    Village& village = library.village;
    village.ask(4, {}, Ask{.scope = Scope::local});  // keeps its only slot busy
    const QueryId id = village.ask(0, {1, 3}, Ask{.terms = {"device4"}});
    village.run();
    const auto& voices = village.told.at(id).answered->provenance.voices;
    const auto voice = std::find_if(voices.begin(), voices.end(),
                                    [&](const auto& each) { return each.node == village.id(4); });
    CHECK((voice != voices.end() && voice->outcome == Outcome::answered) == tells);
  }
}

TEST_CASE("topics are asked for once each, and again when they have changed") {
  Library library(true);
  CHECK(library.village.sent(TopicsWanted::number) == 20);
  CHECK(library.village.sent(Topics::number) == 20);
  library.village.run(60s);
  library.village.give_topics(3, {"manual", "bicycle"});
  library.village.run(60s);
  CHECK(library.village.sent(TopicsWanted::number) == 24);
  const QueryId id = library.village.ask(0, {1, 1}, Ask{.terms = {"bicycle"}});
  library.village.run();
  CHECK(library.village.told.at(id).answered->provenance.voices.at(1).node == library.village.id(3));
}

TEST_CASE("who has no documents is asked for none") {
  Library library(false);
  library.found({1, 4});
  CHECK(library.village.sent(TopicsWanted::number) == 0);
}

TEST_CASE("topics nobody asked for, or of another size, are counted and change nothing") {
  Library library(false);
  Village& village = library.village;
  village.inject(4, 0, Topics{Sketch(mesh(), {"device4"})});
  CHECK(village.noted("unasked.topics") == 1);
  village.inject(4, 0, Topics{wire::decode<Sketch>(wire::encode(Stub{})).value()});
  CHECK(village.noted("hostile.topics") == 1);
  CHECK(library.found({1, 1}) < 10);
}

TEST_CASE("an answer about topics that was lost is asked for again ten seconds later") {
  Market market(1s);
  const NodeId peer{sample::filled<32>(1)};
  const Sketch sketch(mesh(), {"boiler"});
  market.heard(peer, {.number = 1, .topics = sketch.version()}, Time(1s));
  CHECK(market.asks_topics(peer, Time(1s)));
  CHECK_FALSE(market.asks_topics(peer, Time(10s)));
  CHECK(market.asks_topics(peer, Time(11s)));
  CHECK(market.told_topics(peer, sketch));
  CHECK_FALSE(market.asks_topics(peer, Time(60s)));
  market.heard(peer, {.number = 2, .topics = 0}, Time(61s));
  CHECK_FALSE(market.asks_topics(peer, Time(61s)));
  CHECK_FALSE(market.find(peer)->topics.is_told());
}

TEST_CASE("the topics of 64 devices are kept") {
  Market market(1s);
  std::size_t asked = 0;
  for (std::uint8_t n = 0; n < 100; ++n) {
    market.heard(NodeId{sample::filled<32>(n)}, {.topics = 7}, Time(1s));
    asked += market.asks_topics(NodeId{sample::filled<32>(n)}, Time(1s)) ? 1u : 0u;
  }
  CHECK(asked == Market::sketches_max);
}

}  // namespace grapevine::moa
