#include "dns/store.hpp"

#include <algorithm>

namespace grapevine::dns {

std::optional<Bytes> MemoryStore::get(Table table, View key) const {
  const auto at = entries(table).find(key);
  return at == entries(table).end() ? std::nullopt : std::optional(at->second);
}

void MemoryStore::put(Table table, View key, View value) {
  const auto at = entries(table).find(key);
  if (at == entries(table).end()) {
    entries(table).emplace(to_bytes(key), to_bytes(value));
  } else {
    at->second = to_bytes(value);
  }
}

void MemoryStore::erase(Table table, View key) {
  const auto at = entries(table).find(key);
  if (at != entries(table).end()) entries(table).erase(at);
}

void MemoryStore::each(Table table, View prefix, const Visit& visit) const {
  for (auto at = entries(table).lower_bound(prefix); at != entries(table).end(); ++at) {
    const View key = at->first;
    if (key.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), key.begin())) return;
    if (visit(key, at->second) == Walk::stop) return;
  }
}

bool MemoryStore::ByteOrder::operator()(View left, View right) const {
  return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end());
}

}  // namespace grapevine::dns
