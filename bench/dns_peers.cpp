#include "bench/dns_peers.hpp"

#include "bench/registry_of.hpp"
#include "node/dns_server.hpp"
#include "tests/live/fleet.hpp"

#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace grapevine::bench {

namespace {

std::string address_of_device(unsigned device) {
  const Bytes ip = ip_of(device, 1);
  return std::to_string(ip[0]) + "." + std::to_string(ip[1]) + "." + std::to_string(ip[2]) + "." +
         std::to_string(ip[3]);
}

void write_zone(const std::filesystem::path& file) {
  std::ofstream zone(file);
  zone << "$ORIGIN home.internal.\n@ 3600 IN SOA ns hostmaster 1 3600 600 86400 5\n@ 3600 IN NS ns\n"
          "ns 3600 IN A 127.0.0.1\n";
  for (unsigned i = 1; i <= names_served; ++i)
    zone << label_of(i) << " 60 IN A " << address_of_device(i) << "\n";
}

void write_knot(const std::filesystem::path& folder, const std::string& port) {
  std::ofstream(folder / "conf") << "server:\n  rundir: " << folder << "\n  listen: 127.0.0.1@" << port
                                 << "\n  udp-workers: 1\n  tcp-workers: 1\n  background-workers: 1\n"
                                    "database:\n  storage: "
                                 << folder
                                 << "\nzone:\n  - domain: home.internal\n    file: " << folder / "zone"
                                 << "\n";
}

void write_nsd(const std::filesystem::path& folder, const std::string& port) {
  std::ofstream(folder / "conf")
      << "server:\n  ip-address: 127.0.0.1\n  port: " << port
      << "\n  server-count: 1\n  rrl-ratelimit: 0\n  username: \"\"\n  pidfile: \"\"\n  zonesdir: " << folder
      << "\n  database: \"\"\n  zonelistfile: " << folder / "zones"
      << "\n  xfrdfile: " << folder / "xfrd"
      << "\n  xfrdir: " << folder
      << "\nremote-control:\n  control-enable: no\n"
         "zone:\n  name: home.internal\n  zonefile: "
      << folder / "zone"
      << "\n";
}

void write_unbound(const std::filesystem::path& folder, const std::string& port) {
  std::ofstream conf(folder / "conf");
  conf << "server:\n  directory: " << folder << "\n  chroot: \"\"\n  username: \"\"\n  pidfile: \"\"\n"
       << "  interface: 127.0.0.1@" << port << "\n  num-threads: 1\n  use-syslog: no\n"
       << "  module-config: iterator\n  local-zone: home.internal. static\n";
  for (unsigned i = 1; i <= names_served; ++i)
    conf << "  local-data: '" << label_of(i) << ".home.internal. 60 IN A " << address_of_device(i) << "'\n";
}

std::vector<pid_t> tree(pid_t root) {
  std::vector<pid_t> all{root};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string number = std::to_string(all[i]);
    std::istringstream children(live::read_file("/proc/" + number + "/task/" + number + "/children"));
    for (pid_t child = 0; children >> child;) all.push_back(child);
  }
  return all;
}

WallTime wall_now() {
  return node::LocalClock().now().wall;
}

}  // namespace

DnsPeer::DnsPeer(std::string kind, unsigned updates)
    : kind_(std::move(kind)),
      port_(live::free_port()),
      folder_(std::filesystem::temp_directory_path() / ("grapevine-" + kind_ + "-" + std::to_string(port_))) {
  std::filesystem::create_directories(folder_);
  process_ = live::spawn(words(updates), {});
  const std::string query = address_query(label_of(names_served) + ".home.internal", 1);
  const bool answers = live::wait_until(std::chrono::minutes(1), [&] {
    const std::string answer = ask_udp(port_, query);
    return answer.size() > query.size() && (answer[3] & 0xf) == 0;
  });
  if (!answers) throw std::runtime_error(kind_ + " does not answer");
}

DnsPeer::~DnsPeer() {
  if (process_ > 0) {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }
  std::filesystem::remove_all(folder_);
}

std::vector<std::string> DnsPeer::words(unsigned updates) const {
  const std::string port = std::to_string(port_), conf = (folder_ / "conf").string();
  write_zone(folder_ / "zone");
  if (kind_ == "knotd") {
    write_knot(folder_, port);
    return {"knotd", "-c", conf};
  }
  if (kind_ == "nsd") {
    write_nsd(folder_, port);
    return {"nsd", "-d", "-c", conf};
  }
  if (kind_ == "unbound") {
    write_unbound(folder_, port);
    return {"unbound", "-d", "-c", conf};
  }
  return {"/proc/self/exe", "--serve", port, std::to_string(updates)};
}

double DnsPeer::cpu_seconds() const {
  double sum = 0;
  for (const pid_t process : tree(process_)) sum += live::cpu_seconds(process);
  return sum;
}

double DnsPeer::resident_mib() const {
  double sum = 0;
  for (const pid_t process : tree(process_)) sum += static_cast<double>(live::resident_kib(process)) / 1024;
  return sum;
}

int serve_names(std::uint16_t port, unsigned updates_a_second) {
  RegistryOf town(names_served, wall_now());
  node::DnsServer server({"127.0.0.1", port},
                         {.origin = "home.internal", .self = town.self.node, .provisional = true});
  const auto show = [&](const NodeId& node) {
    while (!server.show({town.registry.presence(node, wall_now())})) std::this_thread::sleep_for(1ms);
  };
  for (const auto& device : town.devices) show(device.node);
  std::uint64_t seq = 1;
  for (auto due = std::chrono::steady_clock::now();; ++seq) {
    if (updates_a_second == 0) std::this_thread::sleep_for(1h);
    due += std::chrono::nanoseconds(1s) / std::max(updates_a_second, 1u);
    std::this_thread::sleep_until(due);
    // Even sequence numbers lead away, odd ones back: the bytes that are checked never change for most.
    const unsigned number = static_cast<unsigned>(seq / 2 % names_served) + 1;
    for (const auto& effect :
         town.hear(address_record(town.devices[number - 1], number, seq + 1, town.begun))) {
      if (const auto* changed = std::get_if<dns::Changed>(&effect))
        for (const auto& node : changed->nodes) show(node);
    }
  }
}

std::string ask_udp(std::uint16_t port, const std::string& query) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(port);
  const timeval patience{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to);
  ::send(fd, query.data(), query.size(), 0);
  std::string answer(65'536, '\0');
  const auto got = ::recv(fd, answer.data(), answer.size(), 0);
  ::close(fd);
  answer.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return answer;
}

std::string address_query(const std::string& name, std::uint16_t id) {
  std::string query{static_cast<char>(id >> 8), static_cast<char>(id), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  std::istringstream labels(name);
  for (std::string label; std::getline(labels, label, '.');)
    query.append(1, static_cast<char>(label.size())).append(label);
  return query.append({'\0', '\0', '\1', '\0', '\1'});
}

}  // namespace grapevine::bench
