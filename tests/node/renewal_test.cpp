// What a device does with a certificate that was renewed while it ran: two whole nodes on disk, one of which
// founded the mesh and let the other in, joined by a cable that loses nothing. Their clock goes by the hour.
#include "crypto/match.hpp"
#include "node/home.hpp"
#include "tests/node/temporary_folder.hpp"

#include <deque>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::node;
namespace fs = std::filesystem;

namespace {

const bool started = (start_crypto(), true);
constexpr auto day = std::chrono::hours(24);
const WallTime founded{day * 365 * 56};

/// A process that lives in a home.
struct Device {
  fs::path home;
  dns::MemoryStore store{};
  SodiumVerifier verifier{};
  gossip::Book book{8};
  std::unique_ptr<Core> core{};
  std::size_t renewals = 0;

  NodeId node() const { return core->identity().node; }
};

class Pair {
 public:
  explicit Pair(const fs::path& folder) : founder{folder / "founder"}, guest{folder / "guest"} {
    REQUIRE(found_home(founder.home, {"home", "laptop", "anna"}, founded).has_value());
    start(founder);
    const auto invited = founder.core->invite({}, now()).value();
    auto joining = Joining::begin(guest.home, invited.invite, "robot", now().wall).value();
    const Bytes knock = wire::encode_message(JoinMessage{joining.request()});
    auto answer = founder.core->step(Knocked{1, joining.transport().key, knock}, now());
    for (const auto& effect : answer) {
      const auto* reply = std::get_if<AnswerKnock>(&effect);
      if (reply == nullptr) continue;
      const auto said = wire::decode_message<JoinMessage>(reply->frame).value();
      REQUIRE(std::move(joining).complete(std::get<JoinGranted>(said), now().wall).has_value());
    }
    start(guest);
    perform(founder, std::move(answer));
    settle();
  }

  Now now() const {
    return {Time(elapsed_), founded + std::chrono::duration_cast<std::chrono::milliseconds>(elapsed_)};
  }
  void start(Device& device) {
    auto home = load_home(device.home, now().wall).value();
    Options options{
        .contact = device.home.filename().string() + ":1", .join_addresses = {"127.0.0.1:1"}, .seed = 1};
    device.core = std::make_unique<Core>(std::move(options), std::move(home.identity), device.store,
                                         device.verifier, device.book);
    perform(device, device.core->start(now()));
    settle();
  }
  void pass(Duration span) {
    for (const Duration end = elapsed_ + span; elapsed_ < end;) {
      elapsed_ += 1h;
      for (Device* device : {&founder, &guest})
        if (device->core) perform(*device, device->core->step(Tick{}, now()));
      settle();
    }
  }
  bool is_linked() const {
    return founder.core->gossip().linked_to(guest.node()) && guest.core->gossip().linked_to(founder.node());
  }

  Device founder;
  Device guest;
  std::size_t ends = 0;  // of connections

 private:
  void perform(Device& by, Effects effects) {
    Device& other = &by == &founder ? guest : founder;
    for (auto& effect : effects) {
      if (auto* transmit = std::get_if<gossip::Transmit>(&effect)) {
        inputs_.emplace_back(&other, Received{by.node(), std::move(transmit->frame)});
      } else if (std::holds_alternative<Connect>(effect)) {
        inputs_.emplace_back(&by, Linked{other.node(), gossip::Dialler::self});
        inputs_.emplace_back(&other, Linked{by.node(), gossip::Dialler::other});
      } else if (std::holds_alternative<gossip::HangUp>(effect)) {
        ++ends;
      } else if (const auto* renewed = std::get_if<KeepCertificate>(&effect)) {
        ++by.renewals;
        REQUIRE(keep_certificate(by.home, *renewed).has_value());
      }
    }
  }
  void settle() {
    while (!inputs_.empty()) {
      auto [to, input] = std::move(inputs_.front());
      inputs_.pop_front();
      perform(*to, to->core->step(std::move(input), now()));
    }
  }

  std::deque<std::pair<Device*, Input>> inputs_;
  Duration elapsed_{};
};

}  // namespace

TEST_CASE("a device that runs is renewed, keeps it on disk, shows it to its peers, and loses no connection") {
  const TemporaryFolder folder;
  Pair mesh(folder.path());
  mesh.pass(14 * day);
  REQUIRE(mesh.is_linked());
  const auto before = mesh.founder.core->gossip().find(mesh.guest.node()).value();
  CHECK(load_home(mesh.guest.home, founded + 40 * day).error().code == Code::expired);
  mesh.pass(2 * day);
  CHECK(mesh.guest.renewals == 1);
  CHECK(load_home(mesh.guest.home, founded + 40 * day).has_value());
  CHECK(mesh.ends == 0);
  CHECK(mesh.is_linked());
  const auto after = mesh.founder.core->gossip().find(mesh.guest.node()).value();
  CHECK(after.status == gossip::Status::alive);
  CHECK(after.incarnation > before.incarnation);
  const auto shown = mesh.guest.core->gossip().introductions(1).front().certificate.claimed().value();
  CHECK(shown.not_after > founded + 40 * day);
}

TEST_CASE("forty days later it starts again from its disk, be its registry lost, and is at home") {
  const TemporaryFolder folder;
  Pair mesh(folder.path());
  mesh.pass(40 * day);
  mesh.guest.core.reset();
  mesh.guest.store = {};
  mesh.start(mesh.guest);
  mesh.pass(2h);
  for (const Device* device : {&mesh.founder, &mesh.guest}) {
    CHECK(device->core->roster().is_member(mesh.guest.node(), mesh.now().wall));
    CHECK(device->core->gossip().find(mesh.guest.node())->status == gossip::Status::alive);
  }
}

TEST_CASE("a device that was away for longer than its certificate held is told to join again") {
  const TemporaryFolder folder;
  const Pair mesh(folder.path());
  const auto home = load_home(mesh.guest.home, founded + 31 * day);
  CHECK(home.error().code == Code::expired);
  CHECK(home.error().text.find("grapevine invite") != std::string::npos);
}

TEST_CASE("the founding device renews itself with its root key, without a peer") {
  const TemporaryFolder folder;
  Device alone{folder.path() / "home"};
  REQUIRE(found_home(alone.home, {"home", "laptop", "anna"}, founded).has_value());
  auto home = load_home(alone.home, founded).value();
  Core core({.seed = 1}, std::move(home.identity), alone.store, alone.verifier, alone.book);
  (void)core.start({Time{}, founded});
  for (const auto age : {199 * day, 201 * day}) {
    for (const auto& effect : core.step(Tick{}, {Time(age), founded + age})) {
      const auto* renewed = std::get_if<KeepCertificate>(&effect);
      if (renewed != nullptr) CHECK(keep_certificate(alone.home, *renewed).has_value());
    }
    CHECK(load_home(alone.home, founded + 500 * day).has_value() == (age > 200 * day));
  }
}
