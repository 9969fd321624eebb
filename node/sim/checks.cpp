#include "node/sim/checks.hpp"

namespace grapevine::node::sim {
namespace {

constexpr std::size_t links_max = 32 + 8;  // standing and cached, and a few that are being replaced
constexpr Index viewers_max = 64;     // whose beliefs are followed: all of a mesh for which seeds are run
constexpr std::size_t told_max = 16;  // broken promises in one report: the first ones tell

void check_views(const World& world, std::vector<std::string>& broken) {
  for (Index i = 0; i < world.size(); ++i) {
    if (!world.is_up(i)) continue;
    for (Index j = 0; j < world.size(); ++j) {
      if (i == j) continue;
      const auto member = world.core(i).gossip().find(world.id(j));
      const bool believed = member && gossip::is_up(member->status);
      if (believed == world.is_up(j)) continue;
      broken.push_back("node " + std::to_string(i) + " believes node " + std::to_string(j) + " is " +
                       (member ? std::string(gossip::name(member->status)) : "unknown") + ", but it is " +
                       (world.is_up(j) ? "up" : "down"));
      if (broken.size() >= told_max) return;
    }
  }
}

template <class Root>
void check_equal(const World& world, const char* what, Root root, std::vector<std::string>& broken) {
  std::optional<decltype(root(world.core(0)))> first;
  for (Index i = 0; i < world.size(); ++i) {
    if (!world.is_up(i)) continue;
    const auto mine = root(world.core(i));
    if (!first) first = mine;
    if (mine != *first && broken.size() < told_max)
      broken.push_back("node " + std::to_string(i) + " holds another " + what + " than the first");
  }
}

/// From the first node that is up, along the links of each, to everybody.
void check_component(const World& world, std::vector<std::string>& broken) {
  std::vector<bool> reached(world.size());
  std::vector<Index> open;
  for (Index i = 0; i < world.size() && open.empty(); ++i)
    if (world.is_up(i)) open.push_back(i);
  for (const Index first : open) reached[first] = true;
  while (!open.empty()) {
    const Index at = open.back();
    open.pop_back();
    for (const NodeId& peer : world.core(at).gossip().linked_peers()) {
      const Index next = *world.index_of(peer);
      if (reached[next] || !world.is_up(next)) continue;
      reached[next] = true;
      open.push_back(next);
    }
  }
  for (Index i = 0; i < world.size(); ++i)
    if (world.is_up(i) && !reached[i] && broken.size() < told_max)
      broken.push_back("no links lead to node " + std::to_string(i));
}

void check_queries(const World& world, std::vector<std::string>& broken) {
  for (const auto& [query, outcome] : world.outcomes()) {
    if (!outcome.ended && broken.size() < told_max)
      broken.push_back("a query of node " + std::to_string(outcome.origin) + " never ended");
    if (outcome.answers + outcome.refusals > 1 && broken.size() < told_max)
      broken.push_back("a query of node " + std::to_string(outcome.origin) + " ended more than once");
  }
}

}  // namespace

std::vector<std::string> always(const World& world) {
  std::vector<std::string> broken = world.broken();
  for (Index i = 0; i < world.size(); ++i) {
    if (!world.is_up(i)) continue;
    const Core& core = world.core(i);
    const std::string who = "node " + std::to_string(i) + ": ";
    if (core.engine().queued_calls() > core.engine().queue_bound())
      broken.push_back(who + std::to_string(core.engine().queued_calls()) +
                       " calls queued over the bound of " + std::to_string(core.engine().queue_bound()));
    if (core.gossip().linked_peers().size() > links_max)
      broken.push_back(who + std::to_string(core.gossip().linked_peers().size()) + " links");
    if (broken.size() >= told_max) break;
  }
  return broken;
}

std::vector<std::string> Watch::look(const World& world) {
  std::vector<std::string> broken = always(world);
  viewers_.resize(std::min(static_cast<Index>(world.size()), viewers_max));
  for (Index viewer = 0; viewer < viewers_.size(); ++viewer)
    if (world.is_up(viewer)) compare(world, viewer, broken);
  return broken;
}

void Watch::compare(const World& world, Index index, std::vector<std::string>& broken) {
  Viewer& viewer = viewers_[index];
  if (viewer.life != world.life(index)) viewer = {world.life(index), std::vector<Belief>(world.size())};
  for (Index of = 0; of < world.size(); ++of) {
    const auto member = world.core(index).gossip().find(world.id(of));
    if (!member) continue;
    Belief& before = viewer.beliefs[of];
    const Belief now{member->incarnation, !gossip::is_up(member->status)};
    const auto claim = [&](const char* what) {
      if (broken.size() < told_max)
        broken.push_back("for node " + std::to_string(index) + " node " + std::to_string(of) + what);
    };
    if (now.incarnation < before.incarnation) claim(" went back to an earlier incarnation");
    if (now.incarnation > world.spoken(of)) claim(" has an incarnation it never spoke under");
    if (now.incarnation == before.incarnation && before.is_down && !now.is_down)
      claim(" came back without a word of its own");
    before = now;
  }
}

std::vector<std::string> at_rest(const World& world) {
  std::vector<std::string> broken = always(world);
  check_views(world, broken);
  check_equal(
      world, "member table", [](const Core& core) { return core.gossip().members().root(); }, broken);
  check_equal(
      world, "registry", [](const Core& core) { return core.registry().root(); }, broken);
  check_component(world, broken);
  check_queries(world, broken);
  return broken;
}

}  // namespace grapevine::node::sim
