// A mesh outlives the certificates it began with: those who let a device in, or may, renew it as long as it
// comes by. Devices that run look at the clock once an hour and hear each other's news; those that are away
// do neither.
#include "tests/dns/neighbours.hpp"

#include <memory>
#include <set>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::day;
using neighbours::Device;
using neighbours::noon;
using neighbours::only;

namespace {

const SigningKey& root() {
  static const SigningKey key = grapevine::sample::key(1);
  return key;
}

/// Device n in this role: for 400 days by the root, or a member for 30 by its host.
Device certified(unsigned n, Role role, const Device* host) {
  Device made(n);
  Certificate certificate = made.certificate.claimed().value();
  certificate.serial = neighbours::filled<16>(static_cast<std::uint8_t>(n));
  certificate.role = role;
  if (role != Role::member) certificate.not_after = noon + 400 * day;
  if (host != nullptr) {
    made.inception.inviter = certificate.issuer = host->node;
    made.node = node_id(neighbours::mesh().id, made.inception);
  }
  certificate.node = made.node;
  certificate.inception = made.inception;
  made.certificate = {certificate, neighbours::mesh().id, host == nullptr ? root() : host->key};
  return made;
}

struct Home {
  Device device;
  MemoryStore store{};
  Roster roster{neighbours::mesh(), neighbours::verifier()};
  Registry registry;

  Home(Device who, const SigningKey* with_root)
      : device(std::move(who)), registry(Config{}, self(with_root), store, roster, Random(device.number)) {}
  Self self(const SigningKey* with_root) const {
    Self self = device.self();
    self.root = with_root;
    return self;
  }
};

class Village {
 public:
  /// A device that is there from now on; who let it in has come before.
  std::size_t add(unsigned n, Role role, std::optional<std::size_t> host = {},
                  const SigningKey* with_root = nullptr) {
    const Device* by = host ? &homes_[*host]->device : nullptr;
    auto& home = *homes_.emplace_back(std::make_unique<Home>(certified(n, role, by), with_root));
    if (by != nullptr) home.roster.admit(by->certificate, now().wall).value();
    const std::size_t index = homes_.size() - 1;
    spread(index, home.registry.start({}, now()));
    for (std::size_t other = 0; other < index; ++other) compare(index, other);
    return index;
  }
  Home& operator[](std::size_t index) { return *homes_[index]; }
  Now now() const { return at(elapsed_); }

  void leave(std::size_t index) { away_.insert(index); }
  /// It is there again, and compares what it knows with all who are.
  void come(std::size_t index) {
    away_.erase(index);
    for (std::size_t other = 0; other < homes_.size(); ++other) compare(index, other);
    spread(index, homes_[index]->registry.tick(now()));
  }
  void pass(Duration span, Duration step = 1h) {
    for (const Duration end = elapsed_ + span; elapsed_ < end;) {
      elapsed_ += step;
      for (std::size_t i = 0; i < homes_.size(); ++i)
        if (!away_.contains(i)) spread(i, homes_[i]->registry.tick(now()));
    }
  }
  /// Everybody who is there hears it.
  void tell(const Bytes& record) {
    for (std::size_t i = 0; i < homes_.size(); ++i)
      if (!away_.contains(i))
        spread(i, homes_[i]->registry.arrived(homes_[i]->device.node, record, now()).second);
  }

  /// Whether everybody who is there takes it for a member.
  bool has(std::size_t index) const {
    for (std::size_t i = 0; i < homes_.size(); ++i)
      if (!away_.contains(i) && !homes_[i]->roster.is_member(homes_[index]->device.node, now().wall))
        return false;
    return true;
  }
  const Certificate& certificate(std::size_t of, std::size_t at_home = 0) const {
    return *homes_[at_home]->roster.find(homes_[of]->device.node);
  }

 private:
  void spread(std::size_t from, const Effects& effects) {
    for (const auto& publish : only<Publish>(effects)) {
      for (std::size_t to = 0; to < homes_.size(); ++to) {
        if (to != from && !away_.contains(to))
          spread(to, homes_[to]->registry.arrived(homes_[from]->device.node, publish.record, now()).second);
      }
    }
  }
  void compare(std::size_t a, std::size_t b) {
    if (a == b || away_.contains(b)) return;
    Home &one = *homes_[a], &other = *homes_[b];
    std::vector<std::pair<std::size_t, Effects>> said;
    neighbours::exchange({one.device.node, one.registry}, {other.device.node, other.registry},
                         one.registry.meet(other.device.node, now()), now(),
                         [&](const NodeId& by, const Effects& effects) {
                           said.emplace_back(by == one.device.node ? a : b, effects);
                         });
    for (const auto& [by, effects] : said) spread(by, effects);
    (void)one.registry.met(other.device.node, now());
    (void)other.registry.met(one.device.node, now());
  }

  std::vector<std::unique_ptr<Home>> homes_;
  std::set<std::size_t> away_;
  Duration elapsed_ = 0s;
};

/// An admin and two devices it let in.
struct Household : Village {
  std::size_t admin = add(1, Role::admin);
  std::size_t lamp = add(2, Role::member, admin);
  std::size_t robot = add(3, Role::member, admin);
};

}  // namespace

TEST_CASE("whoever comes by is renewed past half of its life, and is a member after forty days") {
  Household house;
  const Certificate before = house.certificate(house.lamp);
  house.pass(15 * day - 2h);
  CHECK(house.certificate(house.lamp) == before);
  house.pass(4h);
  CHECK(house.certificate(house.lamp).not_after > noon + 44 * day);
  house.pass(25 * day);
  CHECK(house.has(house.lamp));
  CHECK(house.has(house.robot));
  const Certificate& after = house.certificate(house.lamp, house.robot);
  CHECK(after.inception == before.inception);
  CHECK(after.admitted == before.admitted);
  CHECK(house[house.robot].registry.resolve(to_string(after.node), house.now().wall).has_value());
}

