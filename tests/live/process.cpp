#include "tests/live/process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace grapevine::live {

namespace {

// Only calls that are safe after a fork in a program with threads; the number is why it failed.
int become(char* const* words, Output output, pid_t parent, int failure) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it ended before the line above
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(nowhere, STDIN_FILENO);
  ::dup2(output.standard < 0 ? nowhere : output.standard, STDOUT_FILENO);
  ::dup2(output.error < 0 ? nowhere : output.error, STDERR_FILENO);
  ::execvp(words[0], words);
  const int why = errno;
  [[maybe_unused]] const auto told = ::write(failure, &why, sizeof why);
  ::_exit(127);
}

std::string of_process(pid_t process, const std::string& file) {
  return read_file("/proc/" + std::to_string(process) + "/" + file);
}

std::size_t status_kib(pid_t process, const std::string& name) {
  std::istringstream status(of_process(process, "status"));
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name + ":")) return std::stoul(line.substr(name.size() + 1));
  return 0;
}

}  // namespace

pid_t spawn(const std::vector<std::string>& words, Output output) {
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  for (auto& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int failure[2] = {-1, -1};
  if (::pipe2(failure, O_CLOEXEC) != 0) throw std::runtime_error("no room for a pipe");
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) become(arguments.data(), output, parent, failure[1]);
  ::close(failure[1]);
  int why = 0;
  const bool failed = child < 0 || ::read(failure[0], &why, sizeof why) > 0;
  ::close(failure[0]);
  if (!failed) return child;
  if (child > 0) ::waitpid(child, nullptr, 0);
  throw std::runtime_error("cannot start " + words.front());
}

std::size_t resident_kib(pid_t process) {
  return status_kib(process, "VmRSS");
}

Resident resident(pid_t process) {
  return {.anonymous_kib = status_kib(process, "RssAnon"), .file_kib = status_kib(process, "RssFile")};
}

double cpu_seconds(pid_t process) {
  const std::string stat = of_process(process, "stat");
  std::istringstream fields(stat.substr(std::min(stat.size(), stat.rfind(')') + 2)));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::size_t loopback_bytes(pid_t process) {
  std::istringstream devices(of_process(process, "net/dev"));
  for (std::string line; std::getline(devices, line);) {
    const auto begin = line.find("lo:");
    if (begin != std::string::npos) return std::stoul(line.substr(begin + 3));  // received: what was sent
  }
  return 0;
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace grapevine::live
