// A name in a mesh that falls apart and comes together again, over a thousand seeds: it never has two
// confirmed holders, wherever one looks.
#include "tests/dns/town.hpp"

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::Device;
using neighbours::Town;

namespace {

struct Story {
  std::size_t most_holders = 0;  // at any one time
  std::size_t holders_at_end = 0;
};

/// Both sides claim the name while the mesh is cut, now this way, now that, for some hours; then it heals.
Story live_through(std::uint64_t seed) {
  Random chance(seed);
  Town town(static_cast<unsigned>(4 + chance.below(7)), seed, 0.1);
  town.skip(from_seconds(chance.uniform() * 86'400));
  town.pass();
  Story story;
  const auto look = [&] {
    story.most_holders = std::max(story.most_holders, town.confirmed("robot").size());
  };
  std::vector<bool> sides;
  for (std::size_t i = 0; i < town.size(); ++i) sides.push_back(chance.chance(0.5));
  town.cut(sides);
  const std::size_t one = chance.below(town.size()), other = chance.below(town.size());
  town.claim(one, "robot");
  town.claim(other, "r0bot");
  for (int terms = 0; terms < 8; ++terms) {
    town.pass();
    look();
    if (!chance.chance(0.3)) continue;
    for (auto&& side : sides) side = chance.chance(0.2) ? !side : side;
    town.cut(sides);
  }
  town.heal();
  for (int terms = 0; terms < 4; ++terms) {
    town.pass();
    look();
  }
  story.holders_at_end = town.confirmed("robot").size();
  return story;
}

}  // namespace

TEST_CASE("over a thousand seeds at most one side of a partition ever shows a name as confirmed") {
  std::size_t decided = 0;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const Story story = live_through(seed);
    REQUIRE_MESSAGE(story.most_holders <= 1, "seed " << seed);
    decided += story.holders_at_end;
  }
  MESSAGE(decided << " of 1000 names have a holder in the end");
  CHECK(decided > 700);
}

TEST_CASE("row 17: with one liar more than the rule bears both sides confirm, and agree when they meet") {
  Town town(2);
  const Device liars[] = {Device(90), Device(91)};
  for (const Device& liar : liars) {
    for (const Bytes& record : {liar.member(), liar.origin()}) {
      town[0].hear(record);
      town.tell(0, record);
    }
  }
  for (std::size_t i : {0u, 1u}) CHECK(town[i].registry.electors(town.now(i).wall) == 4);
  town.cut({true, false});
  for (const std::size_t side : {0u, 1u}) {
    town.claim(side, "robot");
    for (const Device& liar : liars) {
      const Bytes vote = liar.vote("robot", town.term(), town.id(side));
      for (const auto& publish :
           neighbours::only<Publish>(town[side].registry.arrived(liar.node, vote, town.now(side)).second))
        town.tell(side, publish.record);
    }
  }
  CHECK(town.confirmed("robot").size() == 2);
  town.heal();
  town.pass();
  CHECK(town.confirmed("robot").size() == 1);
}
