// Membership agents of one kind as a bench sees them: processes on loopback, known only by what they log. The
// bench acts (starts, kills, tells) and then reads from the logs when each agent knew; agents that stamp
// their lines to the microsecond are believed, lines without such a stamp get the time at which they came
// out.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace grapevine::bench {

using namespace std::chrono_literals;

using Moment = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;
inline Moment moment() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// What one agent may say of another.
enum class Sign { up, failed, left };

class Agents {
 public:
  explicit Agents(std::size_t size) : lines_(size) {}
  Agents(const Agents&) = delete;
  Agents& operator=(const Agents&) = delete;
  virtual ~Agents() = default;

  std::size_t size() const { return lines_.size(); }
  virtual pid_t process(std::size_t agent) const = 0;
  /// Starts one, which knows agent 0 and whom it met before; does not wait.
  virtual void start(std::size_t agent) = 0;
  /// Asks one to say goodbye and to end; does not wait.
  virtual void leave(std::size_t agent) = 0;
  /// Has one tell all the others something of 64 bytes.
  virtual void tell(std::size_t agent, const std::string& event) = 0;
  /// Kills one, if it has not ended yet, and waits for its end.
  virtual void kill(std::size_t agent) = 0;
  /// Kills all, and lets them forget whom they met, agent 0 excepted.
  virtual void reset() = 0;

  /// How a line of the log ends or continues that says this.
  virtual std::string line_of(Sign sign, std::size_t about) const = 0;
  virtual std::string line_of_told(std::size_t agent, const std::string& event) const = 0;
  virtual std::string line_of_heard(std::size_t from, const std::string& event) const = 0;

  /// When an agent first said this, since the last forget_lines().
  std::optional<Moment> said(std::size_t agent, const std::string& text) const;
  void forget_lines();
  /// Reads logs until `done` or time is over; whether it came to be.
  bool listen_until(const std::function<bool()>& done, std::chrono::milliseconds at_most);
  void listen_for(std::chrono::milliseconds span) {
    listen_until([] { return false; }, span);
  }

 protected:
  /// Takes in what the logs have said, waiting for it a few milliseconds at most.
  virtual void listen() = 0;
  void add_line(std::size_t agent, std::string text, Moment read_at);

 private:
  struct Line {
    Moment at;
    std::string text;
  };
  std::vector<std::vector<Line>> lines_;
};

}  // namespace grapevine::bench
