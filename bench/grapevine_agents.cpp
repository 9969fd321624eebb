#include "bench/grapevine_agents.hpp"

#include <csignal>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <nlohmann/json.hpp>

namespace grapevine::bench {

namespace {

constexpr std::size_t short_name_letters = 8;  // of a node's id, in log lines
constexpr std::size_t event_bytes = 64;

}  // namespace

GrapevineAgents::GrapevineAgents(std::size_t size)
    : Agents(size),
      fleet_(size, [this](std::size_t) { return recordings_.model("instant", {"Yes."}); }),
      read_(size) {
  kill(0);  // it let the others in
  for (std::size_t i = 0; i < size; ++i)
    std::filesystem::copy(fleet_.folder(i) / "home", fleet_.folder(i) / "first-day",
                          std::filesystem::copy_options::recursive);
  for (std::size_t i = 0; i < size; ++i) {
    fleet_.start(i);
    const auto status = nlohmann::json::parse(fleet_.get(i, "/api/mesh/status").body);
    short_names_.push_back(status.at("node").get<std::string>().substr(0, short_name_letters));
  }
  reset();
}

void GrapevineAgents::leave(std::size_t agent) {
  fleet_.signal(agent, SIGTERM);
}

void GrapevineAgents::tell(std::size_t agent, const std::string& event) {
  const auto ran = fleet_.run(agent, "event " + event + " " + std::string(event_bytes - event.size(), 'x'));
  if (ran.status != 0) throw std::runtime_error("grapevine event: " + ran.err);
}

void GrapevineAgents::kill(std::size_t agent) {
  if (!fleet_.is_running(agent)) return;
  fleet_.signal(agent, SIGKILL);
  fleet_.wait_end(agent, 5s);
}

void GrapevineAgents::reset() {
  for (std::size_t i = 0; i < size(); ++i) kill(i);
  for (std::size_t i = 0; i < size(); ++i) {
    std::filesystem::remove_all(fleet_.folder(i) / "home");
    std::filesystem::copy(fleet_.folder(i) / "first-day", fleet_.folder(i) / "home",
                          std::filesystem::copy_options::recursive);
  }
}

std::string GrapevineAgents::line_of(Sign sign, std::size_t about) const {
  const char* state = sign == Sign::up ? "alive" : sign == Sign::failed ? "dead" : "left";
  return " member about=" + short_names_[about] + " " + state;
}

std::string GrapevineAgents::line_of_told(std::size_t agent, const std::string& event) const {
  return line_of_heard(agent, event);  // who tells is the first to hear
}

std::string GrapevineAgents::line_of_heard(std::size_t from, const std::string& event) const {
  return " event about=" + short_names_[from] + " " + event;
}

void GrapevineAgents::listen() {
  std::this_thread::sleep_for(20ms);
  for (std::size_t i = 0; i < size(); ++i) {
    std::ifstream log(fleet_.folder(i) / "log");
    log.seekg(static_cast<std::streamoff>(read_[i]));
    for (std::string line;
         std::getline(log, line) && !log.eof();) {  // a line without its end is not whole yet
      read_[i] += line.size() + 1;
      add_line(i, std::move(line), moment());
    }
  }
}

}  // namespace grapevine::bench
