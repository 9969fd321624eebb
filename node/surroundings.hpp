// What the rim alone knows of a node's place in the world: by which of its addresses it is called, what is
// heard on its own networks, what the system leaves it, what it went without at its start. Copied on the
// loop's thread for people who ask; plain values, so that what is said about them can be tested without a
// socket.
#pragma once

#include "gossip/message.hpp"
#include "node/descriptors.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace grapevine::node {

/// Where a fellow member's beacon came from.
struct BeaconHeard {
  NodeId node;
  gossip::Contact contact;
  Duration ago{};
};

struct Discovery {
  std::string off_because = {};         // empty: it is on
  bool failed = false;                  // off, although it was wanted
  std::size_t networks = 0;             // with a cable in, on which we speak
  std::vector<BeaconHeard> heard = {};  // within a minute
};

/// What this node wanted at its start and goes without; empty: it has it, or was told not to want it.
struct Lacks {
  std::string model = {};  // why there is none
  std::string dns = {};    // where names should be answered
};

struct Surroundings {
  bool loopback = false;                         // only this computer is meant to reach us
  std::uint16_t mesh_port = 0;                   // TCP
  gossip::Contact contact = {};                  // where we can be reached now
  std::map<NodeId, std::string> called_at = {};  // members that called us and stay, by which address of ours
  Discovery discovery = {};
  Descriptors descriptors = {};
  Lacks lacks = {};
  std::vector<std::filesystem::path> stores_set_aside = {};  // damaged ones, until somebody removes them
  std::optional<std::string> join_obstacle = {};             // why newcomers could not knock
};

/// Only the loop's thread may call it: as part of an errand.
using LookAround = std::function<Surroundings(Time now)>;

}  // namespace grapevine::node
