#include "moa/lanes.hpp"

#include "crypto/ensure.hpp"

#include <algorithm>

namespace grapevine::moa {

bool Lanes::fits(Side side, Duration work, Duration bound) const {
  const Lane& there = lane(side);
  return there.calls.size() < calls_max_ && there.work + work <= std::max(bound, work);
}

void Lanes::push(Side side, CallId call, Duration work) {
  Lane& there = lane(side);
  ensure(there.calls.size() < calls_max_, "a lane keeps its maximum");
  there.calls.push_back({call, work});
  there.work += work;
}

std::optional<CallId> Lanes::pop() {
  const Side other = last_ == Side::own ? Side::foreign : Side::own;
  const Side turn = lane(other).calls.empty() ? last_ : other;
  Lane& there = lane(turn);
  if (there.calls.empty()) return std::nullopt;
  const Waiting next = there.calls.front();
  there.calls.pop_front();
  there.work -= next.work;
  last_ = turn;
  return next.call;
}

bool Lanes::remove(CallId call) {
  for (Lane* there : {&own_, &foreign_}) {
    const auto found = std::find_if(there->calls.begin(), there->calls.end(),
                                    [&](const Waiting& waiting) { return waiting.call == call; });
    if (found == there->calls.end()) continue;
    there->work -= found->work;
    there->calls.erase(found);
    return true;
  }
  return false;
}

}  // namespace grapevine::moa
