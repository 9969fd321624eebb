#include "node/sim/checks.hpp"

namespace grapevine::node::sim {
namespace {

constexpr std::size_t links_max = 32 + 8;  // standing and cached, and a few that are being replaced
constexpr std::size_t told_max = 16;       // broken promises in one report: the first ones tell

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

void check_registries(const World& world, std::vector<std::string>& broken) {
  std::optional<Fixed<16>> first;
  for (Index i = 0; i < world.size(); ++i) {
    if (!world.is_up(i)) continue;
    const auto root = world.core(i).registry().root();
    if (!first) first = root;
    if (root != *first && broken.size() < told_max)
      broken.push_back("node " + std::to_string(i) + " holds another registry than the first (" +
                       std::to_string(world.core(i).registry().size()) + " records)");
  }
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

std::vector<std::string> at_rest(const World& world) {
  std::vector<std::string> broken = always(world);
  check_views(world, broken);
  check_registries(world, broken);
  check_queries(world, broken);
  return broken;
}

}  // namespace grapevine::node::sim
