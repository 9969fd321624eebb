// The member table, the order of news, and how two tables are told apart.
#include "gossip/members.hpp"

#include "gossip/probe.hpp"

#include <set>

#include <doctest/doctest.h>

namespace grapevine::gossip {

namespace {
NodeId node(std::uint8_t first) {
  NodeId made;
  made.value.bytes[0] = first;
  return made;
}
const SigningKey& key() {
  static const SigningKey one = (start_crypto(), SigningKey::generate());
  return one;
}
struct Table {
  Book book{100};
  Peers peers{book, node(0)};
  Members members{peers};
  Time at{};
  Peer add(std::uint8_t first, Incarnation incarnation = 1) {
    const Peer peer = *peers.meet(node(first));
    const Alive alive{.node = node(first), .incarnation = incarnation, .contact = {}, .certificate = {}};
    members.believe(peer, alive, Signed<Alive>(alive, MeshId{}, key()), at);
    return peer;
  }
  void mark(Peer peer, Status status) {
    members.doubt(peer, {.incarnation = members.find(peer)->standing.incarnation, .status = status}, {}, at);
  }
};
}  // namespace

TEST_CASE("a higher incarnation beats any status, and within one left > dead > suspect > alive") {
  CHECK(Standing{2, Status::alive} > Standing{1, Status::left});
  CHECK(Standing{1, Status::left} > Standing{1, Status::dead});
  CHECK(Standing{1, Status::dead} > Standing{1, Status::suspect});
  CHECK(Standing{1, Status::suspect} > Standing{1, Status::alive});
}

TEST_CASE("the root does not depend on the order in which members came") {
  Table one, two;
  one.add(1);
  one.add(2);
  one.add(3);
  two.add(3);
  two.add(1);
  two.add(2);
  CHECK(one.members.root() == two.members.root());
}

TEST_CASE("the root tells another member, another incarnation and a death, but no suspicion") {
  Table table;
  const Peer peer = table.add(1);
  const Root before = table.members.root();
  table.mark(peer, Status::suspect);
  CHECK(table.members.root() == before);
  table.mark(peer, Status::dead);
  const Root after = table.members.root();
  CHECK(after != before);
  table.add(1, 2);
  CHECK(table.members.root() != before);
  CHECK(table.members.root() != after);
}

TEST_CASE("a member that died and came back leaves the root as a newcomer would") {
  Table returned, fresh;
  const Peer peer = returned.add(1);
  returned.mark(peer, Status::dead);
  returned.add(1, 5);
  fresh.add(1, 5);
  CHECK(returned.members.root() == fresh.members.root());
}

TEST_CASE("the living are those up, suspects included, oneself not") {
  Table table;
  table.add(0);
  const Peer a = table.add(1), b = table.add(2), c = table.add(3);
  table.mark(a, Status::suspect);
  table.mark(b, Status::left);
  CHECK(table.members.up_count() == 3);
  CHECK(table.members.living() == std::vector<Peer>{a, c});
  table.add(2, 2);
  CHECK(table.members.living().size() == 3);
}

TEST_CASE("a dead member is found from any handle on, around the end, and no suspect or departed one is") {
  Table table;
  const Peer a = table.add(1), b = table.add(2), c = table.add(3), d = table.add(4);
  table.mark(a, Status::suspect);
  table.mark(b, Status::left);
  CHECK_FALSE(table.members.dead_from(0).has_value());
  CHECK_FALSE(table.members.dead_from(c).has_value());
  table.mark(c, Status::dead);
  for (const Peer from : {Peer{0}, b, c, d, Peer{99}}) CHECK(table.members.dead_from(from) == c);
  table.mark(d, Status::dead);
  CHECK(table.members.dead_from(d) == d);
}

TEST_CASE("the recently dead are drawn each now and then, the revived and the long dead never again") {
  Table table;
  const Config config;
  Mourned mourned(config);
  Random random(1);
  const Peer a = table.add(1), b = table.add(2), c = table.add(3);
  for (const Peer peer : {a, b, c}) {
    table.mark(peer, Status::dead);
    mourned.enter(peer);
  }
  table.add(2, 2);
  std::set<Peer> drawn;
  for (int i = 0; i < 50; ++i) drawn.insert(*mourned.draw(table.members, random, table.at + 1s));
  CHECK(drawn == std::set<Peer>{a, c});
  CHECK_FALSE(mourned.draw(table.members, random, table.at + 31s).has_value());
}

TEST_CASE("the dead are forgotten after a day, suspects and the living are not") {
  Table table;
  const Peer a = table.add(1), b = table.add(2), c = table.add(3);
  table.mark(a, Status::dead);
  table.mark(b, Status::suspect);
  table.members.forget(table.at + 1s);
  CHECK(table.members.find(a) == nullptr);
  CHECK(table.members.find(b) != nullptr);
  CHECK(table.members.find(c) != nullptr);
}

TEST_CASE("handles count up, and a full book makes no more") {
  Book book(3);
  CHECK(book.meet(node(0)) == Peer{0});
  CHECK(book.meet(node(1)) == Peer{1});
  CHECK(book.meet(node(2)) == Peer{2});
  CHECK(book.meet(node(1)) == Peer{1});
  CHECK_FALSE(book.meet(node(3)).has_value());
  CHECK(book.node(2) == node(2));
}

TEST_CASE("a word is kept once for all who hold it, and no longer than they do") {
  Book book(10);
  {
    Peers one(book, node(1)), two(book, node(2));
    Members first(one), second(two);
    const Alive alive{.node = node(1), .incarnation = 1, .contact = {}, .certificate = {}};
    const Signed<Alive> word(alive, MeshId{}, key());
    first.believe(one.myself(), alive, word, {});
    second.believe(one.myself(), alive, word, {});
    CHECK(book.words() == 1);
    const Alive later{.node = node(1), .incarnation = 2, .contact = {}, .certificate = {}};
    first.believe(one.myself(), later, Signed<Alive>(later, MeshId{}, key()), {});
    CHECK(book.words() == 2);
    CHECK(second.word(*second.find(one.myself())) == word);
  }
  CHECK(book.words() == 0);
}

TEST_CASE("a table begun from another's is equal to it, and whose it is is not among its living") {
  Table table;
  table.add(0);
  const Peer a = table.add(1), b = table.add(2);
  Peers peers(table.book, node(1));
  Members adopted(peers);
  adopted.adopt(table.members);
  CHECK(adopted.root() == table.members.root());
  CHECK(adopted.up_count() == 3);
  CHECK(std::set<Peer>(adopted.living().begin(), adopted.living().end()) ==
        std::set<Peer>{table.peers.myself(), b});
  CHECK(adopted.is_up(a));
}

}  // namespace grapevine::gossip
