// Debian's serf as agents of a bench. Its log stamps whole seconds, so its lines are read from pipes as they
// come out. At log level debug it says when a user event has arrived; the events it would hand to scripts
// wait for others to be handed over with.
#pragma once

#include "bench/agents.hpp"

namespace grapevine::bench {

class SerfAgents final : public Agents {
 public:
  /// `profile` is serf's own: lan, wan or local.
  SerfAgents(std::size_t size, std::string profile);
  ~SerfAgents() override;

  static bool is_installed();

  pid_t process(std::size_t agent) const override { return agents_[agent].process; }
  void start(std::size_t agent) override;
  void leave(std::size_t agent) override;
  void tell(std::size_t agent, const std::string& event) override;
  void kill(std::size_t agent) override;
  void reset() override;
  std::string line_of(Sign sign, std::size_t about) const override;
  std::string line_of_told(std::size_t agent, const std::string& event) const override;
  std::string line_of_heard(std::size_t from, const std::string& event) const override;

 private:
  struct Agent {
    std::string bind;
    std::string rpc;
    pid_t process = 0;
    int log = -1;
    std::string pending = {};  // of a line that has not ended
  };
  void listen() override;
  void read_log(std::size_t agent);

  std::string profile_;
  std::vector<Agent> agents_;
  std::vector<pid_t> tellers_;
};

}  // namespace grapevine::bench
