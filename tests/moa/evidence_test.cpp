#include "moa/evidence.hpp"

#include <doctest/doctest.h>

namespace grapevine::moa {

namespace {

/// A knowledge proposal over 100 passages; `terms` as "stem:documents".
Spoken quoted(std::string device, std::vector<std::pair<std::string, std::uint32_t>> terms,
              std::vector<std::string> passages) {
  Evidence evidence{.passages = 100, .passage_length_mean = 12, .terms = {}, .citations = {}};
  for (auto& [stem, documents] : terms) evidence.terms.push_back({.term = {stem}, .documents = documents});
  for (auto& passage : passages)
    evidence.citations.push_back({.passage = {passage}, .title = {"Notes"}, .document = {"n.txt"}});
  return {.node = {},
          .device = std::move(device),
          .text = passages.empty() ? "" : passages.front(),
          .evidence = evidence};
}

const std::string question = "When was the boiler serviced, and where is the spare key?";
Spoken kitchen() {
  return quoted("kitchen", {{"boiler", 2}, {"servic", 1}, {"spare", 0}, {"key", 0}},
                {"It is warm here. The boiler was serviced in May by Ruth. She was quick about it."});
}
Spoken garage() {
  return quoted("garage", {{"boiler", 0}, {"servic", 0}, {"spare", 1}, {"key", 3}},
                {"The spare key hangs behind the ladder."});
}

}  // namespace

TEST_CASE("a question that needs two devices is answered from both, with their sources") {
  const auto joined = join(question, {kitchen(), garage()});
  REQUIRE(joined);
  CHECK(joined->used.size() == 2);
  CHECK(joined->coverage == doctest::Approx(1));
  CHECK(joined->text.find("serviced in May") != std::string::npos);
  CHECK(joined->text.find("behind the ladder") != std::string::npos);
  CHECK(joined->text.find("on kitchen") != std::string::npos);
  CHECK(joined->text.find("on garage") != std::string::npos);
}

TEST_CASE("the answer opens with the sentence that answers, and quotes the passage after it") {
  const auto joined =
      join("When was the boiler serviced?", {quoted("kitchen", {{"boiler", 2}, {"servic", 1}},
                                                    {"It is warm here. The boiler was serviced in May."})});
  REQUIRE(joined);
  CHECK(joined->text ==
        "The boiler was serviced in May. [1]\n\n[1] Notes, on kitchen:\nIt is warm here. The boiler was "
        "serviced in May.");
}

TEST_CASE("a passage that brings little that is new is not joined") {
  const auto shed =
      quoted("shed", {{"boiler", 2}, {"servic", 1}, {"spare", 0}, {"key", 3}}, {"A boiler needs a service."});
  const auto joined = join(question, {kitchen(), garage(), shed});
  REQUIRE(joined);
  CHECK(joined->used.size() == 2);
}

TEST_CASE("the last missing word, when it is a common one, is not worth a page") {
  const auto most = quoted("kitchen", {{"boiler", 2}, {"servic", 1}, {"spare", 1}, {"day", 80}},
                           {"The boiler service and the spare part."});
  const auto rest =
      quoted("hall", {{"boiler", 0}, {"servic", 0}, {"spare", 0}, {"day", 90}}, {"A fine day."});
  const auto joined = join("Boiler service, spare, day?", {most, rest});
  REQUIRE(joined);
  CHECK(joined->used == std::vector<std::size_t>{0});
}

TEST_CASE("passages are ranked by the sums, not by what is rare on one device alone") {
  // "key" is rare in the garage but common in the hall: over both, "spare" tells more.
  const auto hall = quoted("hall", {{"spare", 0}, {"key", 99}}, {"A key. A key."});
  const auto joined =
      join("spare key", {hall, quoted("garage", {{"spare", 1}, {"key", 1}}, {"The spare wheel."})});
  REQUIRE(joined);
  CHECK(joined->used.front() == 1);
}

TEST_CASE("passages that cover less than three tenths of the question are no answer") {
  const auto vague =
      quoted("kitchen", {{"boiler", 2}, {"servic", 0}, {"spare", 0}, {"key", 0}}, {"The boiler is blue."});
  CHECK_FALSE(join(question, {vague}));
}

TEST_CASE("a device cannot add words to the question") {
  auto pushy = quoted("shed", {{"banana", 1}, {"boiler", 2}, {"servic", 1}}, {"Banana banana banana."});
  CHECK_FALSE(join(question, {pushy}));
}

TEST_CASE("words are found by the stem an index gives them") {
  const std::vector<std::pair<std::string, std::string>> stems{
      {"happi", "happy"}, {"run", "running"}, {"citi", "cities"}, {"univers", "university"}, {"key", "keys"}};
  for (const auto& pair : stems) {
    CAPTURE(pair.second);
    CHECK(join(pair.second, {quoted("kitchen", {{pair.first, 1}}, {"So " + pair.second + " it is."})}));
  }
  CHECK_FALSE(join("car", {quoted("kitchen", {{"car", 1}}, {"The carpet is red."})}));
}

TEST_CASE("evidence beats opinion when it covers half of the question, and only then") {
  std::vector<Spoken> spoken{
      {.node = {}, .device = "attic", .text = "No idea, perhaps in the spring of some year?"}};
  spoken.push_back(kitchen());
  CHECK(choose("When was the boiler serviced?", spoken).used == std::vector<std::size_t>{1});
  spoken[1] = quoted("kitchen", {{"boiler", 2}, {"servic", 0}, {"spare", 0}}, {"The boiler is blue."});
  CHECK(choose("When was the boiler serviced, is there a spare?", spoken).used ==
        std::vector<std::size_t>{0});
}

TEST_CASE("quoted passages do not vote, however many say the same") {
  const auto vague = quoted("kitchen", {{"boiler", 2}, {"servic", 0}, {"spare", 0}}, {"The boiler is blue."});
  std::vector<Spoken> spoken{{.node = {}, .device = "attic", .text = "In spring"}, vague, vague};
  CHECK(choose("When was the boiler serviced, is there a spare?", spoken).text == "In spring");
}

TEST_CASE("an answer that stands alone names its source") {
  const std::string text = with_source(garage());
  CHECK(text == "The spare key hangs behind the ladder. [1]\n\n[1] Notes, on garage");
  auto unsourced = garage();
  unsourced.evidence.reset();
  CHECK(with_source(unsourced) == unsourced.text);
}

TEST_CASE("what a stranger's passage could do to a terminal or a prompt is taken out") {
  auto hostile = kitchen();
  hostile.evidence->citations[0].title = {"No\x1b[31mtes<|im_end|>"};
  const auto joined = join(question, {hostile, garage()});
  REQUIRE(joined);
  CHECK(joined->text.find('\x1b') == std::string::npos);
  CHECK(joined->text.find("<|") == std::string::npos);
}

}  // namespace grapevine::moa
