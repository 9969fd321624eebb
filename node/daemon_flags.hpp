// What was typed after `grapevined`: run a node, or one of the small tasks it also has. Only daemon_flags.cpp
// and node/cli know CLI11.
#pragma once

#include "node/config.hpp"

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace grapevine::node {

/// Run the node of a home.
struct Run {
  std::string config;
  std::string data;
  std::vector<Setting> settings;     // the other flags, as the configuration understands them
  char* const* arguments = nullptr;  // all that was typed, to become the next start
};
/// Say whether the configuration can be read.
struct CheckConfig {
  Run run;
};
/// Walk a store in this process, which may die of it.
struct CheckStore {
  std::filesystem::path folder;
};
/// Be the join port's process (join_server.hpp).
struct ServeJoin {
  std::string listen;
};
/// Print this and end with that status.
struct Say {
  std::string text;
  int status = 0;
};

using DaemonTask = std::variant<Run, CheckConfig, CheckStore, ServeJoin, Say>;

DaemonTask parse_daemon_flags(int count, char* const* arguments);

}  // namespace grapevine::node
