#include "tests/live/stubs/stub_process.hpp"

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace grapevine::stub {
namespace {

/// What a child writes until the first line break.
std::string read_line(int from) {
  std::string line;
  char c = 0;
  while (::read(from, &c, 1) == 1 && c != '\n') line.push_back(c);
  return line;
}

}  // namespace

StubProcess::StubProcess(std::vector<std::string> flags) {
  flags.insert(flags.begin(), MODEL_STUB);
  std::vector<char*> words;
  for (auto& flag : flags) words.push_back(flag.data());
  words.push_back(nullptr);

  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe for the model stub");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  const int failed = ::posix_spawn(&process_, MODEL_STUB, &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  const auto line = failed == 0 ? read_line(ends[0]) : std::string();
  ::close(ends[0]);
  if (!line.starts_with("port ")) throw std::runtime_error("the model stub did not start");
  port_ = static_cast<std::uint16_t>(std::strtoul(line.c_str() + 5, nullptr, 10));
}

StubProcess::~StubProcess() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

std::string StubProcess::url() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

}  // namespace grapevine::stub
