// What the origin learns of devices from what they say, and how far it believes them: agreement with the own
// answer, echoes, and canaries.
#include "moa/origin.hpp"
#include "moa/text.hpp"

#include <algorithm>

namespace grapevine::moa {

/// The own device weighs one; another of the same owner fourfold its trust, so that it begins at one too. All
/// devices of another owner share one voice, of which a newcomer's is a quarter: no stranger alone, however
/// many machines he runs, weighs more than the own answer. Where that is missing, the most trusted proposal
/// stands in its place.
void Origin::weigh(std::vector<Spoken>& spoken) const {
  if (config_.belief == Belief::equal) return;
  const auto owner = [&](const Spoken& one) {
    const Certificate* certificate = roster_->find(one.node);
    return one.node == self_.node || certificate == nullptr ? self_.owner : certificate->owner;
  };
  std::map<Owner, double> devices;
  for (const auto& one : spoken) devices[owner(one)] += 1;
  for (auto& one : spoken) {
    const double trust = trust_.of(one.node);
    const bool is_own = owner(one) == self_.owner;
    one.weight = is_own ? std::min(1.0, trust / Trust::newcomer) : trust / devices[owner(one)];
  }
  const auto anchor =
      std::find_if(spoken.begin(), spoken.end(), [&](const Spoken& one) { return one.node == self_.node; });
  if (anchor == spoken.end())
    std::stable_sort(spoken.begin(), spoken.end(),
                     [](const Spoken& a, const Spoken& b) { return a.weight > b.weight; });
}

/// A short answer of the own device, once another gives the same, tells who is right more often than not.
void Origin::compare(const Inquiry& inquiry) {
  const auto& spoken = inquiry.best;
  const std::string asked = normalised(question_of(inquiry.ask.turns));
  for (const auto& one : spoken) {
    if (one.node != self_.node && normalised(one.text) == asked) trust_.refute(one.node);
  }
  const bool is_anchored = !spoken.empty() && spoken.front().node == self_.node &&
                           is_short(spoken.front().text) && !is_blank(spoken.front().text);
  if (!is_anchored) return;
  const auto agrees = [own = normalised(spoken.front().text)](const Spoken& one) {
    return normalised(one.text) == own;
  };
  if (std::none_of(spoken.begin() + 1, spoken.end(), agrees)) return;
  for (auto other = spoken.begin() + 1; other != spoken.end(); ++other) {
    if (other->evidence || !is_short(other->text) || is_blank(other->text)) continue;
    agrees(*other) ? trust_.confirm(other->node) : trust_.doubt(other->node);
  }
}

/// What a device is worth asking for: how it was judged, less the more it was caught; at no trust it counts
/// as if it gave no answer.
double Origin::quality(const NodeId& peer) const {
  const double lost = std::max(0.0, 1 - trust_.of(peer) / Trust::newcomer);
  const bool counts = config_.belief == Belief::learned;
  return answers_.taste().quality(peer) - (counts ? lost * config_.menu.points_alone() : 0);
}

void Origin::plan_canary(Time now) {
  if (config_.canaries && canary_at_ == never && answers_.canaries().is_due())
    canary_at_ = now + random_.exponential(config_.canary_apart);
}

void Origin::send_canary(Time now, Effects& out) {
  canary_at_ = never;
  const bool is_idle = inquiries_.empty() && wait_at_home(own_) < config_.patience.bound(own_.alpha()) / 8;
  if (!is_idle) return plan_canary(now);
  Canary canary = answers_.canaries().draw(random_);
  const Outlook there = outlook(canary.ask, now);
  if (there.peers.empty() || objection(canary.ask, there)) return;
  Decision decision = planner_.decide(canary.ask, there);
  if (auto* plan = std::get_if<Plan>(&decision))
    begin(std::move(canary.ask), std::move(*plan), std::move(canary.answer), now, out);
}

void Origin::finish_canary(const Inquiry& inquiry) {
  for (const auto& one : inquiry.best) {
    if (one.node == self_.node || one.evidence || is_blank(one.text)) continue;
    gives(one.text, *inquiry.known_answer) ? trust_.confirm(one.node) : trust_.refute(one.node);
  }
  inquiries_.erase(inquiry.ask.id);
}

}  // namespace grapevine::moa
