#include "bench/gossip_stories.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>

#include <unistd.h>

namespace grapevine::bench {

using node::sim::Hearing;
using node::sim::Publication;
using node::sim::Sighting;

namespace {

constexpr double nearly_all = 0.999;
constexpr Duration between_crashes = 3s;
constexpr Duration between_news = 500ms;
constexpr Duration news_settled = 5s;  // what has not come by then is missed
constexpr std::size_t whole_for = 5;   // publications, one a second, that reach all: the mesh is whole
constexpr Duration watched_after_crashes = 60s;
constexpr Duration remembered_pause = 60s;  // suspicions of a paused node may outlive its pause by this

std::vector<Index> living(const Swarm& swarm) {
  std::vector<Index> up;
  for (Index i = 0; i < swarm.size(); ++i)
    if (swarm.is_up(i)) up.push_back(i);
  return up;
}

std::size_t count_living(const Swarm& swarm) {
  return living(swarm).size();
}

/// Runs until it holds, looking every `step`; the time it took, -1 if it did not within `most`.
double run_until(Swarm& swarm, Duration most, Duration step, const std::function<bool()>& holds) {
  const Time begin = swarm.now();
  while (!holds()) {
    if (swarm.now() >= begin + most) return -1;
    swarm.run_for(step);
  }
  return seconds(swarm.now() - begin);
}

}  // namespace

Detection watch_crashes(Swarm& swarm, Crash crash, std::size_t count, Random& random) {
  struct Victim {
    Time crashed = never;
    Time suspected = never;
    Time known = never;
    std::size_t knowers = 0;
  };
  Detection found;
  std::map<Index, Victim> victims;
  for (const Index victim : random.sample(living(swarm), count)) victims[victim] = {};
  const std::size_t survivors = count_living(swarm) - victims.size();
  const auto enough = static_cast<std::size_t>(std::ceil(nearly_all * static_cast<double>(survivors)));
  swarm.on_sighting([&](const Sighting& seen) {
    if (seen.status == gossip::Status::dead && swarm.is_up(seen.about)) ++found.false_deaths;
    const auto victim = victims.find(seen.about);
    if (victim == victims.end() || victim->second.crashed == never || victims.contains(seen.by)) return;
    Victim& about = victim->second;
    if (seen.status == gossip::Status::suspect) about.suspected = std::min(about.suspected, seen.at);
    if (seen.status == gossip::Status::dead && ++about.knowers == enough) about.known = seen.at;
  });
  for (auto& [index, victim] : victims) {
    crash == Crash::killed ? swarm.kill(index) : swarm.cut_power(index);
    victim.crashed = swarm.now();
    swarm.run_for(between_crashes);
    tell_progress("crashes", &swarm);
  }
  run_until(swarm, watched_after_crashes, 1s, [&] {
    tell_progress("crashes", &swarm);
    return std::all_of(victims.begin(), victims.end(),
                       [](const auto& one) { return one.second.known != never; });
  });
  for (const auto& [index, victim] : victims) {
    if (victim.suspected != never) found.suspected.push_back(seconds(victim.suspected - victim.crashed));
    if (victim.known != never)
      found.known.push_back(seconds(victim.known - victim.crashed));
    else
      ++found.unknown;
  }
  swarm.on_sighting({});
  return found;
}

Spread spread_news(Swarm& swarm, Sources sources, std::size_t count, Random& random,
                   const std::function<bool(Index)>& is_counted) {
  struct Told {
    Time at;
    std::size_t hearers = 0;
    Time last{};
    std::uint32_t hops = 0;
  };
  std::map<Publication, Told> told;
  Spread spread;
  std::vector<Index> counted = living(swarm);
  std::erase_if(counted, [&](Index node) { return !is_counted(node); });
  std::vector<Time> shown;
  swarm.on_hearing([&](const Hearing& heard) {
    const auto one = told.find(heard.what);
    if (one == told.end() || !is_counted(heard.by)) return;
    ++one->second.hearers;
    one->second.last = heard.at;
    one->second.hops = std::max(one->second.hops, heard.hops);
    if (heard.what == told.rbegin()->first) shown.push_back(heard.at);
  });
  const Index only = counted[random.below(counted.size())];
  const std::size_t before = count / 4;
  for (std::size_t i = 0; i < before + count; ++i) {
    const Index source = sources == Sources::one ? only : counted[random.below(counted.size())];
    shown.clear();
    const Publication what = swarm.publish(source);
    if (i >= before) told[what] = {.at = swarm.now()};
    swarm.run_for(between_news);
    tell_progress("news", &swarm);
  }
  swarm.run_for(news_settled);
  const std::size_t hearers = counted.size() - 1;
  for (const auto& [what, one] : told) {
    spread.missed += hearers - one.hearers;
    spread.last.push_back(seconds(one.last - one.at));
    spread.hops.push_back(one.hops);
    spread.extra.push_back(static_cast<double>(swarm.copies(what)) / static_cast<double>(hearers) - 1);
  }
  for (const Time at : shown) spread.reach.push_back(seconds(at - told.rbegin()->second.at));
  swarm.on_hearing({});
  return spread;
}

Repair kill_many(Swarm& swarm, double killed, Duration most, Random& random) {
  struct Told {
    Time at;
    std::size_t hearers = 0;
  };
  std::map<Publication, Told> told;
  swarm.on_hearing([&](const Hearing& heard) {
    if (const auto one = told.find(heard.what); one != told.end()) ++one->second.hearers;
  });
  const std::vector<Index> all = living(swarm);
  const auto count = static_cast<std::size_t>(killed * static_cast<double>(all.size()));
  for (const Index victim : random.sample(all, count)) swarm.kill(victim);
  const std::vector<Index> survivors = living(swarm);
  const Time begin = swarm.now();
  Repair repair{.one_part = -1, .whole = -1};
  const auto is_mended = [&] {
    if (repair.one_part < 0 && swarm.parts() == 1) repair.one_part = seconds(swarm.now() - begin);
    std::size_t in_a_row = 0;
    for (const auto& [what, one] : told) {
      in_a_row = one.hearers == survivors.size() - 1 ? in_a_row + 1 : 0;
      if (in_a_row == 1) repair.whole = seconds(one.at - begin);
      if (in_a_row == whole_for) return repair.one_part >= 0;
    }
    repair.whole = -1;
    return false;
  };
  for (; !is_mended() && swarm.now() < begin + most; swarm.run_for(1s)) {
    tell_progress("half of them gone", &swarm);
    const Time now = swarm.now();
    told[swarm.publish(survivors[random.below(survivors.size())])].at = now;
  }
  swarm.on_hearing({});
  return repair;
}

double cut_in_halves(Swarm& swarm, Duration apart, Duration most) {
  std::vector<bool> island(swarm.size());
  for (std::size_t i = 0; i < island.size(); i += 2) island[i] = true;
  swarm.cut(std::move(island));
  for (const Time end = swarm.now() + apart; swarm.now() < end; swarm.run_for(std::min<Duration>(apart, 5s)))
    tell_progress("two halves", &swarm);
  swarm.heal();
  const std::size_t all = count_living(swarm);
  return run_until(swarm, most, 250ms, [&] {
    tell_progress("healed", &swarm);
    return swarm.machine(0).alive_count() == all && swarm.agrees();
  });
}

std::size_t live_through(Swarm& swarm, double paused, Duration span, Random& random) {
  constexpr Duration shortest = 5s;
  constexpr Duration longest = 20s;
  std::size_t deaths = 0;
  std::vector<Time> paused_until(swarm.size(), Time{} - remembered_pause);
  swarm.on_sighting([&](const Sighting& seen) {
    const bool healthy = swarm.is_up(seen.about) && paused_until[seen.about] + remembered_pause <= seen.at;
    if (seen.status == gossip::Status::dead && healthy) ++deaths;
  });
  const double a_second = paused * static_cast<double>(swarm.size()) / seconds((shortest + longest) / 2);
  double due = 0;
  for (const Time end = swarm.now() + span; swarm.now() < end; swarm.run_for(1s)) {
    tell_progress("bad weather", &swarm);
    for (due += a_second; due >= 1; due -= 1) {
      const auto node = static_cast<Index>(random.below(swarm.size()));
      const Duration pause = random.between(shortest, longest);
      swarm.pause(node, pause);
      paused_until[node] = swarm.now() + pause;
    }
  }
  swarm.on_sighting({});
  return deaths;
}

Rates watch_traffic(Swarm& swarm, Duration span, const std::function<void()>& happen) {
  const auto begin = swarm.traffic();
  const double nodes = static_cast<double>(swarm.size());
  const double per = nodes * seconds(span);
  Rates rates;
  for (const Time end = swarm.now() + span; swarm.now() < end;) {
    tell_progress("traffic", &swarm);
    const std::uint64_t before = swarm.traffic().handshakes;
    happen();
    swarm.run_for(1s);
    const auto stood = static_cast<double>(swarm.traffic().handshakes - before);
    rates.handshakes_worst = std::max(rates.handshakes_worst, stood / nodes);
  }
  const auto& traffic = swarm.traffic();
  const auto handshakes = traffic.handshakes - begin.handshakes;
  const auto bytes = traffic.bytes - begin.bytes + handshakes * node::sim::Network::handshake_bytes;
  rates.bytes = static_cast<double>(bytes) / per;
  rates.messages = static_cast<double>(traffic.messages - begin.messages) / per;
  rates.handshakes = static_cast<double>(handshakes) / per;
  return rates;
}

std::function<void()> churn(Swarm& swarm, double share_a_minute, Random& random) {
  static constexpr Duration away = 5s;
  const double a_second = share_a_minute / 60 * static_cast<double>(swarm.size());
  return [&swarm, &random, a_second, due = 0.0]() mutable {
    for (due += a_second; due >= 1; due -= 1) {
      const auto node = static_cast<Index>(random.below(swarm.size()));
      if (!swarm.is_up(node)) continue;
      swarm.kill(node);
      swarm.at(swarm.now() + away, [&swarm, node] { swarm.revive(node); });
    }
  };
}

double share(std::vector<double> values, double at) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto place = static_cast<std::size_t>(at * static_cast<double>(values.size()));
  return values[std::min(values.size() - 1, place)];
}

double mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

void tell_progress(std::string_view what, const Swarm* swarm) {
  if (isatty(STDERR_FILENO) == 0) return;
  if (swarm == nullptr) return std::fprintf(stderr, "\r%60s\r", ""), void();
  std::fprintf(stderr, "\r%zu nodes, %.*s, at %.0f s ...   ", swarm->size(), static_cast<int>(what.size()),
               what.data(), seconds(swarm->now().time_since_epoch()));
}

}  // namespace grapevine::bench
