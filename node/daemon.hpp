// A node from its configuration to its last word: what is read, opened and started, in which order, and what
// each part is given. Everything here happens once; what happens afterwards is Loop's.
#pragma once

#include "node/daemon_flags.hpp"

namespace grapevine::node {

/// The exit status: 0 after goodbye, 1 when the node cannot start, 2 when the configuration is wrong, 130
/// when a second signal came. Whatever keeps the node from starting is one line on stderr.
int run_node(const Run& run);
/// 0, or 2 with the place and the rule on stderr.
int check_config(const Run& run);

}  // namespace grapevine::node
