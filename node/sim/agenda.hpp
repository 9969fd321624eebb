// What happens next. A calendar queue (Brown, CACM 31, 1988): what is due within the next eight seconds lies
// in a slot of its millisecond and is put in order only when its slot comes; what is due later waits in a
// heap. Nearly everything a simulated network does is due within 50 ms, so adding and taking cost the same at
// any number of nodes. Of two events at one time the one added earlier comes first.
#pragma once

#include "crypto/ensure.hpp"
#include "crypto/time.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace grapevine::node::sim {

/// Requires of an Event: `Time at` and `std::uint64_t sequence`, which is the agenda's to set.
template <class Event>
class Agenda {
 public:
  /// Requires: not before the event taken last.
  void add(Event event) {
    event.sequence = ++sequence_;
    const std::uint64_t slot = slot_of(event.at);
    if (slot <= present_slot_) {
      push(present_, event);
    } else if (slot < present_slot_ + slots) {
      near_[slot % slots].push_back(event);
      ++near_count_;
    } else {
      push(far_, event);
    }
  }

  /// Takes out the next event if it is due by then.
  std::optional<Event> take(Time until) {
    while (present_.empty()) {
      if ((near_count_ == 0 && far_.empty()) || !turn(until)) return std::nullopt;
    }
    if (present_.front().at > until) return std::nullopt;
    return pop(present_);
  }

 private:
  static constexpr std::uint64_t slots = 8192;  // milliseconds: probes, periods and stalls are shorter
  static constexpr Duration slot_length = 1ms;

  static std::uint64_t slot_of(Time at) {
    return static_cast<std::uint64_t>(at.time_since_epoch() / slot_length);
  }
  static bool is_later(const Event& a, const Event& b) {
    return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
  }
  static void push(std::vector<Event>& heap, const Event& event) {
    heap.push_back(event);
    std::push_heap(heap.begin(), heap.end(), is_later);
  }
  static Event pop(std::vector<Event>& heap) {
    std::pop_heap(heap.begin(), heap.end(), is_later);
    const Event event = heap.back();
    heap.pop_back();
    return event;
  }

  /// Opens the next slot, unless it begins after `until`.
  bool turn(Time until) {
    const std::uint64_t next = near_count_ > 0 ? present_slot_ + 1 : slot_of(far_.front().at);
    if (next > slot_of(until)) return false;
    present_slot_ = next;
    while (!far_.empty() && slot_of(far_.front().at) < present_slot_ + slots) {
      const Event event = pop(far_);
      near_[slot_of(event.at) % slots].push_back(event);
      ++near_count_;
    }
    auto& slot = near_[present_slot_ % slots];
    near_count_ -= slot.size();
    present_.swap(slot);
    std::make_heap(present_.begin(), present_.end(), is_later);
    return true;
  }

  std::array<std::vector<Event>, slots> near_;
  std::vector<Event> present_;  // a heap, like far_: the earliest first
  std::vector<Event> far_;
  std::uint64_t present_slot_ = 0;
  std::size_t near_count_ = 0;
  std::uint64_t sequence_ = 0;
};

}  // namespace grapevine::node::sim
