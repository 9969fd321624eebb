#include "dns/waiting.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

template <class Entries>
bool holds(const Entries& entries, const RecordId& id) {
  return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) { return entry.id == id; });
}

/// Takes out the records of all entries of which `leaves` is true, in order.
template <class Entries, class Predicate>
std::vector<Waiting::Brought> take_out(Entries& entries, Predicate leaves) {
  std::vector<Waiting::Brought> out;
  for (auto& entry : entries) {
    if (leaves(entry)) out.push_back(std::move(entry.brought));
  }
  std::erase_if(entries, leaves);
  return out;
}

}  // namespace

Reason Waiting::wait_for(const NodeId& node, const RecordId& id, Brought brought, Time now) {
  if (holds(for_node_, id)) return Reason::duplicate;
  if (for_node_.size() >= records_max) return Reason::no_room;
  for_node_.push_back({.node = node, .id = id, .until = now + patience, .brought = std::move(brought)});
  return Reason::none;
}

Reason Waiting::wait_until(Time due, const RecordId& id, Brought brought) {
  if (holds(for_time_, id)) return Reason::duplicate;
  if (for_time_.size() >= records_max) {
    const auto farthest = std::max_element(for_time_.begin(), for_time_.end(),
                                           [](const Entry& a, const Entry& b) { return a.until < b.until; });
    if (farthest->until <= due) return Reason::no_room;
    for_time_.erase(farthest);
  }
  for_time_.push_back({.node = {}, .id = id, .until = due, .brought = std::move(brought)});
  return Reason::none;
}

std::vector<Waiting::Brought> Waiting::release(const NodeId& node) {
  return take_out(for_node_, [&](const Entry& entry) { return entry.node == node; });
}

std::vector<Waiting::Brought> Waiting::release(Time now) {
  const auto is_due = [now](const Entry& entry) { return entry.until <= now; };
  std::erase_if(for_node_, is_due);
  return take_out(for_time_, is_due);
}

Time Waiting::deadline() const {
  Time first = never;
  for (const auto* entries : {&for_node_, &for_time_}) {
    for (const Entry& entry : *entries) first = std::min(first, entry.until);
  }
  return first;
}

}  // namespace grapevine::dns
