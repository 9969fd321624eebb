#include "bench/dns_delay.hpp"

#include "bench/dns_peers.hpp"
#include "bench/registry_of.hpp"
#include "dns/lmdb_store.hpp"
#include "node/dns_server.hpp"
#include "tests/live/fleet.hpp"

#include <thread>

#include <unistd.h>

namespace grapevine::bench {

namespace {

double milliseconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

void add_slowest(Figures& figures, const std::string& name, std::vector<double> times, double most,
                 const std::string& beside) {
  std::sort(times.begin(), times.end());
  const bool any = !times.empty();
  const double p99 = any ? times[times.size() * 99 / 100] : 0;
  figures.add({.name = name + "_p99",
               .value = p99,
               .unit = "ms",
               .target = "<= " + std::to_string(static_cast<int>(most)),
               .met = any && p99 <= most,
               .baseline = beside + ", " + std::to_string(times.size()) + " times"});
  figures.add({.name = name + "_median", .value = any ? times[times.size() / 2] : 0, .unit = "ms"});
}

/// The name of a device in so many spellings, which all are one name: each claim replaces the one before.
std::string spelling(std::size_t device, std::size_t turn) {
  std::string name = "crane" + std::to_string(device);
  return name.insert(1 + turn % 4, "-");
}

/// Milliseconds from the claim of a name on one device until DNS on all says so; absent when it takes 5 s.
std::optional<double> claim_and_look(const live::Fleet& fleet, std::size_t device, const std::string& name) {
  const auto query = address_query(name + ".fleet.internal", 7);
  const auto says_so = [&](std::size_t at) {
    const auto answer = ask_udp(fleet.dns_port(at), query);
    return !answer.empty() && (answer[3] & 0xf) == 0;
  };
  const auto begin = std::chrono::steady_clock::now();
  if (fleet.change(device, "/api/mesh/names", R"({"name":")" + name + "\"}").status != 200)
    return std::nullopt;
  std::size_t seen = 0;
  const bool all = live::wait_until(std::chrono::seconds(5), [&] {
    while (seen < fleet.size() && says_so(seen)) ++seen;
    return seen == fleet.size();
  });
  return all ? std::optional(milliseconds_since(begin)) : std::nullopt;
}

}  // namespace

void measure_own_update(Figures& figures) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("grapevine-own-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  auto store = dns::LmdbStore::open(folder);
  ensure(store.has_value(), "LMDB opens a new folder");
  const node::LocalClock clock;
  SodiumVerifier verifier;
  Roster roster(sample::mesh(), verifier);
  const dns::neighbours::Device self(0, clock.now().wall);
  dns::Registry registry({}, self.self(), *store, roster, Random(1));
  (void)registry.start({}, clock.now());
  node::DnsServer server({"127.0.0.1", 0}, {.origin = "home.internal", .self = self.node});
  const auto query = address_query(to_string(self.node) + ".id.home.internal", 7);
  std::vector<double> times;
  for (unsigned i = 1; i <= 300; ++i) {
    const Bytes ip{10, 1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)};
    (void)registry.announce({.endpoints = {{.proto = 1, .ip = ip, .port = 4781}}}, clock.now());
    ensure(store->commit().has_value(), "LMDB commits");
    const auto begin = std::chrono::steady_clock::now();
    server.show({registry.presence(self.node, clock.now().wall)});
    while (!ask_udp(server.port(), query).ends_with(std::string(ip.begin(), ip.end()))) continue;
    times.push_back(milliseconds_since(begin));
  }
  std::filesystem::remove_all(folder);
  add_slowest(figures, "dns.own_update", times, 20, "from its commit until DNS says so");
}

void measure_far_update(Figures& figures) {
  constexpr std::size_t devices = 16;
  constexpr std::size_t updates = 200;
  constexpr auto pause = std::chrono::milliseconds(100);  // what one update sets going is over by then
  constexpr auto settling = std::chrono::seconds(10);     // a mesh that forms has other news to spread
  live::Fleet fleet(devices, [](std::size_t) { return std::string(); });
  fleet.start_all();
  for (std::size_t i = 0; i < devices; ++i) fleet.wait_alive(i, devices, std::chrono::seconds(30));
  std::this_thread::sleep_for(settling);
  std::vector<double> times;
  for (std::size_t i = 0; i < updates; ++i) {
    std::this_thread::sleep_for(pause);
    const std::size_t device = i % devices;
    if (const auto taken = claim_and_look(fleet, device, spelling(device, i / devices)))
      times.push_back(*taken);
  }
  ensure(times.size() == updates, "every update is seen everywhere");
  add_slowest(figures, "dns.far_update", times, 250,
              "a name claimed over HTTP on one of 16 devices until DNS on all 16 says so");
}

}  // namespace grapevine::bench
