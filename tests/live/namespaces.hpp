// A switch with cables, made of network namespaces: one for the switch (a bridge), one for each device, and
// a veth pair between. Only the calling thread enters a namespace, and what it starts there stays there.
// Everything goes with the object: a namespace ends with its last descriptor and process. Needs the rights of
// a network administrator, or a user namespace in which to have them. Source: namespaces(7), veth(4).
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace grapevine::live {

class Switch {
 public:
  /// Why there can be no namespaces here; nullopt when there can. Leaves the machine's own network for good,
  /// and becomes root in a user namespace if it must: to be called first, before threads are made.
  static std::optional<std::string> why_impossible();

  /// Cables as many devices as given to a switch; each has `eth0`, without an address. Throws
  /// std::runtime_error.
  explicit Switch(std::size_t devices);
  ~Switch();
  Switch(const Switch&) = delete;
  Switch& operator=(const Switch&) = delete;

  /// The calling thread is inside until this goes.
  class Inside {
   public:
    explicit Inside(int space);
    ~Inside();
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

   private:
    int outside_;
  };
  [[nodiscard]] Inside enter(std::size_t device) const { return Inside(spaces_[device]); }
  [[nodiscard]] Inside enter_switch() const { return Inside(switch_); }

  /// Replaces the address of a device: "10.77.0.1/24".
  void give_address(std::size_t device, const std::string& address) const;
  /// The cable between a device and the switch.
  void pull(std::size_t device) const;
  void put_back(std::size_t device) const;
  /// Two devices that no longer reach each other, while all others reach both (bridge(8), isolated).
  void part(std::size_t one, std::size_t other) const;
  void reunite(std::size_t one, std::size_t other) const;

 private:
  int switch_ = -1;
  std::vector<int> spaces_;
};

}  // namespace grapevine::live
