#include "node/front.hpp"

#include <thread>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;

namespace {

moa::QueryId some_query() {
  moa::QueryId id;
  id.value.bytes.fill(5);
  return id;
}

}  // namespace

TEST_CASE("when the loop has ended, looking and commanding give nothing") {
  Inbox<Handed> inbox(4);
  Front front(inbox);
  inbox.close();
  CHECK_FALSE(front.read([](const Core&, Now) { return 1; }));
  CHECK_FALSE(front.command([](Core&, Now, Effects&) { return 1; }));
}

TEST_CASE("an errand the loop drops unrun gives nothing, and its function never runs") {
  Inbox<Handed> inbox(4);
  Front front(inbox);
  bool ran = false;
  std::jthread ending_loop([&] {
    const auto dropped = inbox.take(10s);
    inbox.close();
  });
  CHECK_FALSE(front.read([&](const Core&, Now) { return ran = true; }));
  CHECK_FALSE(ran);
}

TEST_CASE("a query nobody takes is refused, once") {
  Inbox<Handed> inbox(4);
  Front front(inbox);
  inbox.close();
  Asking asking = front.ask({.id = some_query()});
  const auto said = asking.next(0s);
  REQUIRE(said);
  CHECK(std::get<moa::Refused>(*said).reason == moa::Refused::Reason::overloaded);
  CHECK_FALSE(asking.next(0s));
}

TEST_CASE("a reply to a query nobody asked is dropped") {
  Inbox<Handed> inbox(4);
  Front front(inbox);
  CHECK_FALSE(front.deliver({.query = some_query(), .said = moa::Piece{"hello"}}));
}
