// Real daemons on loopback: each with its own home, configuration and process, joined by invites through the
// command line as a person would. For live tests and benches. Everything a fleet started ends with it, by its
// process id, and by the kernel if the test cannot do it (process.hpp); its folder goes too. A daemon that
// does not end well takes the test with it. Ports are free ones.
#pragma once

#include "tests/live/process.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace grapevine::live {

struct HttpReply {
  int status = 0;  // 0: no connection
  std::string body;
  std::string header(const std::string& name) const;
  std::vector<std::pair<std::string, std::string>> headers;
};

class Fleet {
 public:
  /// Finds the programs beside the test (GRAPEVINE_BIN or the build's node folder). `configure` gives each
  /// device the TOML of its model and whatever else it needs. Founds and joins, in the role given, for only
  /// devices above a member vote from the first day; starts nobody. Throws std::runtime_error.
  Fleet(std::size_t devices, const std::function<std::string(std::size_t)>& configure,
        const std::string& role = "member");
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  std::size_t size() const { return devices_.size(); }
  std::string name(std::size_t device) const { return "device-" + std::to_string(device); }
  std::filesystem::path folder(std::size_t device) const { return devices_[device].folder; }

  /// Starts one and waits until it answers; throws with its log when it does not within 10 s.
  void start(std::size_t device);
  void start_all();
  /// Starts one and does not wait.
  void launch(std::size_t device);
  /// Waits until `viewer` believes as many devices alive as given, itself included; false when that takes too
  /// long.
  bool wait_alive(std::size_t viewer, std::size_t alive, std::chrono::milliseconds at_most) const;
  /// The same for devices of which it has heard that their models take calls.
  bool wait_willing(std::size_t viewer, std::size_t willing, std::chrono::milliseconds at_most) const;
  void signal(std::size_t device, int number) const;
  /// Waits for its end; the exit status, or 128 + the signal that ended it; -1 when it goes on.
  int wait_end(std::size_t device, std::chrono::milliseconds at_most);
  /// Asks it to end and waits; throws when it does not.
  void stop(std::size_t device);
  bool is_running(std::size_t device) const { return devices_[device].pid > 0; }
  pid_t process(std::size_t device) const { return devices_[device].pid; }

  HttpReply get(std::size_t device, const std::string& path) const;
  HttpReply post(std::size_t device, const std::string& path, const std::string& json) const;
  /// The same as the device's owner, who may change the mesh.
  HttpReply change(std::size_t device, const std::string& path, const std::string& json) const;
  /// A question to a model name, not streamed; the whole reply.
  HttpReply ask(std::size_t device, const std::string& question,
                const std::string& model = "grapevine") const;
  std::uint16_t api_port(std::size_t device) const { return devices_[device].api_port; }
  std::uint16_t mesh_port(std::size_t device) const { return devices_[device].mesh_port; }
  std::uint16_t join_port(std::size_t device) const { return devices_[device].join_port; }
  std::uint16_t dns_port(std::size_t device) const { return devices_[device].dns_port; }

  /// Runs `grapevine VERB...` as that device's owner, for a minute at most; the status is 124 then.
  struct Ran {
    int status;
    std::string out;
    std::string err;
  };
  Ran run(std::size_t device, const std::string& verb_and_arguments) const;

  std::size_t resident_kib(std::size_t device) const { return live::resident_kib(process(device)); }
  double cpu_seconds(std::size_t device) const { return live::cpu_seconds(process(device)); }
  std::string log(std::size_t device) const;

 private:
  struct Device {
    std::filesystem::path folder;
    std::uint16_t api_port = 0;
    std::uint16_t mesh_port = 0;
    std::uint16_t join_port = 0;
    std::uint16_t dns_port = 0;
    pid_t pid = 0;
  };
  std::filesystem::path program(const std::string& name) const;
  void found_and_join(const std::string& role);

  std::filesystem::path root_;
  std::vector<Device> devices_;
};

/// A port nobody listens on now, and no other test is given while this process runs.
std::uint16_t free_port();
/// Asks again every few milliseconds until `done`; whether it came to be in time.
bool wait_until(std::chrono::milliseconds at_most, const std::function<bool()>& done);

}  // namespace grapevine::live
