// The insides of a World, for the four files that are one: what it knows of each device, and what an event
// can be. Nobody else includes this.
#pragma once

#include "node/sim/clock.hpp"
#include "node/sim/world.hpp"

#include <deque>
#include <set>

namespace grapevine::node::sim {

/// A day in 2026.
inline constexpr WallTime wall_beginning{std::chrono::milliseconds(1'790'000'000'000)};

struct World::Node {
  NodeId id;
  std::optional<Signed<Certificate>> certificate;
  Random chance{0};

  // Its keys.
  std::uint32_t rot = 0;  // which of them signs
  std::vector<Bytes> chain = {};

  // Its disk, and what a fault may put in its place.
  std::unique_ptr<Disk> disk;
  std::unique_ptr<Disk> backup;
  Memory memory = Memory::kept;  // what the next life finds

  // Its process.
  std::unique_ptr<Core> core;  // absent while the process is down
  std::uint32_t life = 0;      // raised with every start: what was meant for an earlier life is ignored
  std::optional<Time> ended;   // the life before
  Time wake = never;
  std::set<moa::CallId> calls;        // running on its model
  std::vector<bool> admitted;         // whom it lets in, by index
  std::vector<bool> linked;           // whom its Core was told it is linked with, by index
  std::size_t links = 0;              // how many of them
  std::vector<Index> parted;          // with whom it ended its link ...
  Time parted_at{};                   // ... at this time
  gossip::Incarnation incarnation{};  // at its last step, in this life
  gossip::Incarnation spoken{};       // the highest of all lives

  // What befalls it.
  std::uint8_t place = 0;  // where it stands: a part of its address
  enum class Power : std::uint8_t { on, off } power = Power::on;
  Clock clock;
  Time paused_until{};   // in the past: it runs
  Time slow_until{};     // every input takes a while until then
  Time shaking_until{};  // its processor is busy with handshakes
  enum class Turn : std::uint8_t { none, due } turn = Turn::none;
  std::deque<Input> mailbox;  // what waits for its turn; frames: at most a high-water mark a peer
  std::map<NodeId, std::uint32_t> unread;  // frames in the mailbox, by peer
};

struct World::Event {
  struct Arrive {
    Index from;
    std::uint32_t connection;
    Bytes frame;
  };
  struct Dialled {
    Index other;
    gossip::Evidence failed;
    bool stands;
  };
  struct Ended {  // one side learns that a connection has
    Index other;
    std::uint32_t connection;  // none: it is gone already
  };
  struct Wake {};
  struct Turn {};  // a process comes to what has been waiting for it
  struct ModelSpeaks {
    moa::CallId call;
    std::string words;
  };
  struct ModelDone {
    moa::CallId call;
    std::string text;
  };
  struct Do {
    std::function<void(World&)> what;
  };

  Time at;
  std::uint64_t sequence;  // of two at one time, the earlier made comes first
  Index node;
  std::uint32_t life;
  std::variant<Arrive, Dialled, Ended, Wake, Turn, ModelSpeaks, ModelDone, Do> what;
};

struct World::Later {
  bool operator()(const Event& a, const Event& b) const {
    return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
  }
};

void World::schedule(Time at, Index node, std::uint32_t life, auto what) {
  heap_.push_back({at, sequence_++, node, life, std::move(what)});
  std::push_heap(heap_.begin(), heap_.end(), Later{});
}

}  // namespace grapevine::node::sim
