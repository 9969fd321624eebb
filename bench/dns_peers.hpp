// The DNS servers others use, serving the same ten thousand names with one worker: knotd and nsd, which do
// nothing but this, and unbound, which most routers run. And our own, as a process like them, with a registry
// behind it that can be made to change.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace grapevine::bench {

inline constexpr unsigned names_served = 10'000;

/// A server that runs from here to its end.
class DnsPeer {
 public:
  /// knotd, nsd, unbound, or grapevine with so many registry updates a second. Throws std::runtime_error when
  /// it is not installed or does not answer within a minute.
  DnsPeer(std::string kind, unsigned updates = 0);
  ~DnsPeer();
  DnsPeer(const DnsPeer&) = delete;
  DnsPeer& operator=(const DnsPeer&) = delete;

  std::uint16_t port() const { return port_; }
  /// Of all its processes.
  double cpu_seconds() const;
  double resident_mib() const;

 private:
  std::vector<std::string> words(unsigned updates) const;

  std::string kind_;
  std::uint16_t port_;
  std::filesystem::path folder_;
  pid_t process_ = 0;
};

/// The part of grapevine: serves on that port until it is ended.
int serve_names(std::uint16_t port, unsigned updates_a_second);

/// One question by UDP, and what came back within a second; empty: nothing.
std::string ask_udp(std::uint16_t port, const std::string& query);
/// A query for the address of a name.
std::string address_query(const std::string& name, std::uint16_t id);

}  // namespace grapevine::bench
