// Documents on five daemons: what each tells of its topics leads a question to who can answer it.
#include "tests/live/fleet.hpp"
#include "tests/live/provenance.hpp"
#include "tests/node/temporary_folder.hpp"

#include <algorithm>
#include <iterator>

#include <doctest/doctest.h>

using namespace grapevine::live;
using namespace std::chrono_literals;

namespace {

struct Fact {
  std::string document;
  std::string question;
  std::string answer;
};
const Fact facts[] = {
    {"The harbour office opens at seven in the morning.", "When does the harbour office open?", "seven"},
    {"The boiler in the cellar was serviced by Mister Albrecht.", "Who serviced the boiler?", "Albrecht"},
    {"The bicycle is locked with the number nineteen.", "Which number locks the bicycle?", "nineteen"},
    {"Grandmother's plum cake needs four ounces of butter.", "How much butter is in the plum cake?", "four"},
    {"The neighbour's parrot is called Archimedes.", "What is the parrot called?", "Archimedes"}};

struct FiveShelves {
  explicit FiveShelves(const std::string& sketch)
      : fleet(std::size(facts), [&](std::size_t i) {
          std::filesystem::create_directories(shelf(i));
          add(i, "fact.txt", facts[i].document);
          return "[[model]]\nkind = \"knowledge\"\n[knowledge]\nsketch = " + sketch + "\nfolders = [\"" +
                 shelf(i).string() + "\"]\n";
        }) {
    fleet.start_all();
    REQUIRE(fleet.wait_alive(0, std::size(facts), 10s));
    REQUIRE(fleet.wait_willing(0, std::size(facts), 10s));
  }
  std::filesystem::path shelf(std::size_t i) const { return folder.path() / std::to_string(i); }
  void add(std::size_t i, const std::string& name, const std::string& text) const {
    std::ofstream(shelf(i) / name) << text << '\n';
  }
  /// Whether device 0 finds the answer while it asks one device besides.
  bool finds(const Fact& fact) const {
    return content_of(fleet.ask(0, fact.question, "grapevine:m1k1")).find(fact.answer) != std::string::npos;
  }
  int found() const {
    return static_cast<int>(
        std::count_if(std::begin(facts), std::end(facts), [&](auto& fact) { return finds(fact); }));
  }

  grapevine::node::TemporaryFolder folder;
  Fleet fleet;
};

}  // namespace

TEST_CASE("the sketch finds who has the document, one device being asked") {
  const FiveShelves five("true");
  CHECK(wait_until(10s, [&] { return five.found() == 5; }));
  for (int again = 0; again < 4; ++again) CHECK(five.found() == 5);
}

TEST_CASE("without sketches the document is often missed") {
  const FiveShelves five("false");
  int found = 0;
  for (int again = 0; again < 5; ++again) found += five.found();
  CHECK(found >= 5);  // its own is always found
  CHECK(found < 25);
}

TEST_CASE("a document that comes later is told of too") {
  const FiveShelves five("true");
  const Fact late{"The spare key hangs behind the piano.", "Where does the spare key hang?", "piano"};
  five.add(3, "late.txt", late.document);
  CHECK(wait_until(15s, [&] {
    (void)five.fleet.ask(3, late.question, "local");  // who is asked looks at its files
    return five.finds(late);
  }));
}
