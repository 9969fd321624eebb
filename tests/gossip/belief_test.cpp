// What one rumor does, and what it cannot do.
#include "alone.hpp"

#include <doctest/doctest.h>

namespace grapevine::gossip {

TEST_CASE("a forged word is refused and counted") {
  Alone alone;
  const Rumor forged = alone.says(alone.cleo, alone.alive(alone.bert, 1));
  const Effects effects = alone.hear(forged);
  CHECK(noted(effects, "hostile.bad_rumor"));
  CHECK_FALSE(alone.status(alone.bert).has_value());
}

TEST_CASE("a word with somebody else's certificate is refused") {
  Alone alone;
  Alive alive = alone.alive(alone.bert, 1);
  alive.certificate = alone.cleo.self.certificate;
  CHECK(alone.hear(alone.says(alone.bert, alive)).size() > 0);
  CHECK_FALSE(alone.status(alone.bert).has_value());
}

TEST_CASE("a word from another mesh is refused") {
  Alone alone;
  MeshId other;
  other.value.bytes[0] = 1;
  const Rumor foreign{.alive = Signed<Alive>(alone.alive(alone.bert, 1), other, alone.bert.key)};
  CHECK(noted(alone.hear(foreign), "hostile.bad_rumor"));
  CHECK_FALSE(alone.status(alone.bert).has_value());
}

TEST_CASE("an accusation makes a member suspect, with the accuser and its evidence") {
  Alone alone;
  (void)alone.hear(alone.is_here(alone.bert));
  (void)alone.hear(alone.is_here(alone.cleo));
  (void)alone.hear(alone.accuses(alone.cleo, alone.bert.self.node, 1, Status::suspect, Evidence::closed));
  const auto view = alone.machine->find(alone.bert.self.node);
  CHECK(view->status == Status::suspect);
  CHECK(view->accuser == alone.cleo.self.node);
  CHECK(view->evidence == Evidence::closed);
}

TEST_CASE("an accusation by a stranger, of a stranger, or in another's name changes nothing") {
  Alone alone;
  (void)alone.hear(alone.is_here(alone.bert));
  CHECK(noted(alone.hear(alone.accuses(alone.emil, alone.bert.self.node, 1)), "rumor_unknown"));
  CHECK(noted(alone.hear(alone.accuses(alone.bert, alone.emil.self.node, 1)), "rumor_unknown"));
  (void)alone.hear(alone.is_here(alone.cleo));
  Accusation lie{.node = alone.bert.self.node, .incarnation = 1, .accuser = alone.cleo.self.node};
  const Rumor forged{.accusation = Signed<Accusation>(lie, alone.founder.mesh().id, alone.dora.key)};
  CHECK(noted(alone.hear(forged), "hostile.bad_rumor"));
  CHECK(alone.status(alone.bert) == Status::alive);
}

TEST_CASE("nobody dies of hearsay: a death told of a living member is a suspicion, of a suspect a death") {
  Alone alone;
  for (const auto* one : {&alone.bert, &alone.cleo, &alone.dora, &alone.emil})
    (void)alone.hear(alone.is_here(*one));
  (void)alone.hear(alone.accuses(alone.cleo, alone.bert.self.node, 1, Status::dead));
  CHECK(alone.status(alone.bert) == Status::suspect);
  const Effects effects = alone.hear(alone.accuses(alone.dora, alone.bert.self.node, 1, Status::dead));
  CHECK(alone.status(alone.bert) == Status::dead);
  CHECK(only<Changed>(effects).size() == 1);
}

TEST_CASE("a death told again and again by one accuser alone buries nobody, unless nobody else is there") {
  for (const bool many : {true, false}) {
    Alone alone;
    for (const auto* one : {&alone.bert, &alone.cleo}) (void)alone.hear(alone.is_here(*one));
    if (many)
      for (const auto* one : {&alone.dora, &alone.emil}) (void)alone.hear(alone.is_here(*one));
    for (const Status verdict : {Status::suspect, Status::dead, Status::dead})
      (void)alone.hear(alone.accuses(alone.cleo, alone.bert.self.node, 1, verdict));
    CHECK(alone.status(alone.bert) == (many ? Status::suspect : Status::dead));
    (void)alone.hear(alone.accuses(alone.dora, alone.bert.self.node, 1));
    (void)alone.hear(alone.accuses(alone.cleo, alone.bert.self.node, 1, Status::dead));
    CHECK(alone.status(alone.bert) == Status::dead);
  }
}

TEST_CASE("four who heard only silence, and were heard first, do not keep out two whose dials were refused") {
  Alone alone;
  (void)alone.hear(alone.is_here(alone.bert));
  for (std::uint8_t number = 6; number < 12; ++number) {
    const auto accuser = alone.founder.admit(number);
    const Evidence evidence = number < 10 ? Evidence::silent : Evidence::refused;
    (void)alone.hear(alone.is_here(accuser));
    (void)alone.hear(alone.accuses(accuser, alone.bert.self.node, 1, Status::suspect, evidence));
  }
  (void)alone.pass(900ms);
  CHECK(alone.status(alone.bert) == Status::suspect);
  (void)alone.pass(100ms);
  CHECK(alone.status(alone.bert) == Status::dead);
}

TEST_CASE("accused falsely by a forger I keep my incarnation") {
  Alone alone;
  (void)alone.hear(alone.is_here(alone.cleo));
  Accusation lie{.node = alone.me.self.node, .incarnation = 1, .accuser = alone.cleo.self.node};
  (void)alone.hear({.accusation = Signed<Accusation>(lie, alone.founder.mesh().id, alone.dora.key)});
  CHECK(alone.machine->incarnation() == 1);
}

TEST_CASE("a rumor of two sentences, or of none, is malformed") {
  Alone alone;
  Rumor both = alone.is_here(alone.bert);
  both.left = alone.leaves(alone.bert, 1).left;
  CHECK(noted(alone.hear(both), "hostile.malformed_rumor"));
  CHECK(noted(alone.hear({}), "hostile.malformed_rumor"));
  CHECK(noted(alone.hear(alone.is_here(alone.bert, 0)), "hostile.malformed_rumor"));
}

TEST_CASE("old news is dropped before its signature is looked at") {
  struct Counting final : Verifier {
    SodiumVerifier sodium;
    int asked = 0;
    bool verify(const PublicKey& key, View message, const Signature& signature) override {
      ++asked;
      return sodium.verify(key, message, signature);
    }
  } verifier;
  Alone alone;
  Roster roster(alone.founder.mesh(), verifier);
  Self self = alone.me.self;
  self.key = &alone.me.key;
  Book book(3);
  Gossip machine({}, self, roster, book, {}, Random(1));
  (void)machine.start(alone.now());
  const Rumors word{.rumors = {{alone.is_here(alone.bert, 2)}}, .wanted = {}};
  (void)machine.receive(alone.anna.self.node, word, alone.now());
  CHECK(verifier.asked == 2);  // its certificate and its word
  (void)machine.receive(alone.anna.self.node, word, alone.now());
  (void)machine.receive(alone.anna.self.node,
                        Rumors{.rumors = {{alone.is_here(alone.bert, 1)}}, .wanted = {}}, alone.now());
  CHECK(verifier.asked == 2);
}

}  // namespace grapevine::gossip
