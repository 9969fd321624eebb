#include "tests/dns/killed_writer.hpp"

#include "tests/dns/home.hpp"
#include "tests/dns/neighbours.hpp"

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

namespace grapevine::dns {

namespace {

using neighbours::at;
using neighbours::Device;

constexpr unsigned others = 40;

/// A registry over the store of a home.
struct Writer {
  explicit Writer(Store& store, std::uint64_t seed)
      : registry(Config{}, device.self(), store, roster, Random(seed)) {}
  Device device{1};
  Roster roster{neighbours::mesh(), neighbours::verifier()};
  Registry registry;
};

/// The sequence number of a record about ourselves; 0 for one that has none.
std::uint64_t sequence_of(const Bytes& record) {
  const auto body = body_of(record);
  const auto* address = body ? std::get_if<Address>(&*body) : nullptr;
  return address == nullptr ? 0 : address->seq;
}

void tell(int pipe, const Effects& effects) {
  for (const auto& publish : neighbours::only<Publish>(effects)) {
    const std::uint64_t number = sequence_of(publish.record);
    if (number != 0 && ::write(pipe, &number, sizeof number) != sizeof number) ::_exit(1);
  }
}

/// Writes until it is killed; ends by itself only when something is wrong.
[[noreturn]] void live(const Home& home, First first, int pipe, std::uint64_t seed) {
  auto opened = home.open();
  if (!opened || opened->set_aside) ::_exit(1);
  Writer writer(opened->store, seed);
  std::vector<Device> devices;
  for (unsigned n = 0; n < others; ++n) devices.emplace_back(n + 10);
  auto effects = writer.registry.start({.capabilities = {"text"}}, at());
  for (std::uint64_t round = seed * 1'000'000;; ++round) {
    if (first == First::tell) tell(pipe, effects);
    if (!opened->store.commit(Urgency::soon)) ::_exit(1);
    if (first == First::commit) tell(pipe, effects);
    const Device& other = devices[round % others];
    for (const auto& record : {other.member(), other.origin(), other.address(round + 1)})
      (void)writer.registry.arrived(other.node, record, at());
    effects = writer.registry.announce({.capabilities = {"text", "life-" + std::to_string(round)}}, at());
  }
}

/// All a life has told before it was killed, which comes after a moment nobody can foresee.
std::vector<std::uint64_t> one_life(const Home& home, First first, std::uint64_t seed) {
  int pipe[2];
  ensure(::pipe(pipe) == 0, "there are descriptors");
  const pid_t child = ::fork();
  ensure(child >= 0, "there is room for a process");
  if (child == 0) {
    ::close(pipe[0]);
    live(home, first, pipe[1], seed);
  }
  ::close(pipe[1]);
  std::vector<std::uint64_t> told;
  std::uint64_t number = 0;
  Random random(seed);
  const auto until = random.below(40);  // records; the last ones come while it dies
  while (told.size() <= until && ::read(pipe[0], &number, sizeof number) == sizeof number)
    told.push_back(number);
  ::usleep(static_cast<useconds_t>(random.below(2000)));
  ::kill(child, SIGKILL);
  while (::read(pipe[0], &number, sizeof number) == sizeof number) told.push_back(number);
  ::close(pipe[0]);
  ::waitpid(child, nullptr, 0);
  return told;
}

std::size_t records_in(const Store& store) {
  std::size_t count = 0;
  store.each(Table::record, {}, [&](View, View) {
    ++count;
    return Walk::on;
  });
  return count;
}

/// Opens the home once more; adds what is not as it should be.
void look_at(const Home& home, std::uint64_t greatest_told, Deaths& found) {
  auto opened = home.open();
  if (!opened || opened->set_aside) {
    ++found.unopened;
    return;
  }
  const std::size_t kept = records_in(opened->store);
  Writer again(opened->store, 1);
  const auto own = neighbours::only<Publish>(again.registry.start({.capabilities = {"text"}}, at()));
  found.dropped += static_cast<unsigned>(kept - std::min(kept, again.registry.size()));
  // Nothing of this was committed: the next life begins where the last one died.
  if (own.empty() || sequence_of(own.back().record) <= greatest_told) ++found.lost;
}

}  // namespace

Deaths kill_writers(unsigned lives, First first, std::uint64_t seed) {
  const Home home;
  Deaths found;
  std::uint64_t greatest = 0;
  for (unsigned life = 0; life < lives; ++life) {
    for (const std::uint64_t number : one_life(home, first, seed + life)) {
      if (number <= greatest) ++found.reused;
      greatest = std::max(greatest, number);
      ++found.told;
    }
    look_at(home, greatest, found);
  }
  return found;
}

}  // namespace grapevine::dns
