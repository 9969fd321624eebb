#include "tests/dns/damage.hpp"

#include "tests/dns/home.hpp"
#include "tests/dns/neighbours.hpp"

#include <chrono>
#include <set>

namespace grapevine::dns {

namespace {

using neighbours::at;
using neighbours::Device;
using neighbours::Neighbour;

constexpr unsigned devices = 60;
constexpr unsigned lives = 4;  // how often each has renewed its address
constexpr std::size_t page = 4096;

/// All that makes the devices known, addresses of their `life`-th renewal. No names: they would be voted on.
std::vector<Bytes> records_of_all(unsigned life) {
  std::vector<Bytes> records;
  for (unsigned n = 10; n < 10 + devices; ++n) {
    const Device device(n);
    for (auto& record : {device.member(), device.origin(), device.address(life)}) records.push_back(record);
  }
  return records;
}

void spoil(Bytes& file, Random& random) {
  const std::size_t pages = file.size() / page;
  const auto page_at = [&] { return file.begin() + static_cast<std::ptrdiff_t>(random.below(pages) * page); };
  switch (random.below(4)) {
    case 0: file[random.below(file.size())] ^= static_cast<std::uint8_t>(1u << random.below(8)); return;
    case 1: std::fill_n(page_at(), page, std::uint8_t{0}); return;
    case 2: file.resize(random.below(file.size())); return;
    default: {
      const auto from = page_at(), to = page_at();
      std::copy_n(from, page, to);
    }
  }
}

/// The node whose file is damaged, and the peer it has.
struct Story {
  Device device{1};
  Neighbour peer{2};
  /// Every record that was ever written. A damaged root page makes LMDB go back one commit: what it then
  /// gives is old, not wrong.
  std::set<std::string, std::less<>> written = {};

  Story() {
    for (unsigned life = 1; life <= lives; ++life) {
      for (const auto& record : records_of_all(life)) {
        peer.hear(record);
        written.emplace(text(record));
      }
    }
  }
  void hear_own(const Effects& effects, Now now) {
    for (const auto& own : neighbours::only<Publish>(effects)) {
      peer.hear(own.record, now);
      written.emplace(text(own.record));
    }
  }
  bool knows_all_of(const Store& store) const {
    bool known = true;
    store.each(Table::record, {}, [&](View, View record) {
      known = written.contains(text(record));
      return known ? Walk::on : Walk::stop;
    });
    return known;
  }
};

/// The data file of a registry that has seen addresses come and go, so that pages have been freed and used
/// again.
Bytes sound_file(Story& story) {
  const Home home;
  {
    auto opened = home.open().value();
    Roster roster{neighbours::mesh(), neighbours::verifier()};
    Registry registry(Config{}, story.device.self(), opened.store, roster, Random(1));
    story.hear_own(registry.start({}, at()), at());
    for (unsigned life = 1; life <= lives; ++life) {
      for (const auto& record : records_of_all(life)) (void)registry.arrived(story.device.node, record, at());
      ensure(opened.store.commit().has_value(), "a sound disk takes a commit");
    }
  }
  return home.read();
}

void open_damaged(const Home& home, Story& story, Now now, Damages& found) {
  const auto begun = std::chrono::steady_clock::now();
  auto opened = home.open();
  if (!opened) {
    ++found.unopened;
    return;
  }
  if (opened->set_aside) {
    ++found.set_aside;
    std::filesystem::remove_all(*opened->set_aside);
  }
  Roster roster{neighbours::mesh(), neighbours::verifier()};
  Registry registry(Config{}, story.device.self(), opened->store, roster, Random(found.files));
  story.hear_own(registry.start({}, now), now);
  if (!story.knows_all_of(opened->store)) ++found.wrong;
  neighbours::make_equal({story.device.node, registry}, story.peer, now);
  ensure(opened->store.commit().has_value(), "a sound disk takes a commit");
  if (registry.root() == story.peer.registry.root()) ++found.whole;
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
  found.seconds_most = std::max(found.seconds_most, taken.count());
}

}  // namespace

Damages damage_files(unsigned files, std::uint64_t seed) {
  Story story;
  const Bytes sound = sound_file(story);
  const Home home;
  Random random(seed);
  Damages found;
  for (found.files = 0; found.files < files; ++found.files) {
    Bytes damaged = sound;
    spoil(damaged, random);
    home.write(damaged);
    // Exchanges with one peer are a second apart, and all of them within one lease of an address.
    open_damaged(home, story, at(1s * (found.files % 3600 + 1)), found);
  }
  return found;
}

}  // namespace grapevine::dns
