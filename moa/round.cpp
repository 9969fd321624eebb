#include "moa/round.hpp"

#include "crypto/ensure.hpp"
#include "moa/lanes.hpp"

#include <algorithm>

namespace grapevine::moa {

namespace {
// A busy computer may hold up a process so long, whatever its calls take; and a person hardly notices.
constexpr Duration late_least = 250ms;
}  // namespace

Round::Round(Draw draw, Terms terms, Time now)
    : terms_(terms),
      order_(std::move(draw.order)),
      tickets_(draw.tickets),
      needed_(draw.needed),
      retries_(2 * draw.needed),
      began_(now) {}

std::vector<Another> Round::opening() {
  std::vector<Another> out;
  for (; asked_ < tickets_; ++asked_)
    out.push_back({.offer = order_[asked_], .slot = asked_, .attempt = Attempt::planned});
  return out;
}

void Round::sent(const Another& another, TicketId ticket, Time now, Time until) {
  const Offer& offer = another.offer;
  const bool is_timed = terms_.late_calls > 0 && offer.work > Duration{};
  const Duration charge = charged(Stage::propose, offer.work);
  const Duration expected =
      std::max(late_least, offer.price * 3 / 2 + from_seconds(terms_.late_calls * seconds(charge)));
  calls_.push_back({.ticket = ticket,
                    .offer = offer,
                    .attempt = another.attempt,
                    .sent = now,
                    .until = until,
                    .slot = another.slot,
                    .late_at = is_timed ? now + expected : never,
                    .is_bound = offer.is_kept});
}

std::vector<Call> Round::started(TicketId ticket) {
  const auto is_it = [&](const Call& call) { return call.ticket == ticket; };
  const auto call = std::find_if(calls_.begin(), calls_.end(), is_it);
  ensure(call != calls_.end(), "a call that starts was asked for");
  auto bound = bound_slots();
  if (!bound.contains(call->slot) && bound.size() + answers_ >= needed_) return spare(is_it);
  call->is_bound = true;
  bound.insert(call->slot);
  if (bound.size() + answers_ < needed_) return {};
  return spare([&](const Call& other) { return !bound.contains(other.slot); });
}

std::vector<Call> Round::answered(TicketId ticket, Time now) {
  const Call call = take_one(ticket);
  answers_ += 1;
  if (answers_ >= 2 && answers_ + 1 == needed_) {
    const Time soon = now + std::max(now - began_, call.offer.work) / 2;
    const Time late = call.until - (call.until - began_) / 10;
    missed_at_ = terms_.may_miss_one ? soon : std::max(soon, late);
  }
  if (answers_ >= needed_) return end();
  auto bound = bound_slots();
  bound.erase(call.slot);
  const bool is_full = bound.size() + answers_ >= needed_;
  return spare(
      [&](const Call& other) { return other.slot == call.slot || (is_full && !bound.contains(other.slot)); });
}

std::vector<Call> Round::keep_only(TicketId ticket) {
  order_.clear();
  auto others = take([&](const Call& call) { return call.ticket != ticket; });
  for (auto& call : calls_) call.late_at = never;
  return others;
}

std::vector<Call> Round::miss(Time now) {
  if (now >= missed_at_) return end();
  std::set<std::size_t> given_up;
  for (auto& call : calls_) {
    if (call.attempt != Attempt::beside || call.late_at > now) continue;
    call.late_at = never;
    if (answers_ > 0 || terms_.may_fail) given_up.insert(call.slot);
  }
  return take([&](const Call& call) { return given_up.contains(call.slot); });
}

std::vector<Call> Round::end() {
  return take([](const Call&) { return true; });
}

std::optional<Another> Round::lost(TicketId ticket, Time now) {
  const Call call = take_one(ticket);
  const bool has_time = now - call.sent <= (call.until - call.sent) / 2;
  if (slots().size() + answers_ >= needed_ || retries_ == 0 || !has_time) return std::nullopt;
  const auto offer = next_offer();
  if (!offer) return std::nullopt;
  retries_ -= 1;
  return Another{.offer = *offer, .slot = call.slot, .attempt = Attempt::instead};
}

std::vector<Another> Round::twins(Time now) {
  std::vector<Another> out;
  const bool has_surplus = slots().size() + answers_ > needed_;
  for (auto& call : calls_) {
    if (call.late_at > now || call.attempt == Attempt::beside) continue;
    call.late_at = never;
    // While more tickets wait than are needed, they are the twins.
    if (has_surplus && !call.is_bound) continue;
    if (const auto offer = next_offer())
      out.push_back({.offer = *offer, .slot = call.slot, .attempt = Attempt::beside});
  }
  return out;
}

const Call* Round::find(TicketId ticket) const {
  const auto call =
      std::find_if(calls_.begin(), calls_.end(), [&](const Call& each) { return each.ticket == ticket; });
  return call == calls_.end() ? nullptr : &*call;
}

Time Round::deadline() const {
  Time soonest = calls_.empty() ? never : missed_at_;
  for (const auto& call : calls_) soonest = std::min({soonest, call.until, call.late_at});
  return soonest;
}

std::vector<Call> Round::take(auto&& which) {
  const auto taken =
      std::stable_partition(calls_.begin(), calls_.end(), [&](const Call& call) { return !which(call); });
  std::vector<Call> out(taken, calls_.end());
  calls_.erase(taken, calls_.end());
  return out;
}

std::vector<Call> Round::spare(auto&& which) {
  auto taken = take(which);
  for (const auto& call : taken) order_.push_back(call.offer);
  return taken;
}

Call Round::take_one(TicketId ticket) {
  auto taken = take([&](const Call& call) { return call.ticket == ticket; });
  ensure(taken.size() == 1, "a call ends once");
  return taken.front();
}

std::set<std::size_t> Round::slots() const {
  std::set<std::size_t> out;
  for (const auto& call : calls_) out.insert(call.slot);
  return out;
}

std::set<std::size_t> Round::bound_slots() const {
  std::set<std::size_t> out;
  for (const auto& call : calls_) {
    if (call.is_bound) out.insert(call.slot);
  }
  return out;
}

std::optional<Offer> Round::next_offer() {
  return asked_ < order_.size() ? std::optional(order_[asked_++]) : std::nullopt;
}

}  // namespace grapevine::moa
