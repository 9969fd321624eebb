#include "dns/store.hpp"

#include <algorithm>

namespace grapevine::dns {

std::optional<Bytes> MemoryStore::get(Table table, View key) const {
  const auto at = entries(table).find(text(key));
  return at == entries(table).end() ? std::nullopt : std::optional(at->second);
}

void MemoryStore::put(Table table, View key, View value) {
  entries(table).insert_or_assign(std::string(text(key)), to_bytes(value));
}

void MemoryStore::erase(Table table, View key) {
  entries(table).erase(std::string(text(key)));
}

void MemoryStore::each(Table table, View prefix, const Visit& visit) const {
  for (auto at = entries(table).lower_bound(text(prefix)); at != entries(table).end(); ++at) {
    const View key = grapevine::view(at->first);
    if (key.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), key.begin())) return;
    if (visit(key, at->second) == Walk::stop) return;
  }
}

}  // namespace grapevine::dns
