// The disks of a simulated mesh. All its registries hold nearly the same records, so the bytes of an entry
// are kept once, on a platter that every disk refers to: a thousand devices with a thousand members each take
// a third less memory, and memory is what a large run costs. Each disk is a store of its own all the same.
#pragma once

#include "dns/store.hpp"

#include <deque>
#include <set>
#include <unordered_map>

namespace grapevine::node::sim {

struct DiskEntry {
  std::uint64_t head;  // of the key: its first eight bytes as a number, which decide nearly every comparison
  Bytes key;
  Bytes value;
};

/// Entries of all disks; none is ever forgotten.
class Platter {
 public:
  /// The one entry with this key and value. Valid as long as the platter.
  const DiskEntry& keep(View key, View value);

 private:
  std::deque<DiskEntry> entries_;
  std::unordered_multimap<std::uint64_t, const DiskEntry*> by_head_;  // never iterated
};

class Disk final : public dns::Store {
 public:
  /// The platter outlives the disk.
  explicit Disk(Platter& platter) : platter_(&platter) {}

  std::optional<Bytes> get(dns::Table table, View key) const override;
  void put(dns::Table table, View key, View value) override;
  void erase(dns::Table table, View key) override;
  void each(dns::Table table, View prefix, const Visit& visit) const override;

 private:
  /// Order by key, which needs the entry only where heads are equal.
  struct Place {
    std::uint64_t head;
    const DiskEntry* entry;
  };
  struct Wanted {
    std::uint64_t head;
    View key;
  };
  struct Less {
    using is_transparent = void;
    bool operator()(const Place& a, const Place& b) const;
    bool operator()(const Place& a, const Wanted& b) const;
    bool operator()(const Wanted& a, const Place& b) const;
  };
  using Places = std::set<Place, Less>;
  static Wanted wanted(View key);
  Places& places(dns::Table table) { return tables_[static_cast<std::size_t>(table)]; }
  const Places& places(dns::Table table) const { return tables_[static_cast<std::size_t>(table)]; }

  Platter* platter_;
  std::array<Places, dns::tables> tables_;
};

}  // namespace grapevine::node::sim
