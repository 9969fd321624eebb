// Why a member is believed to be what it is, in words: for the log, one line a change, and for people who
// ask. Alive and left are a node's own word; suspect and dead are the word of accusers, each with its
// evidence.
#pragma once

#include "gossip/gossip.hpp"

#include <string>

namespace grapevine::node {

/// "its own word, incarnation 4, at 10.0.0.7:4781", or "silent, says pi-4 and 1 more, incarnation 4".
/// `accuser` is what to call the first of the accusers.
std::string reason(const gossip::MemberView& member, const std::string& accuser);

}  // namespace grapevine::node
