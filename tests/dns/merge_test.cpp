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

/// What six devices say in a day: addresses that follow each other, names that collide, are given up, are too
/// many.
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
  const Device squatter(6);
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

TEST_CASE("a thousand shuffled histories with losses and repeats end in one registry") {
  const auto records = history();
  Neighbour model(90);
  for (int pass = 0; pass < 3; ++pass) {
    for (const auto& record : records) model.hear(record);
  }
  Random random(1);
  for (unsigned round = 0; round < 1000; ++round) {
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
