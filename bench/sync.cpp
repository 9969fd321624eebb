// What it costs to make two registries of ten thousand devices equal: a newcomer that knows nobody, and two
// that differ in one record. Both registries run in this process, the newcomer's on disk; what each says to
// the other is carried by hand, and counted. Then the same between two daemons. Verifying signatures is most
// of a cold join, so it stands beside libsodium alone.
#include "bench/figures.hpp"
#include "node/home.hpp"
#include "tests/dns/home.hpp"
#include "tests/dns/neighbours.hpp"
#include "tests/live/fleet.hpp"

#include <cstdio>
#include <ctime>
#include <thread>

#include <nlohmann/json.hpp>
#include <sched.h>
#include <sodium.h>

using namespace grapevine;
using namespace grapevine::dns;
using neighbours::at;
using neighbours::Device;

namespace {

constexpr unsigned devices = 10'000;
constexpr double mib = 1 << 20;

double cpu_seconds() {
  timespec spent{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

/// A registry that checks every signature, over a store of its own.
struct Node {
  Node(unsigned n, Store& store) : device(n), registry(Config{}, device.self(), store, roster, Random(n)) {}
  Device device;
  SodiumVerifier verifier{};
  Roster roster{neighbours::mesh(), verifier};
  Registry registry;
  double spent = 0;  // CPU seconds
};

/// What passes between two nodes until they are silent, and what it cost each.
struct Carried {
  std::size_t bytes = 0;
  std::size_t messages = 0;
};

Carried carry(Node& asks, Node& answers, Now now, const std::function<void()>& after_each) {
  Carried carried;
  std::deque<Send<Message>> pending;
  const auto post = [&](const Effects& effects) {
    for (auto& send : neighbours::only<Send<Message>>(effects)) pending.push_back(std::move(send));
  };
  post(asks.registry.meet(answers.device.node, now));
  while (!pending.empty()) {
    const Bytes frame = wire::encode_message(pending.front().message);
    Node& to = pending.front().to == asks.device.node ? asks : answers;
    const Node& from = &to == &asks ? answers : asks;
    pending.pop_front();
    carried.bytes += frame.size();
    ++carried.messages;
    const double begun = cpu_seconds();
    const auto said =
        to.registry.receive(from.device.node, wire::decode_message<Message>(frame).value(), now);
    if (&to == &asks) after_each();
    to.spent += cpu_seconds() - begun;
    post(said);
    // A juror who hears of names votes; what it publishes reaches the other as a broadcast does.
    for (const auto& publish : neighbours::only<Publish>(said))
      (void)(&to == &asks ? answers : asks).registry.arrived(to.device.node, publish.record, now);
  }
  return carried;
}

void fill(Registry& registry) {
  for (unsigned n = 10; n < 10 + devices; ++n) {
    const Device device(n);
    for (const auto& record :
         {device.member(), device.origin(), device.address(1), device.name("robot-" + std::to_string(n), 2)})
      ensure(registry.arrived(device.node, record, at()).first == Verdict::accept, "the records are sound");
  }
}

/// CPU seconds that libsodium alone takes for the signatures of all, as a processor is just now.
double verify_seconds() {
  constexpr int signatures = 4000;
  const Device device(1);
  const Bytes message(300, 1);
  const auto signature = device.key.sign(message);
  const double begun = cpu_seconds();
  for (int i = 0; i < signatures; ++i)
    ensure(::crypto_sign_verify_detached(signature.value.data(), message.data(), message.size(),
                                         device.inception.key.value.data()) == 0,
           "what was signed verifies");
  return (cpu_seconds() - begun) / signatures * 4 * devices;
}

std::string beside_libsodium() {
  return "libsodium verifies 40 000 signatures in " + std::to_string(verify_seconds()).substr(0, 4) + " s";
}

void join_cold(bench::Figures& figures, Node& newcomer, Node& old_hand, LmdbStore& store, const Home& home) {
  Carried all;
  double committing = 0;
  unsigned exchanges = 0;
  for (; newcomer.registry.root() != old_hand.registry.root() && exchanges < 10; ++exchanges) {
    const auto one = carry(newcomer, old_hand, at(2s * (exchanges + 1)), [&] {
      const double begun = cpu_seconds();
      ensure(store.commit().has_value(), "the disk takes a commit");
      committing += cpu_seconds() - begun;
    });
    all.bytes += one.bytes;
    all.messages += one.messages;
  }
  ensure(newcomer.registry.size() >= 4 * devices, "the newcomer knows everybody");
  const double megabytes = static_cast<double>(all.bytes) / 1e6;
  const double disk = static_cast<double>(std::filesystem::file_size(home.file())) / mib;
  figures.add({"sync.cold.cpu", newcomer.spent, "s", "<= 3", newcomer.spent <= 3,
               beside_libsodium() + "; commits " + std::to_string(committing).substr(0, 4) + " s"});
  figures.add({"sync.cold.traffic", megabytes, "MB", "<= 15", megabytes <= 15,
               std::to_string(all.messages) + " messages, " + std::to_string(exchanges) + " exchanges"});
  figures.add({.name = "sync.cold.teacher_cpu", .value = old_hand.spent, .unit = "s"});
  figures.add({"sync.cold.database", disk, "MiB", "<= 64", disk <= 64, "10 000 devices, 4 records each"});
}

void differ_by_one(bench::Figures& figures, Node& newcomer, Node& old_hand) {
  (void)old_hand.registry.arrived(old_hand.device.node, Device(10).address(2), at(1min));
  const auto one = carry(newcomer, old_hand, at(1min), [] {});
  ensure(newcomer.registry.root() == old_hand.registry.root(), "one exchange is enough");
  const auto bytes = static_cast<double>(one.bytes);
  figures.add({"sync.one_difference", bytes, "bytes", "<= 4096", bytes <= 4096,
               std::to_string(one.messages) + " messages"});
}

/// Puts the records of so many devices of its mesh into the store of a home that founded it.
void fill(const std::filesystem::path& folder, WallTime now) {
  const node::Home founder = node::load_home(folder, now).value();
  auto opened = open_guarded(folder, STORE_CHECKER).value();
  for (unsigned n = 10; n < 10 + devices; ++n) {
    const Device device(n, now, founder.identity.mesh.id, *founder.identity.root);
    for (const auto& record : {device.member(), device.origin(), device.address(1, now),
                               device.name("robot-" + std::to_string(n), 2, now)}) {
      const auto sealed = std::get<Sealed>(unseal(record, founder.identity.mesh.id));
      opened.store.put(Table::record, sealed.id.value.view(), record);
    }
  }
  ensure(opened.store.commit().has_value(), "the disk takes a commit");
}

std::size_t records_held(const live::Fleet& fleet, std::size_t device) {
  const auto status = nlohmann::json::parse(fleet.get(device, "/api/mesh/status").body, nullptr, false);
  return status.is_object() ? status.value("records", std::size_t{0}) : 0;
}

void add_resident(bench::Figures& figures, const std::string& name, live::Resident resident,
                  const std::string& who) {
  const double own = static_cast<double>(resident.anonymous_kib) / 1024;
  const double mapped = static_cast<double>(resident.file_kib) / 1024;
  figures.add({name, own + mapped, "MiB", "<= 64", own + mapped <= 64,
               who + ": " + std::to_string(own).substr(0, 4) + " its own, " +
                   std::to_string(mapped).substr(0, 4) + " of mapped files"});
}

/// What this process starts from now on takes turns on one processor. Two virtual ones may be halves of one
/// core: then the clock of each also runs for what the other does, as that of two devices never would.
void share_one_processor() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &one);
  ensure(::sched_setaffinity(0, sizeof one, &one) == 0, "a process may narrow where it runs");
}

/// The same with two daemons: one starts with everybody in its store, the other learns them all.
void join_daemons(bench::Figures& figures) {
  using namespace std::chrono_literals;
  share_one_processor();
  live::Fleet fleet(2, [](std::size_t) { return std::string(); });
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  fleet.stop(0);  // it ran to let the other in
  fill(fleet.folder(0) / "home", WallTime(now.time_since_epoch()));
  fleet.launch(0);  // who reads so much at its start answers late
  live::wait_until(60s, [&] { return records_held(fleet, 0) >= 4 * devices; });
  std::this_thread::sleep_for(6s);  // what starting needed is given back
  add_resident(figures, "sync.daemon.rest_rss", live::resident(fleet.process(0)), "read from its disk");
  fleet.launch(1);
  const auto begun = std::chrono::steady_clock::now();
  const auto until = begun + 120s;
  while (records_held(fleet, 1) < 4 * devices && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(250ms);  // asking is work for the newcomer, too
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
  const double joining = fleet.cpu_seconds(1);
  figures.add({"sync.daemon.cpu", joining, "s", "<= 3", joining <= 3,
               "of the newcomer until it has all; " + beside_libsodium()});
  std::this_thread::sleep_for(65s);  // what joining needed is given back every minute
  const std::size_t held = records_held(fleet, 1);
  figures.add({"sync.daemon.records", static_cast<double>(held), "records", ">= 40000", held >= 4 * devices,
               "after " + std::to_string(taken.count()).substr(0, 4) + " s"});
  add_resident(figures, "sync.daemon.rss", live::resident(fleet.process(1)), "the newcomer");
  add_resident(figures, "sync.daemon.teacher_rss", live::resident(fleet.process(0)),
               "the same when it has taught all");
}

}  // namespace

int main(int argc, char** argv) {
  bench::Figures figures;
  const Home home;
  MemoryStore memory;
  auto opened = home.open().value();
  Node old_hand(2, memory), newcomer(1, opened.store);
  fill(old_hand.registry);
  join_cold(figures, newcomer, old_hand, opened.store, home);
  differ_by_one(figures, newcomer, old_hand);
  join_daemons(figures);
  figures.print(argc, argv);
  return figures.exit_code();
}
