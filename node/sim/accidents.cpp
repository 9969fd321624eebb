#include "crypto/match.hpp"
#include "node/sim/world_parts.hpp"

namespace grapevine::node::sim {
namespace {

constexpr Duration backup_age = 20s;   // of an old disk
constexpr Duration leaving_most = 5s;  // a process that says goodbye has ended by then
constexpr Duration slow_step = 10ms;   // of a process ten times as slow as a busy one
constexpr Duration late = 1s;          // node/loop looks at the clock first when it is later than this

std::vector<bool> marked(const Nodes& nodes, std::size_t size) {
  std::vector<bool> marks(size);
  for (const Index node : nodes) marks[node] = true;
  return marks;
}

std::vector<bool> others(std::vector<bool> marks) {
  marks.flip();
  return marks;
}

}  // namespace

void World::obey(const Plan& plan, Time begin) {
  for (const auto& [after, fault] : plan) {
    const Time when = begin + after;
    const auto* crash = std::get_if<Crash>(&fault);
    if (crash && crash->memory == Memory::old)
      at(std::max(now_, when - backup_age), [nodes = crash->nodes](World& world) {
        for (const Index node : nodes) world.back_up(node);
      });
    at(when, [fault = fault](World& world) { world.strike(fault); });
  }
}

void World::strike(const Fault& fault) {
  if (is_calm_ && !std::holds_alternative<Restart>(fault)) return;
  const std::size_t n = nodes_.size();
  using Kind = Network::Barrier::Kind;
  match(
      fault,
      [&](const Crash& one) {
        for (const Index node : one.nodes) crash(node, one.memory);
      },
      [&](const Restart& one) {
        for (const Index node : one.nodes) restart(node);
      },
      [&](const Leave& one) {
        for (const Index node : one.nodes) end_politely(node);
      },
      [&](const PowerCut& one) {
        for (const Index node : one.nodes) cut_power(node);
      },
      [&](const Pause& one) { pause(one.node, one.span); },
      [&](const Reset& one) { end_connection(one.one, one.other); },
      [&](const Partition& one) { isolate(one.island, one.span, Kind::cut); },
      [&](const OneWay& one) {
        const auto muted = marked(one.muted, n);
        block_for(one.span, {.from = muted, .to = others(muted)});
      },
      [&](const ClogLink& one) {
        for (const auto& [from, to] : {std::pair{one.one, one.other}, std::pair{one.other, one.one}})
          block_for(one.span, {.from = marked({from}, n), .to = marked({to}, n), .kind = Kind::clog});
      },
      [&](const ClogNode& one) { isolate({one.node}, one.span, Kind::clog); },
      [&](const Swizzle& one) { swizzle(one); }, [&](const Stalls& one) { network_.set_stalls(one.share); },
      [&](const WallOff& one) { nodes_[one.node].clock.wall_off = one.by; },
      [&](const Drift& one) { nodes_[one.node].clock.drift(one.parts_per_million, now_); },
      [&](const Slow& one) { nodes_[one.node].slow_until = now_ + one.span; });
}

void World::calm() {
  is_calm_ = true;
  heal();
  network_.set_stalls(0);
  for (Index i = 0; i < nodes_.size(); ++i) {
    Node& node = nodes_[i];
    node.slow_until = now_;
    node.clock.wall_off = {};
    node.clock.drift(0, now_);
    if (is_paused(i)) resume(i);
  }
}

void World::crash(Index index, Memory memory) {
  Node& node = nodes_[index];
  if (!node.core) return;
  node.spoken = spoken(index);
  node.incarnation = 0;
  node.core.reset();
  node.ended = now_;
  node.paused_until = now_;
  node.mailbox.clear();
  node.unread.clear();
  node.memory = memory;
  if (memory != Memory::kept) node.disk = std::make_unique<Disk>(platter_);
  if (memory == Memory::old && node.backup) *node.disk = *node.backup;
  abandon_connections(index);
  for (auto& [query, outcome] : outcomes_)  // nobody is left who could answer its people
    if (outcome.origin == index && !outcome.ended) outcome.ended = now_;
}

void World::restart(Index index) {
  if (!is_up(index)) start(index);
}

void World::move(Index index) {
  crash(index);
  ++nodes_[index].place;
  restart(index);
}

void World::end_politely(Index index) {
  leave(index);
  at(now_ + leaving_most, [index, life = life(index)](World& world) {
    if (world.life(index) == life) world.crash(index);
  });
}

void World::cut_power(Index index) {
  nodes_[index].power = Node::Power::off;
  crash(index);
}

void World::back_up(Index index) {
  nodes_[index].backup = std::make_unique<Disk>(*nodes_[index].disk);
}

bool World::is_paused(Index index) const {
  return now_ < nodes_[index].paused_until;
}

void World::pause(Index index, Duration span) {
  Node& node = nodes_[index];
  if (!node.core || is_paused(index)) return;
  node.paused_until = now_ + span;
  const auto still = [index, life = node.life, until = node.paused_until](const World& world) {
    const Node& then = world.nodes_[index];
    return then.core && then.life == life && then.paused_until == until;
  };
  at(node.paused_until, [index, still](World& world) {
    if (still(world)) world.resume(index);
  });
  if (span <= Network::mute_most) return;
  at(now_ + Network::mute_most, [index, still](World& world) {  // nobody answers the heartbeats
    if (!still(world)) return;
    for (const Index other : world.network_.neighbours(index)) world.end_connection(index, other);
  });
}

/// As node/loop does: a process that slept looks at the clock before it reads what has come meanwhile.
void World::resume(Index index) {
  Node& node = nodes_[index];
  node.paused_until = now_;
  if (node.core->deadline() + late < node.clock.read(now_)) step(index, Tick{});
  plan_turn(index);
}

/// A slow process takes a while for each input, one that has slept reads them all at once.
void World::plan_turn(Index index) {
  Node& node = nodes_[index];
  if (is_paused(index) || node.turn == Node::Turn::due) return;
  node.turn = Node::Turn::due;
  schedule(now_ < node.slow_until ? now_ + slow_step : now_, index, node.life, Event::Turn{});
}

void World::take_turn(Index index) {
  Node& node = nodes_[index];
  node.turn = Node::Turn::none;
  if (is_paused(index)) return;
  if (!node.mailbox.empty()) {
    Input input = std::move(node.mailbox.front());
    node.mailbox.pop_front();
    if (const auto* received = std::get_if<Received>(&input)) --node.unread[received->from];
    step(index, std::move(input));
  }
  if (node.core->deadline() <= node.clock.read(now_)) step(index, Tick{});
  if (!node.mailbox.empty()) plan_turn(index);
}

/// What comes while a process is busy waits; ticks do not, since each turn looks at the clock.
void World::hold(Index index, Input input) {
  Node& node = nodes_[index];
  if (std::holds_alternative<Tick>(input)) return;
  if (const auto* received = std::get_if<Received>(&input)) {
    if (node.unread[received->from] >= Network::high_water) {
      ++unread_;
      return;
    }
    ++node.unread[received->from];
  }
  node.mailbox.push_back(std::move(input));
}

void World::cut(std::vector<bool> island) {
  const auto sea = others(island);
  block({.from = island, .to = sea});
  block({.from = sea, .to = std::move(island)});
}

void World::heal() {
  for (const auto barrier : network_.barriers()) lift(barrier);
}

/// Between these nodes and the others nothing passes.
void World::isolate(const Nodes& nodes, Duration span, Network::Barrier::Kind kind) {
  const auto inside = marked(nodes, nodes_.size());
  block_for(span, {.from = inside, .to = others(inside), .kind = kind});
  block_for(span, {.from = others(inside), .to = inside, .kind = kind});
}

/// One after the other in the order given, during the first half; freed in a random order during the second.
void World::swizzle(const Swizzle& fault) {
  const auto count = static_cast<Duration::rep>(fault.nodes.size());
  Nodes freed = fault.nodes;
  random_.shuffle(freed);
  for (Duration::rep i = 0; i < count; ++i) {
    const Index node = fault.nodes[static_cast<std::size_t>(i)];
    const auto turn = std::find(freed.begin(), freed.end(), node) - freed.begin();
    const Duration begin = fault.span / 2 * i / count;
    const Duration end = fault.span / 2 + fault.span / 2 * (turn + 1) / count;
    at(now_ + begin, [node, span = end - begin](World& world) { world.strike(ClogNode{node, span}); });
  }
}

void World::block_for(Duration span, Network::Barrier barrier) {
  at(now_ + span, [raised = block(std::move(barrier))](World& world) { world.lift(raised); });
}

/// A connection that is blocked for too long is given up by the kernels of its ends.
Network::BarrierId World::block(Network::Barrier barrier) {
  const auto raised = network_.raise(std::move(barrier));
  at(now_ + Network::give_up_after, [raised](World& world) {
    for (const auto& [a, b] : world.network_.across(raised)) world.end_connection(a, b);
  });
  return raised;
}

void World::lift(Network::BarrierId barrier) {
  for (auto& [from, to, frame, arrival] : network_.lift(barrier, now_))
    schedule(arrival.at, to, nodes_[to].life, Event::Arrive{from, arrival.epoch, std::move(frame)});
}

}  // namespace grapevine::node::sim
