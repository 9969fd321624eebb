#include "moa/choose.hpp"

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {
std::vector<Spoken> voices(std::vector<std::string> texts) {
  std::vector<Spoken> out;
  for (auto& text : texts)
    out.push_back({.node = {}, .device = "device", .text = std::move(text), .voice = out.size()});
  return out;
}
}  // namespace

TEST_CASE("of short answers the one given most often wins, however it is written") {
  const auto choice = choose("Capital?", voices({"Lyon", "Paris.", "the city", " paris"}));
  CHECK(choice.text == "Paris.");
  CHECK(choice.merge == Merge::consensus);
  CHECK(choice.used == std::vector<std::size_t>{1, 3});
}

TEST_CASE("of short answers that all differ the first stands, the own one") {
  const auto choice = choose("Capital?", voices({"Lyon", "Paris"}));
  CHECK(choice.text == "Lyon");
  CHECK(choice.merge == Merge::chosen);
}

TEST_CASE("a group of short answers wins by weight, not by number") {
  auto spoken = voices({"Lyon", "Paris", "Paris"});
  CHECK(choose("Capital?", spoken).text == "Paris");
  spoken[1].weight = spoken[2].weight = 0.2;
  CHECK(choose("Capital?", spoken).text == "Lyon");
}

TEST_CASE("of long answers the one that agrees with the others wins, the outlier never") {
  const std::string outlier =
      "Bananas grow on large herbs in the tropics, and people everywhere like to eat them raw.";
  const std::string near =
      "The mill by the river grinds wheat with a wheel of oak that the water turns all year.";
  const std::string nearest =
      "The mill by the river grinds wheat; water turns its oak wheel all the year round.";
  const std::string also =
      "Water turns the oak wheel of the mill by the river, and so it grinds wheat all year.";
  const auto choice = choose("How does the mill work?", voices({outlier, near, nearest, also}));
  CHECK(choice.text != outlier);
  CHECK(choice.merge == Merge::consensus);
}

TEST_CASE("the own long answer stands when another looks only a little better, until both are known") {
  auto spoken = voices({std::string(80, 'a') + " x", std::string(90, 'b') + " y"});
  spoken[1].node.value.data()[0] = 1;
  CHECK(choose("?", spoken).used == std::vector<std::size_t>{0});
  Taste taste;
  for (std::uint32_t i = 0; i < Taste::verdicts_enough; ++i)
    taste.learn({spoken[0].node, spoken[1].node}, {Traits{}, Traits{}}, {0.49, 0.51});
  CHECK(choose("?", spoken, taste).used == std::vector<std::size_t>{1});
}

TEST_CASE("a long answer among short ones is judged, not outvoted") {
  auto spoken = voices({"Paris", "Paris", std::string(80, 'b') + " y"});
  spoken[0].node.value.data()[0] = spoken[1].node.value.data()[0] = 1;
  Taste taste;
  for (int i = 0; i < 40; ++i)
    taste.learn({spoken[0].node, spoken[2].node}, {Traits{}, Traits{}}, {0.0, 1.0});
  CHECK(choose("Capital?", spoken, taste).text == spoken[2].text);
  spoken.pop_back();
  CHECK(choose("Capital?", spoken, taste).text == "Paris");
}

TEST_CASE("of long answers the device that was judged better is believed") {
  auto spoken = voices({std::string(80, 'a') + " x", std::string(80, 'b') + " y"});
  spoken[1].node.value.data()[0] = 1;
  Taste taste;
  for (int i = 0; i < 40; ++i)
    taste.learn({spoken[0].node, spoken[1].node}, {Traits{}, Traits{}}, {0.3, 0.7});
  CHECK(choose("?", spoken, taste).text == spoken[1].text);
}

TEST_CASE("two long answers agree with each other alike, so the own one stands") {
  const std::string own(80, 'a');
  const auto choice = choose("?", voices({own + " x", std::string(80, 'b') + " y"}));
  CHECK(choice.text == own + " x");
  CHECK(choice.merge == Merge::chosen);
}

TEST_CASE("blank proposals and echoes of the question count for nothing") {
  const auto choice = choose("Which way?", voices({"which way", " \n", "which  way?!", "Left"}));
  CHECK(choice.text == "Left");
}

TEST_CASE("when nobody says anything the answer is that nobody knows, with no source") {
  const auto choice = choose("Which way?", voices({"", "Which way?"}));
  CHECK(choice.text == "I do not know.");
  CHECK(choice.used.empty());
  CHECK_FALSE(choice.shortfall.empty());
}

}  // namespace grapevine::moa
