#include "node/sim/draw.hpp"

#include <algorithm>

namespace grapevine::node::sim {
namespace {

constexpr Duration back_after_min = 10s;
constexpr Duration back_after_max = 30s;

// A record from more than two minutes ahead waits until its time has come (dns/record.hpp), which is whole
// only later than a run lasts.
constexpr Duration wall_off_min = -600s;
constexpr Duration wall_off_max = 110s;

/// Draws one fault after the other into a plan.
class Lot {
 public:
  Lot(Random random, const Wish& wish) : random_(random), wish_(wish) {}

  Plan draw() {
    const Duration long_ago{};
    plan_.push_back({long_ago, Stalls{random_.uniform() * 0.3}});
    crashes();
    for (auto i = often(0.06); i > 0; --i) add(Pause{node(), span(1s, 20s)});
    for (auto i = often(0.02); i > 0; --i) add(Slow{node(), span(5s, 20s)});
    for (auto i = often(0.2); i > 0; --i) add(Drift{node(), drift()});
    for (auto i = often(0.04); i > 0; --i) add(WallOff{node(), span(wall_off_min, wall_off_max)});
    for (auto i = often(0.02); i > 0; --i) add(ClogNode{node(), span(1s, 15s)});
    for (auto i = often(0.02); i > 0; --i) add(Stalls{random_.uniform() * 0.3});
    if (wish_.nodes >= 4) between();
    std::stable_sort(plan_.begin(), plan_.end(),
                     [](const Planned& a, const Planned& b) { return a.at < b.at; });
    return std::move(plan_);
  }

 private:
  /// Processes end in every way there is; most of them come back.
  void crashes() {
    for (auto i = often(0.12); i > 0; --i) {
      const Index victim = node();
      const Duration when = moment();
      const auto way = random_.below(5);
      if (way < 3) plan_.push_back({when, Crash{{victim}, static_cast<Memory>(way)}});
      if (way == 3) plan_.push_back({when, PowerCut{{victim}}});
      if (way == 4) plan_.push_back({when, Leave{{victim}}});
      const Duration back = when + span(1s, 25s);
      if (random_.chance(0.8)) plan_.push_back({std::min(back, wish_.span), Restart{{victim}}});
    }
  }

  /// What needs two nodes, or two halves.
  void between() {
    for (auto i = often(0.3); i > 0; --i) {
      const auto [one, other] = pair();
      add(Reset{one, other});
    }
    for (auto i = often(0.1); i > 0; --i) {
      const auto [one, other] = pair();
      add(ClogLink{one, other, span(1s, 25s)});
    }
    if (random_.chance(0.5)) add(Partition{some(), span(5s, 30s)});
    if (random_.chance(0.5)) add(OneWay{some(), span(5s, 30s)});
    if (random_.chance(0.5)) add(Swizzle{some(), span(5s, 20s)});
  }

  /// A number of faults around this share of the nodes.
  std::uint64_t often(double share) {
    return random_.below(static_cast<std::uint64_t>(2 * share * static_cast<double>(wish_.nodes)) + 2);
  }
  Index node() { return static_cast<Index>(random_.below(wish_.nodes)); }
  std::pair<Index, Index> pair() {
    const Index one = node();
    const auto further = 1 + static_cast<Index>(random_.below(wish_.nodes - 1));
    return {one, static_cast<Index>((one + further) % wish_.nodes)};
  }
  Nodes some() {
    Nodes all(wish_.nodes);
    for (Index i = 0; i < wish_.nodes; ++i) all[i] = i;
    Nodes chosen = random_.sample(std::move(all), 1 + random_.below(wish_.nodes / 2));
    std::sort(chosen.begin(), chosen.end());
    return chosen;
  }
  int drift() { return static_cast<int>(random_.below(401)) - 200; }
  Duration span(Duration least, Duration most) { return random_.between(least, most); }
  Duration moment() { return span(Duration{}, wish_.span); }
  void add(Fault fault) { plan_.push_back({moment(), std::move(fault)}); }

  Random random_;
  Wish wish_;
  Plan plan_;
};

}  // namespace

Plan draw(Random random, const Wish& wish) {
  return Lot(random, wish).draw();
}

Plan draw_crashes(Random& random, const Wish& wish, int crashes) {
  Plan plan;
  for (int i = 0; i < crashes; ++i) {
    const Duration when = random.between(0s, wish.span);
    const Duration back = when + random.between(back_after_min, back_after_max);
    const auto victim = static_cast<Index>(random.below(wish.nodes));
    plan.push_back({when, Crash{{victim}, Memory::kept}});
    plan.push_back({back, Restart{{victim}}});
  }
  return plan;
}

Plan draw_partition(Random& random, const Wish& wish, Duration length) {
  Nodes island;
  for (Index i = 0; i < wish.nodes; ++i)
    if (random.chance(0.5)) island.push_back(i);
  const Duration when = random.between(0s, std::max<Duration>(1s, wish.span - length));
  if (island.empty() || length == Duration{}) return {};
  return {{when, Partition{std::move(island), length}}};
}

}  // namespace grapevine::node::sim
