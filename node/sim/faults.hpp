// What goes wrong, as data: a Plan is a list of faults, each with the virtual time at which it strikes. Its
// text form has one fault a line, the time in seconds first, then the fault, whom it strikes, and for how
// long; nodes are numbered from 0, shares count along those numbers, and `#` begins a remark:
//
//     12.5 pause 7 4.0             # process 7 stands still for four seconds
//     20 partition 0-24,30 30      # these 26 and the others do not hear each other for 30 s
//     60 crash 50%-75% kept        # a quarter of the processes is killed, in a mesh of any size
//
// Each fault names its word, its form and its fields once; reading, printing and checking follow from that.
// (Faults of TigerBeetle's VOPR and FoundationDB's simulation, as far as TCP knows them.)
#pragma once

#include "crypto/result.hpp"
#include "crypto/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

namespace grapevine::node::sim {

using Index = std::uint32_t;  // of a node in its World
using Nodes = std::vector<Index>;

/// What a process finds when it starts again: everything, what was there 20 s before the crash, or nothing
/// but its keys.
enum class Memory : std::uint8_t { kept, old, none };

/// Processes are killed: their connections end, what is in flight is lost.
struct Crash {
  static constexpr std::string_view word = "crash", form = "NODES kept|old|none";
  static auto fields(auto& self) { return std::tie(self.nodes, self.memory); }
  Nodes nodes;
  Memory memory = Memory::kept;
};
/// Those of these processes that are down start again.
struct Restart {
  static constexpr std::string_view word = "restart", form = "NODES";
  static auto fields(auto& self) { return std::tie(self.nodes); }
  Nodes nodes;
};
/// Processes say goodbye and end.
struct Leave {
  static constexpr std::string_view word = "leave", form = "NODES";
  static auto fields(auto& self) { return std::tie(self.nodes); }
  Nodes nodes;
};
/// The process stands still (SIGSTOP, a lid closed); its kernel still takes connections.
struct Pause {
  static constexpr std::string_view word = "pause", form = "NODE SECONDS";
  static auto fields(auto& self) { return std::tie(self.node, self.span); }
  Index node = 0;
  Duration span{};
};
/// Devices are without power: nobody is told, their connections are half-open until the others' kernels end
/// them.
struct PowerCut {
  static constexpr std::string_view word = "power-cut", form = "NODES";
  static auto fields(auto& self) { return std::tie(self.nodes); }
  Nodes nodes;
};
/// The connection of two nodes is reset.
struct Reset {
  static constexpr std::string_view word = "reset", form = "NODE NODE";
  static auto fields(auto& self) { return std::tie(self.one, self.other); }
  Index one = 0;
  Index other = 0;
};
/// Nothing passes between these nodes and the others; TCP keeps trying.
struct Partition {
  static constexpr std::string_view word = "partition", form = "NODES SECONDS";
  static auto fields(auto& self) { return std::tie(self.island, self.span); }
  Nodes island;
  Duration span{};
};
/// Nothing passes from these nodes to the others; they still hear.
struct OneWay {
  static constexpr std::string_view word = "one-way", form = "NODES SECONDS";
  static auto fields(auto& self) { return std::tie(self.muted, self.span); }
  Nodes muted;
  Duration span{};
};
/// Between two nodes nothing passes and nothing is lost.
struct ClogLink {
  static constexpr std::string_view word = "clog", form = "NODE NODE SECONDS";
  static auto fields(auto& self) { return std::tie(self.one, self.other, self.span); }
  Index one = 0;
  Index other = 0;
  Duration span{};
};
/// The same between one node and everybody.
struct ClogNode {
  static constexpr std::string_view word = "clog-node", form = "NODE SECONDS";
  static auto fields(auto& self) { return std::tie(self.node, self.span); }
  Index node = 0;
  Duration span{};
};
/// These nodes are clogged one after the other, and freed one after the other in another order.
struct Swizzle {
  static constexpr std::string_view word = "swizzle", form = "NODES SECONDS";
  static auto fields(auto& self) { return std::tie(self.nodes, self.span); }
  Nodes nodes;
  Duration span{};
};
/// The share of messages that stall, from now on.
struct Stalls {
  static constexpr std::string_view word = "stalls", form = "SHARE";
  static auto fields(auto& self) { return std::tie(self.share); }
  double share = 0;
};
/// A node's wall clock is wrong by this much, from now on.
struct WallOff {
  static constexpr std::string_view word = "wall", form = "NODE SECONDS";
  static auto fields(auto& self) { return std::tie(self.node, self.by); }
  Index node = 0;
  Duration by{};
};
/// A node's clock gains this many parts in a million, from now on.
struct Drift {
  static constexpr std::string_view word = "drift", form = "NODE PPM";
  static auto fields(auto& self) { return std::tie(self.node, self.parts_per_million); }
  Index node = 0;
  int parts_per_million = 0;
};
/// A process takes ten times as long for everything.
struct Slow {
  static constexpr std::string_view word = "slow", form = "NODE SECONDS";
  static auto fields(auto& self) { return std::tie(self.node, self.span); }
  Index node = 0;
  Duration span{};
};

using Fault = std::variant<Crash, Restart, Leave, Pause, PowerCut, Reset, Partition, OneWay, ClogLink,
                           ClogNode, Swizzle, Stalls, WallOff, Drift, Slow>;

struct Planned {
  Duration at{};  // since the faults began
  Fault fault;
};
using Plan = std::vector<Planned>;

/// Reads a plan for a mesh of so many nodes. An error names the line, the rule and the remedy.
Result<Plan> read_plan(std::string_view text, std::size_t nodes);

/// One fault a line; read_plan gives the same plan back.
std::string to_text(const Plan& plan);

}  // namespace grapevine::node::sim
