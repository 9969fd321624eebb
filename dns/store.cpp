#include "dns/store.hpp"

#include <algorithm>

namespace grapevine::dns {

std::optional<Bytes> MemoryStore::get(Table table, View key) const {
  const auto at = entries(table).find(Key(key));
  return at == entries(table).end() ? std::nullopt : std::optional(at->second);
}

void MemoryStore::put(Table table, View key, View value) {
  entries(table).insert_or_assign(Key(key), to_bytes(value));
}

void MemoryStore::erase(Table table, View key) {
  entries(table).erase(Key(key));
}

void MemoryStore::each(Table table, View prefix, const Visit& visit) const {
  for (auto at = entries(table).lower_bound(Key(prefix)); at != entries(table).end(); ++at) {
    const View key = at->first.bytes;
    if (key.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), key.begin())) return;
    if (visit(key, at->second) == Walk::stop) return;
  }
}

MemoryStore::Key::Key(View key) : head(0), bytes(to_bytes(key)) {
  for (std::size_t i = 0; i < sizeof head; ++i) head = head << 8 | (i < key.size() ? key[i] : 0u);
}

}  // namespace grapevine::dns
