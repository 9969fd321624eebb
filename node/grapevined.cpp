// The daemon: what was typed, and the task it names. What a node is made of stands in daemon.cpp.
#include "crypto/match.hpp"
#include "dns/lmdb_check.hpp"
#include "node/daemon.hpp"
#include "node/join_server.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <malloc.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace {

using namespace grapevine;
using namespace grapevine::node;

// Each connection is a descriptor, and out of them ZeroMQ spins and serves nobody.
void raise_descriptor_limit() {
  constexpr rlim_t wanted = 4'096;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int say(const Say& task) {
  std::fputs(task.text.c_str(), task.status == 0 ? stdout : stderr);
  return task.status;
}

}  // namespace

int main(int count, char** arguments) {
  ::umask(077);               // of the files a node makes, the index holds passages of its owner's documents
  ::mallopt(M_ARENA_MAX, 2);  // an arena for each thread would cost more than all of them use
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  start_crypto();
  return match(
      parse_daemon_flags(count, arguments), [](const Run& task) { return run_node(task); },
      [](const CheckConfig& task) { return check_config(task.run); },
      [](const CheckStore& task) { return dns::check_store(task.folder); },
      [](const ServeJoin& task) { return serve_join(task.listen); },
      [](const Say& task) { return say(task); });
}
