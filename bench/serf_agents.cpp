#include "bench/serf_agents.hpp"

#include "tests/live/fleet.hpp"

#include <csignal>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace grapevine::bench {

namespace {

constexpr std::size_t event_bytes = 64;
constexpr int listen_ms = 20;

std::string address() {
  return "127.0.0.1:" + std::to_string(live::free_port());
}

}  // namespace

SerfAgents::SerfAgents(std::size_t size, std::string profile) : Agents(size), profile_(std::move(profile)) {
  for (std::size_t i = 0; i < size; ++i) agents_.push_back({.bind = address(), .rpc = address()});
}

SerfAgents::~SerfAgents() {
  reset();
  for (const pid_t teller : tellers_) ::waitpid(teller, nullptr, 0);
}

bool SerfAgents::is_installed() {
  int status = 0;
  try {
    ::waitpid(live::spawn({"serf", "version"}, {}), &status, 0);
  } catch (const std::runtime_error&) {
    return false;
  }
  return status == 0;
}

void SerfAgents::start(std::size_t agent) {
  Agent& one = agents_[agent];
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("no room for a pipe");
  std::vector<std::string> words{"serf",
                                 "agent",
                                 "-node=n" + std::to_string(agent),
                                 "-bind=" + one.bind,
                                 "-rpc-addr=" + one.rpc,
                                 "-profile=" + profile_,
                                 "-log-level=debug"};
  // As often as it allows: agent 0 may not listen yet.
  if (agent > 0) words.insert(words.end(), {"-retry-join=" + agents_[0].bind, "-retry-interval=1s"});
  one.process = live::spawn(words, {.standard = ends[1], .error = ends[1]});
  ::close(ends[1]);
  if (one.log >= 0) ::close(one.log);
  one.log = ends[0];
  one.pending.clear();
}

void SerfAgents::leave(std::size_t agent) {
  ::kill(agents_[agent].process, SIGINT);
}

void SerfAgents::tell(std::size_t agent, const std::string& event) {
  tellers_.push_back(live::spawn({"serf", "event", "-coalesce=false", "-rpc-addr=" + agents_[agent].rpc,
                                  event, std::string(event_bytes - event.size(), 'x')},
                                 {}));
}

void SerfAgents::kill(std::size_t agent) {
  Agent& one = agents_[agent];
  if (one.process == 0) return;
  ::kill(one.process, SIGKILL);
  ::waitpid(one.process, nullptr, 0);
  one.process = 0;
}

void SerfAgents::reset() {
  for (std::size_t i = 0; i < size(); ++i) kill(i);
}

std::string SerfAgents::line_of(Sign sign, std::size_t about) const {
  const char* change = sign == Sign::up ? "Join" : sign == Sign::failed ? "Failed" : "Leave";
  return std::string("EventMember") + change + ": n" + std::to_string(about) + " ";
}

std::string SerfAgents::line_of_told(std::size_t, const std::string& event) const {
  return "Requesting user event send: " + event + ".";
}

std::string SerfAgents::line_of_heard(std::size_t, const std::string& event) const {
  return "messageUserEventType: " + event;
}

void SerfAgents::listen() {
  std::vector<pollfd> polled;
  for (const Agent& agent : agents_) polled.push_back({agent.log, POLLIN, 0});  // poll skips a log of -1
  ::poll(polled.data(), polled.size(), listen_ms);
  for (std::size_t i = 0; i < size(); ++i)
    if (polled[i].revents != 0) read_log(i);
  std::erase_if(tellers_, [](pid_t teller) { return ::waitpid(teller, nullptr, WNOHANG) == teller; });
}

void SerfAgents::read_log(std::size_t agent) {
  Agent& one = agents_[agent];
  const Moment now = moment();
  char buffer[16'384];
  const auto got = ::read(one.log, buffer, sizeof buffer);
  if (got <= 0) {
    ::close(std::exchange(one.log, -1));
    return;
  }
  one.pending.append(buffer, static_cast<std::size_t>(got));
  for (std::size_t end = 0; (end = one.pending.find('\n')) != std::string::npos;) {
    add_line(agent, one.pending.substr(0, end), now);
    one.pending.erase(0, end + 1);
  }
}

}  // namespace grapevine::bench
