#include "gossip/probe.hpp"

namespace grapevine::gossip {

std::optional<Peer> Pass::next(const Members& members, Random& random) {
  for (int pass = 0; pass < 2; ++pass) {
    while (at_ < order_.size()) {
      const Peer peer = order_[at_++];
      if (members.is_up(peer)) return peer;
    }
    order_ = members.living();
    random.shuffle(order_);
    at_ = 0;
  }
  return std::nullopt;
}

void Pass::enter(Peer peer, Random& random) {
  order_.push_back(peer);
  std::swap(order_.back(), order_[at_ + random.below(order_.size() - at_)]);
}

void Mourned::enter(Peer dead) {
  if (dead_.size() < config_.mourned_max) dead_.push_back(dead);
}

std::optional<Peer> Mourned::draw(const Members& members, Random& random, Time now) {
  while (!dead_.empty()) {
    Peer& drawn = dead_[random.below(dead_.size())];
    const Member* member = members.find(drawn);
    const bool is_dead = member && member->standing.status == Status::dead;
    if (is_dead && member->since + config_.dead_pinged >= now) return drawn;
    drawn = dead_.back();
    dead_.pop_back();
  }
  return std::nullopt;
}

const Probe* Probes::open(Peer target, Road road, Waits waits, std::uint32_t number, Time now) {
  if (open_.size() >= config_.probes_max) return nullptr;
  for (const Probe& probe : open_) {
    if (probe.target == target) return nullptr;
  }
  open_.push_back({.number = number,
                   .target = target,
                   .road = road,
                   .begun = now,
                   .direct_until = now + waits.direct,
                   .until = now + waits.all,
                   .evidence = Evidence::silent,
                   .asked = false,
                   .friends = {},
                   .nacks = {},
                   .refusals = {}});
  return &open_.back();
}

std::optional<Probe> Probes::answered(std::uint32_t number, Peer target) {
  for (auto probe = open_.begin(); probe != open_.end(); ++probe) {
    if (probe->number != number || probe->target != target) continue;
    Probe closed = std::move(*probe);
    open_.erase(probe);
    return closed;
  }
  return std::nullopt;
}

std::optional<Probe> Probes::vouched(std::uint32_t number, Peer target, Peer by) {
  for (const Probe& probe : open_) {
    if (probe.number != number || probe.target != target) continue;
    const bool was_asked = std::find(probe.friends.begin(), probe.friends.end(), by) != probe.friends.end();
    return was_asked ? answered(number, target) : std::nullopt;
  }
  return std::nullopt;
}

void Probes::denied(std::uint32_t number, Peer by, Evidence evidence, Time now) {
  for (Probe& probe : open_) {
    const auto has = [by](const std::vector<Peer>& list) {
      return std::find(list.begin(), list.end(), by) != list.end();
    };
    if (probe.number != number || !has(probe.friends)) continue;
    if (!has(probe.nacks)) probe.nacks.push_back(by);
    if (evidence == Evidence::refused && !has(probe.refusals)) probe.refusals.push_back(by);
    if (probe.evidence == Evidence::refused && probe.refusals.size() == probe.friends.size())
      probe.until = std::min(probe.until, now);
  }
}

bool Probes::seen(Peer target, Evidence evidence, Time now) {
  for (Probe& probe : open_) {
    if (probe.target != target) continue;
    probe.evidence = std::max(probe.evidence, evidence);
    if (evidence == Evidence::refused) probe.direct_until = std::min(probe.direct_until, now);
    return true;
  }
  return false;
}

std::vector<Probe*> Probes::to_ask(Time now) {
  std::vector<Probe*> due;
  for (Probe& probe : open_) {
    if (!probe.asked && probe.direct_until <= now) due.push_back(&probe);
  }
  return due;
}

std::vector<Probe> Probes::take_failed(Time now) {
  std::vector<Probe> failed;
  for (auto probe = open_.begin(); probe != open_.end();) {
    if (probe->until <= now) {
      failed.push_back(std::move(*probe));
      probe = open_.erase(probe);
    } else {
      ++probe;
    }
  }
  return failed;
}

Time Probes::deadline() const {
  Time next = never;
  for (const Probe& probe : open_)
    next = std::min(next, probe.asked ? probe.until : std::min(probe.until, probe.direct_until));
  return next;
}

}  // namespace grapevine::gossip
