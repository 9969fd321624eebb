// What `grapevine peers --watch` prints where nobody can redraw.
#include "node/cli/watch.hpp"

#include <doctest/doctest.h>

using namespace grapevine::node::cli;

namespace {

Look look(const std::string& state, const std::string& reason) {
  return Look::array({{{"node", "n1"}, {"name", "robot"}, {"state", state}, {"reason", reason}}});
}

}  // namespace

TEST_CASE("the first look shows everybody, the next ones only what changed") {
  const auto here = look("alive", "its own word, incarnation 1");
  REQUIRE(changes(Look::array(), here).size() == 1);
  CHECK(line_of(changes(Look::array(), here).front(), "noon") ==
        "noon  robot  alive  its own word, incarnation 1");
  CHECK(changes(here, here).empty());
}

TEST_CASE("a change says from what to what, and why") {
  const auto changed = changes(look("alive", "its own word"), look("suspect", "silent, says laptop"));
  REQUIRE(changed.size() == 1);
  CHECK(line_of(changed.front(), "noon") == "noon  robot  alive > suspect  silent, says laptop");
  CHECK(changed.front().at("before") == "alive");
}

TEST_CASE("a change is one line that steers no terminal, whatever the others call themselves") {
  const auto changed = changes(Look::array(), look("alive", "says lap\x1b[2Jtop\n"));
  CHECK(line_of(changed.front(), "noon") == "noon  robot  alive  says lap [2Jtop ");
}

TEST_CASE("another reason for the same state is a change as well") {
  const auto changed = changes(look("alive", "incarnation 1"), look("alive", "incarnation 2"));
  REQUIRE(changed.size() == 1);
  CHECK(line_of(changed.front(), "noon") == "noon  robot  alive  incarnation 2");
}
