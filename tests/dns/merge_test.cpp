#include "dns/registry.hpp"
#include "tests/dns/neighbours.hpp"

#include <sstream>

#include <doctest/doctest.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::Device;
using neighbours::Neighbour;
using neighbours::noon;

namespace {

/// What six devices say in a day: addresses that follow each other, names that collide, are given up, handed
/// over, are too many; keys that rotate, contradict themselves, are suspended and retired.
std::vector<Bytes> history() {
  std::vector<Bytes> records;
  for (unsigned n = 1; n <= 6; ++n) {
    const Device device(n);
    records.push_back(device.member());
    records.push_back(device.origin());
    for (std::uint64_t seq = 1; seq <= 3; ++seq) records.push_back(device.address(seq));
    records.push_back(device.address(3, noon, "twin"));
    records.push_back(device.name("robot", 4));
    records.push_back(device.name("own-" + std::to_string(n + 10), 5));
    records.push_back(device.name("own-" + std::to_string(n + 10), 6, noon, n % 2 == 0 ? 0 : 86400));
  }
  const Term soon = term_of(noon) + 2;
  const Device rotating(1), forked(2), suspended(3), retired(4), giver(5), squatter(6);
  for (const auto& record :
       {rotating.rotation(1), rotating.rotation(2), Device::rotated(1, 2).address(1, noon, "rotated"),
        Device::rotated(1, 1).name("robot", 9), Device::rotated(1, 2).name("own-11", 1), forked.rotation(1),
        forked.rotation(1, 9), forked.rotation(2), Device::rotated(2, 2).address(1, noon, "forked"),
        Device::rotated(2, 1).suspension(), suspended.suspension(), suspended.suspension(Cause::lost),
        retired.retirement(1), retired.retirement(2), retired.rotation(1),
        giver.transfer("own-15", 7, squatter, soon), giver.transfer("own-15", 7, forked, soon),
        giver.transfer("robot", 7, retired, soon),
        seal_evidence(Evidence::Kind::vote, giver.vote("robot", 5, giver.node),
                      giver.vote("robot", 5, forked.node))})
    records.push_back(record);
  for (unsigned n = 0; n < 8; ++n) records.push_back(squatter.name("squat-" + std::to_string(n + 10), n));
  return records;
}

/// All that can be seen from outside, in words.
std::string view_of(const Registry& registry) {
  std::ostringstream text;
  for (const auto& line : registry.names(noon))
    text << line.name << ' ' << name(line.state) << ' ' << short_name(line.holder) << '\n';
  for (const auto& found : registry.find({}, noon, 99))
    text << short_name(found.node) << found.capabilities.front() << '\n';
  return text.str();
}

}  // namespace

TEST_CASE("row 39: ten thousand shuffled histories with losses and repeats end in one registry") {
  const auto records = history();
  Neighbour model(90);
  for (int pass = 0; pass < 3; ++pass) {
    for (const auto& record : records) model.hear(record);
  }
  // What is compared below is there at all.
  CHECK(model.registry.resolve(to_string(Device(2).node), noon)->contradicts_itself);
  CHECK(model.registry.resolve("own-13", noon)->state == State::suspended);
  CHECK(model.registry.resolve(to_string(Device(4).node), noon).error().code == Code::unknown);
  CHECK(model.registry.resolve("own-11", noon)->node == Device(1).node);
  Random random(1);
  for (unsigned round = 0; round < 10'000; ++round) {
    Neighbour here(100);
    auto shuffled = records;
    for (std::size_t i = 0; i < records.size() / 4; ++i)
      shuffled.push_back(records[random.below(records.size())]);
    random.shuffle(shuffled);
    shuffled.resize(shuffled.size() * 3 / 4);
    for (const auto& record : shuffled) here.hear(record);
    Duration now = 0s;
    for (int tries = 0; tries < 4 && here.registry.root() != model.registry.root(); ++tries, now += 1min)
      neighbours::make_equal(here, model, at(now));
    REQUIRE(here.registry.root() == model.registry.root());
    REQUIRE(view_of(here.registry) == view_of(model.registry));
  }
}
