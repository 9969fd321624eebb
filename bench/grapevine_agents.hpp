// Our own daemons as agents of a bench: a fleet whose homes are put back to the day each had just joined
// through device 0 and knew nobody else.
#pragma once

#include "bench/agents.hpp"
#include "tests/live/fleet.hpp"
#include "tests/live/recordings.hpp"

namespace grapevine::bench {

class GrapevineAgents final : public Agents {
 public:
  explicit GrapevineAgents(std::size_t size);

  pid_t process(std::size_t agent) const override { return fleet_.process(agent); }
  void start(std::size_t agent) override { fleet_.launch(agent); }
  void leave(std::size_t agent) override;
  void tell(std::size_t agent, const std::string& event) override;
  void kill(std::size_t agent) override;
  void reset() override;
  std::string line_of(Sign sign, std::size_t about) const override;
  std::string line_of_told(std::size_t agent, const std::string& event) const override;
  std::string line_of_heard(std::size_t from, const std::string& event) const override;

 private:
  void listen() override;

  live::Recordings recordings_;
  live::Fleet fleet_;
  std::vector<std::string> short_names_;
  std::vector<std::size_t> read_;  // bytes of each log
};

}  // namespace grapevine::bench
