#include "moa/lanes.hpp"

#include "crypto/ensure.hpp"

#include <algorithm>

namespace grapevine::moa {

Duration charged(Stage stage, Duration work) {
  return stage == Stage::aggregate ? work : work * 2 / 3;
}

Lanes::Full Lanes::full(Side side, const Flow& flow, Duration work, Duration bound) const {
  const Lane& there = lane(side);
  if (there.calls >= calls_max_ || there.work + work > std::max(bound, work)) return Full::lane;
  if (side == Side::own || there.work <= bound / 4) return Full::no;
  const auto row = there.rows.find(flow);
  const Duration held = row == there.rows.end() ? Duration{} : row->second.work;
  const auto flows = static_cast<Duration::rep>(there.rows.size());
  return held + work > 2 * bound / (flows + 1) ? Full::share : Full::no;
}

void Lanes::push(Side side, const Flow& flow, CallId call, Duration work) {
  Lane& there = lane(side);
  ensure(there.calls < calls_max_, "a lane keeps its maximum");
  if (there.calls == 0) there.paid = std::max(there.paid, turn_);
  const auto [row, is_new] = there.rows.try_emplace(flow);
  if (is_new) row->second.paid = there.turn;
  row->second.calls.push_back({call, work});
  row->second.work += work;
  there.calls += 1;
  there.work += work;
}

std::optional<CallId> Lanes::pop() {
  if (own_.calls + foreign_.calls == 0) return std::nullopt;
  const bool is_own = foreign_.calls == 0 || (own_.calls > 0 && own_.paid <= foreign_.paid);
  Lane& next = is_own ? own_ : foreign_;
  turn_ = next.paid;
  const Waiting served = pop(next);
  // A call of unknown work is paid for too: otherwise one lane would go on and on.
  next.paid += std::max(served.work, Duration(1));
  return served.call;
}

Lanes::Waiting Lanes::pop(Lane& lane) {
  const auto next = std::min_element(lane.rows.begin(), lane.rows.end(), [](const auto& a, const auto& b) {
    const auto turn = [](const Row& row) { return std::pair(row.paid, row.calls.front().call); };
    return turn(a.second) < turn(b.second);
  });
  Row& row = next->second;
  const Waiting served = row.calls.front();
  row.calls.pop_front();
  row.work -= served.work;
  lane.turn = row.paid;
  row.paid += std::max(served.work, Duration(1));
  lane.calls -= 1;
  lane.work -= served.work;
  if (row.calls.empty()) lane.rows.erase(next);
  return served;
}

bool Lanes::remove(CallId call) {
  for (Lane* there : {&own_, &foreign_}) {
    for (auto row = there->rows.begin(); row != there->rows.end(); ++row) {
      auto& calls = row->second.calls;
      const auto found = std::find_if(calls.begin(), calls.end(),
                                      [&](const Waiting& waiting) { return waiting.call == call; });
      if (found == calls.end()) continue;
      there->calls -= 1;
      there->work -= found->work;
      row->second.work -= found->work;
      calls.erase(found);
      if (calls.empty()) there->rows.erase(row);
      return true;
    }
  }
  return false;
}

}  // namespace grapevine::moa
