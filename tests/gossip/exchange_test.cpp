// Two machines that compare their tables, and what it costs.
#include "alone.hpp"

#include <doctest/doctest.h>

namespace grapevine::gossip {

namespace {

/// Two members of a town of many, linked with each other alone. They share a book and begin with the same
/// table.
class Pair {
 public:
  explicit Pair(std::size_t members) : roster_(founder_.mesh(), verifier_), book_(members + 10) {
    for (std::size_t i = 0; i < 3; ++i) add();
    Gossip& source = *machines_[0];
    (void)source.start(now());
    for (std::size_t i = 1; i < members; ++i) {
      const auto newcomer = i < citizens_.size() ? greeting(citizens_[i]) : greeting(admit());
      (void)source.receive(node(1), Rumors{.rumors = {{newcomer}}, .wanted = {}}, now());
    }
    (void)one().start(now(), &source.members());
    (void)other().start(now(), &source.members());
  }

  /// One of the two learns of a newcomer.
  void admit_newcomer() {
    (void)one().receive(node(0), Rumors{.rumors = {{greeting(admit())}}, .wanted = {}}, now());
  }
  /// A ping of one shows the other that their tables differ. All that follows arrives at once; its bytes.
  std::size_t compare() {
    Ping ping{.probe = 1, .news = {}};
    ping.news.members = one().members().root();
    std::size_t bytes = 0;
    std::deque<std::tuple<Gossip*, NodeId, Message>> under_way{{&other(), node(1), ping}};
    while (!under_way.empty()) {
      auto [to, from, message] = std::move(under_way.front());
      under_way.pop_front();
      const NodeId whose = to == &one() ? node(1) : node(2);
      for (const auto& send : sent_to_the_pair(to->receive(from, message, now()))) {
        if (std::holds_alternative<Ack>(send.message)) continue;
        bytes += wire::encode_message(send.message).size();
        under_way.push_back({send.to == node(1) ? &one() : &other(), whose, send.message});
      }
    }
    return bytes;
  }
  bool equal() { return one().members().root() == other().members().root(); }

 private:
  void add() {
    citizens_.push_back(admit());
    Self self = citizens_.back().self;
    self.key = &citizens_.back().key;
    machines_.push_back(
        std::make_unique<Gossip>(Config{}, self, roster_, book_, Bytes{}, Random(citizens_.size())));
  }
  Founder::Citizen admit() {
    const std::size_t i = admitted_++;
    return founder_.admit(static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i / 256));
  }
  Gossip& one() { return *machines_[1]; }
  Gossip& other() { return *machines_[2]; }
  NodeId node(std::size_t i) const { return citizens_[i].self.node; }
  Rumor greeting(const Founder::Citizen& of) const {
    const Alive alive{.node = of.self.node,
                      .incarnation = 1,
                      .contact = of.self.contact,
                      .certificate = of.self.certificate};
    return {.alive = Signed<Alive>(alive, founder_.mesh().id, of.key)};
  }
  std::vector<Send<Message>> sent_to_the_pair(const Effects& effects) const {
    auto sends = only<Send<Message>>(effects);
    std::erase_if(sends, [&](const auto& send) { return send.to != node(1) && send.to != node(2); });
    return sends;
  }
  static Now now() { return {.time = Time(1h), .wall = town_founded}; }

  Founder founder_;
  std::deque<Founder::Citizen> citizens_;
  std::size_t admitted_ = 0;
  RememberingVerifier verifier_{4096};
  Roster roster_;
  Book book_;
  std::vector<std::unique_ptr<Gossip>> machines_;
};

}  // namespace

TEST_CASE("one difference between tables of a hundred or a thousand members is mended for less than 6 KB") {
  for (const std::size_t members : {100u, 1000u}) {
    Pair pair(members);
    pair.admit_newcomer();
    REQUIRE_FALSE(pair.equal());
    CHECK(pair.compare() < 6000);
    CHECK(pair.equal());
  }
}

TEST_CASE("equal tables are not compared") {
  Pair pair(200);
  REQUIRE(pair.equal());
  CHECK(pair.compare() == 0);
}

TEST_CASE("two hundred differences are mended in one go") {
  Pair pair(1000);
  for (int i = 0; i < 200; ++i) pair.admit_newcomer();
  (void)pair.compare();
  CHECK(pair.equal());
}

}  // namespace grapevine::gossip
