#include "node/cli/verbs.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <unistd.h>

namespace grapevine::node::cli {

// The daemon beside this program is of the same build; PATH comes second.
Outcome run(const Up& verb, const Shared& shared) {
  std::vector<std::string> words{"grapevined"};
  const auto pass = [&](const char* flag, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {flag, value});
  };
  pass("--config", shared.config);
  pass("--data", shared.data);
  pass("--listen", verb.listen);
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  std::error_code ignored;
  const auto beside = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "grapevined";
  if (std::filesystem::exists(beside, ignored)) ::execv(beside.c_str(), arguments.data());
  ::execvp(words.front().c_str(), arguments.data());
  return Failure{Exit::failed, "no_daemon", std::string("cannot start grapevined: ") + std::strerror(errno),
                 "put it beside grapevine or into PATH"};
}

}  // namespace grapevine::node::cli
