// The calls of one stage of one query: who has been asked, who has begun, who is late. Pure bookkeeping: it
// says which calls to take back and whom to ask instead, and the origin sends.
//
// * A slot is one answer needed. More slots may be open than needed; the first to start are bound, and then
//   the others are taken back, as is one that starts after that.
// * A call that is refused or lost is replaced from the spare offers, if too few others live to do without,
//   and at most twice for each answer needed. None left: one answer fewer.
// * A call is late when it took one and a half times its price and `late_calls` times its charged work, and
//   a quarter of a second. It gets a twin on the next device, in the same slot: the first of the two to
//   answer wins. When the twin is late too, the round goes on with what it has, if it has anything.
// * One answer missing and two there: who may miss one waits half as long as the round has lasted, at least
//   half a call, and goes on. Who needs them all does so too when less than a tenth of the time is left, so
//   that some remains for what comes after.
#pragma once

#include "moa/plan.hpp"

#include <optional>
#include <set>
#include <vector>

namespace grapevine::moa {

/// A call asked for that has not ended.
struct Call {
  TicketId ticket;
  Offer offer;
  Attempt attempt = Attempt::planned;
  Time sent{};
  Time until{};
  std::size_t slot = 0;
  Time late_at = never;
  bool is_bound = false;  // has started, or will be waited for in any case
};

/// What to ask for in place of a call, or beside it.
struct Another {
  Offer offer;
  std::size_t slot = 0;
  Attempt attempt = Attempt::instead;
};

/// How long a round waits for whom.
struct Terms {
  double late_calls = 0;      // zero: nobody is ever late
  bool may_miss_one = false;  // the last answer adds little
  bool may_fail = false;      // without any answer there is still something to go on with
};

class Round {
 public:
  Round() = default;
  Round(Draw draw, Terms terms, Time now);

  /// What to ask for at first.
  std::vector<Another> opening();
  /// Notes that it was sent.
  void sent(const Another& another, TicketId ticket, Time now, Time until);

  // Each of these returns the calls to take back; they are gone from here.
  std::vector<Call> started(TicketId ticket);
  std::vector<Call> answered(TicketId ticket, Time now);
  /// The answer is being given by this one: words that were heard cannot be taken back, so it is not late any
  /// more, and nobody stands in for it.
  std::vector<Call> keep_only(TicketId ticket);
  /// Nobody waits for these any more.
  std::vector<Call> miss(Time now);
  std::vector<Call> end();

  /// The call has ended without an answer: whom to ask in its place, if anybody.
  std::optional<Another> lost(TicketId ticket, Time now);
  /// Those to ask beside calls that are late.
  std::vector<Another> twins(Time now);

  const std::vector<Call>& calls() const { return calls_; }
  const Call* find(TicketId ticket) const;
  bool is_over() const { return calls_.empty(); }
  /// The next moment at which somebody is late, or silent for good.
  Time deadline() const;

 private:
  std::vector<Call> take(auto&& which);
  /// Takes back what is not needed: those devices may stand in for others.
  std::vector<Call> spare(auto&& which);
  Call take_one(TicketId ticket);
  std::set<std::size_t> slots() const;
  std::set<std::size_t> bound_slots() const;
  std::optional<Offer> next_offer();

  Terms terms_;
  std::vector<Offer> order_;
  std::size_t asked_ = 0;  // of the order
  std::size_t tickets_ = 0;
  std::size_t needed_ = 0;
  std::size_t answers_ = 0;
  std::size_t retries_ = 0;  // left
  Time began_{};
  Time missed_at_ = never;  // when the last answer is given up
  std::vector<Call> calls_;
};

}  // namespace grapevine::moa
