#include "node/sim/disk.hpp"

#include <algorithm>

namespace grapevine::node::sim {

namespace {

std::uint64_t head_of(View key) {
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < sizeof head; ++i) head = head << 8 | (i < key.size() ? key[i] : 0u);
  return head;
}

bool before(std::uint64_t a_head, View a, std::uint64_t b_head, View b) {
  return a_head != b_head ? a_head < b_head
                          : std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

bool equal(View a, View b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace

const DiskEntry& Platter::keep(View key, View value) {
  const std::uint64_t head = head_of(key);
  const auto [first, last] = by_head_.equal_range(head);
  for (auto at = first; at != last; ++at) {
    if (equal(at->second->key, key) && equal(at->second->value, value)) return *at->second;
  }
  entries_.push_back({.head = head, .key = to_bytes(key), .value = to_bytes(value)});
  by_head_.emplace(head, &entries_.back());
  return entries_.back();
}

std::optional<Bytes> Disk::get(dns::Table table, View key) const {
  const auto at = places(table).find(wanted(key));
  return at == places(table).end() ? std::nullopt : std::optional(at->entry->value);
}

void Disk::put(dns::Table table, View key, View value) {
  erase(table, key);
  const DiskEntry& entry = platter_->keep(key, value);
  places(table).insert({.head = entry.head, .entry = &entry});
}

void Disk::erase(dns::Table table, View key) {
  if (const auto at = places(table).find(wanted(key)); at != places(table).end()) places(table).erase(at);
}

void Disk::each(dns::Table table, View prefix, const Visit& visit) const {
  for (auto at = places(table).lower_bound(wanted(prefix)); at != places(table).end(); ++at) {
    const View key = at->entry->key;
    if (key.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), key.begin())) return;
    if (visit(key, at->entry->value) == dns::Walk::stop) return;
  }
}

Disk::Wanted Disk::wanted(View key) {
  return {.head = head_of(key), .key = key};
}

bool Disk::Less::operator()(const Place& a, const Place& b) const {
  return before(a.head, a.entry->key, b.head, b.entry->key);
}

bool Disk::Less::operator()(const Place& a, const Wanted& b) const {
  return before(a.head, a.entry->key, b.head, b.key);
}

bool Disk::Less::operator()(const Wanted& a, const Place& b) const {
  return before(a.head, a.key, b.head, b.entry->key);
}

}  // namespace grapevine::node::sim
