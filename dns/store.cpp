#include "dns/store.hpp"

#include <algorithm>

namespace grapevine::dns {

std::optional<Bytes> MemoryStore::get(Table table, View key) const {
  const auto at = entries(table).find(to_bytes(key));
  return at == entries(table).end() ? std::nullopt : std::optional(at->second);
}

void MemoryStore::put(Table table, View key, View value) {
  entries(table).insert_or_assign(to_bytes(key), to_bytes(value));
}

void MemoryStore::erase(Table table, View key) {
  entries(table).erase(to_bytes(key));
}

void MemoryStore::each(Table table, View prefix, const Visit& visit) const {
  for (auto at = entries(table).lower_bound(to_bytes(prefix)); at != entries(table).end(); ++at) {
    const View key = at->first;
    if (key.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), key.begin())) return;
    if (visit(key, at->second) == Walk::stop) return;
  }
}

}  // namespace grapevine::dns
