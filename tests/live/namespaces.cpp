#include "tests/live/namespaces.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace grapevine::live {

namespace {

void must(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what + ": " + std::strerror(errno));
}

void run(const std::string& command) {
  if (std::system((command + " 2>&1").c_str()) != 0) throw std::runtime_error("failed: " + command);
}

int this_space() {
  // Not closed for programs: ip reads it from /proc/self/fd.
  const int space = ::open("/proc/thread-self/ns/net", O_RDONLY);
  must(space >= 0, "cannot hold the network namespace");
  return space;
}

int new_space() {
  const int before = this_space();
  must(::unshare(CLONE_NEWNET) == 0, "no new network namespace");
  const int made = this_space();
  run("ip link set dev lo up");
  must(::setns(before, CLONE_NEWNET) == 0, "cannot go back");
  ::close(before);
  return made;
}

std::string cable(std::size_t device) {
  return "cable" + std::to_string(device);
}

// An ordinary user is root in a user namespace of its own, where the system lets it make one.
bool become_root_inside() {
  const auto user = std::to_string(::geteuid());
  const auto group = std::to_string(::getegid());
  if (::unshare(CLONE_NEWUSER) != 0) return false;
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << "0 " + user + " 1";
  std::ofstream("/proc/self/gid_map") << "0 " + group + " 1";
  return ::geteuid() == 0;
}

}  // namespace

std::optional<std::string> Switch::why_impossible() {
  if (std::system("ip -V >/dev/null 2>&1") != 0) return "there is no ip";
  if (::geteuid() != 0 && !become_root_inside()) return "no rights to make a network namespace";
  if (::unshare(CLONE_NEWNET) != 0) return std::string("no network namespace: ") + std::strerror(errno);
  const bool has_parts = std::system(
                             "ip link add name br0 type bridge >/dev/null 2>&1 && "
                             "ip link add name a type veth peer name b >/dev/null 2>&1") == 0;
  if (!has_parts) return "the kernel has no bridge or no veth";
  return std::nullopt;
}

Switch::Switch(std::size_t devices) : switch_(new_space()) {
  for (std::size_t i = 0; i < devices; ++i) spaces_.push_back(new_space());
  const auto inside = enter_switch();
  run("ip link add name br0 type bridge");
  run("ip link set dev br0 up");
  for (std::size_t i = 0; i < devices; ++i) {
    run("ip link add name " + cable(i) + " type veth peer name eth0 netns /proc/self/fd/" +
        std::to_string(spaces_[i]));
    run("ip link set dev " + cable(i) + " master br0");
    put_back(i);
    const auto at_device = enter(i);
    run("ip link set dev eth0 up");
  }
}

Switch::~Switch() {
  for (const int space : spaces_) ::close(space);
  ::close(switch_);
}

Switch::Inside::Inside(int space) : outside_(this_space()) {
  must(::setns(space, CLONE_NEWNET) == 0, "cannot enter a network namespace");
}

Switch::Inside::~Inside() {
  if (::setns(outside_, CLONE_NEWNET) != 0) std::abort();
  ::close(outside_);
}

void Switch::give_address(std::size_t device, const std::string& address) const {
  const auto inside = enter(device);
  run("ip address flush dev eth0");
  run("ip address add " + address + " broadcast + dev eth0");
}

void Switch::pull(std::size_t device) const {
  const auto inside = enter_switch();
  run("ip link set dev " + cable(device) + " down");
}

void Switch::put_back(std::size_t device) const {
  const auto inside = enter_switch();
  run("ip link set dev " + cable(device) + " up");
}

void Switch::part(std::size_t one, std::size_t other) const {
  const auto inside = enter_switch();
  for (const auto device : {one, other})
    run("ip link set dev " + cable(device) + " type bridge_slave isolated on");
}

void Switch::reunite(std::size_t one, std::size_t other) const {
  const auto inside = enter_switch();
  for (const auto device : {one, other})
    run("ip link set dev " + cable(device) + " type bridge_slave isolated off");
}

}  // namespace grapevine::live