TEST_CASE("with nobody left to renew them all are members no more after thirty days") {
  Household house;
  house.leave(house.admin);
  house.pass(30 * day - 1h);
  CHECK(house[house.robot].roster.is_member(house[house.lamp].device.node, house.now().wall));
  house.pass(2h);
  CHECK_FALSE(house[house.robot].roster.is_member(house[house.lamp].device.node, house.now().wall));
  CHECK_FALSE(house[house.robot].roster.is_member(house[house.robot].device.node, house.now().wall));
}

TEST_CASE("whoever stays away is not renewed, and is when it comes by for an hour in time") {
  Household house;
  house.leave(house.lamp);
  house.leave(house.robot);
  house.pass(25 * day);
  house.come(house.lamp);
  house.pass(1h);
  house.leave(house.lamp);
  house.pass(15 * day);
  CHECK(house.has(house.lamp));
  CHECK_FALSE(house.has(house.robot));
  house.come(house.robot);  // too late: it must join again
  house.pass(2h);
  CHECK_FALSE(house.has(house.robot));
}

TEST_CASE("nobody renews whom the mesh has retired or expelled") {
  Household house;
  const std::size_t lost = house.add(4, Role::member, house.admin);
  house.pass(14 * day);
  house.tell(house[lost].device.retirement());
  const NodeId& thief = house[house.robot].device.node;
  const auto expelled = house[house.admin].registry.revoke(thief, "stolen", {}, house.now());
  house.tell(only<Publish>(expelled.value()).at(0).record);
  house.pass(10 * day);
  CHECK(house.certificate(house.lamp).not_after > noon + 44 * day);
  for (const std::size_t gone : {lost, house.robot}) {
    CHECK_FALSE(house.has(gone));
    CHECK(house.certificate(gone).not_after == noon + 30 * day);
  }
}

TEST_CASE("another admin renews the guests of one that is away, an inviter those of others never") {
  for (const Role role : {Role::inviter, Role::admin}) {
    Household house;
    house.add(5, role);
    house.leave(house.admin);
    house.pass(40 * day);
    CHECK(house[house.robot].roster.is_member(house[house.lamp].device.node, house.now().wall) ==
          (role == Role::admin));
  }
}

TEST_CASE("two admins that renew at once, apart from each other, do no harm") {
  Household house;
  const std::size_t one = house.add(5, Role::admin), other = house.add(6, Role::admin);
  for (const std::size_t away : {house.admin, house.lamp, house.robot}) house.leave(away);
  house.pass(24 * day);
  const Bytes here = house[house.lamp].device.address(1, house.now().wall);
  std::vector<Publish> renewed;
  for (const std::size_t by : {one, other}) {
    const auto said = house[by].registry.arrived(house[house.lamp].device.node, here, house.now()).second;
    REQUIRE(only<Publish>(said).size() == 1);
    renewed.push_back(only<Publish>(said).front());
  }
  CHECK(renewed[0].record != renewed[1].record);
  for (const Publish& each : renewed) house.tell(each.record);
  CHECK(house[one].registry.root() == house[other].registry.root());
  CHECK(house.certificate(house.lamp, one) == house.certificate(house.lamp, other));
  CHECK(house.certificate(house.lamp, one).not_after == house.now().wall + 30 * day);
}

TEST_CASE("whose clock runs ahead renews nobody, and itself no more than others") {
  Village village;
  const auto founder = village.add(1, Role::admin, {}, &root());
  const auto lamp = village.add(2, Role::member, founder);
  auto& registry = village[founder].registry;
  std::uint64_t seq = sequence_last - 5;
  for (const Duration ahead : {Duration(20 * day), Duration(250 * day)}) {
    Now wrong = village.now();
    wrong.wall += std::chrono::duration_cast<std::chrono::milliseconds>(ahead);
    const Bytes word = village[lamp].device.address(++seq, village.now().wall);
    CHECK(only<Publish>(registry.arrived(village[lamp].device.node, word, wrong).second).empty());
    CHECK(only<Publish>(registry.announce({}, wrong)).size() == 1);  // its own address
  }
  for (const auto of : {founder, lamp}) CHECK(village.certificate(of).not_before == noon);
}

TEST_CASE("the device with the root key renews itself and the other admins, and nobody else does") {
  for (const SigningKey* with_root : {&root(), static_cast<const SigningKey*>(nullptr)}) {
    Village village;
    const auto founder = village.add(1, Role::admin, {}, with_root);
    const auto admin = village.add(2, Role::admin);
    village.pass(201 * day, 12h);
    for (const std::size_t of : {founder, admin})
      CHECK((village.certificate(of, admin).not_after > noon + 599 * day) == (with_root != nullptr));
  }
}

TEST_CASE("a renewal survives a restart after the certificate it renewed has ended") {
  Household house;
  house.pass(20 * day);
  auto& lamp = house[house.lamp];
  const Bytes renewed = seal_member(*lamp.roster.find_signed(lamp.device.node));
  Roster roster(neighbours::mesh(), neighbours::verifier());
  Registry again(Config{}, lamp.device.self(), lamp.store, roster, Random(1));
  house.leave(house.lamp);
  house.pass(15 * day);
  (void)again.start({}, house.now());
  CHECK(roster.is_member(lamp.device.node, house.now().wall));
  CHECK(seal_member(*roster.find_signed(lamp.device.node)) == renewed);
}
