// The set of record ids a registry holds, and what two of them compare: the root, which tells whether there
// is anything to talk about, and ranges of ids, hashed under a key the asker has just drawn. Ranges are those
// of a trie: a path is a depth (members, their keys, names, addresses and evidence: types others refer to
// first) and then the first nibbles of an id, so that who fills ranges in order has each record's grounds
// before the record. Sums of ids, as in other range schemes, can be forged ahead by a member who grinds
// records (Wagner's generalised birthday, 2002); a hash under a fresh key cannot, and the root is a whole
// hash of all ids, kept for each of 256 buckets.
#pragma once

#include "dns/message.hpp"

#include <array>
#include <optional>
#include <vector>

namespace grapevine::dns {

class RecordSet {
 public:
  bool contains(RecordType type, const RecordId& id) const;
  /// Requires: not contained.
  void insert(RecordType type, const RecordId& id);
  /// Requires: contained.
  void erase(RecordType type, const RecordId& id);

  std::size_t size() const { return size_; }
  /// Equal for equal sets, however they came about. Costs what has changed since it was asked last.
  Fixed<16> root() const;

  /// The paths of the coarsest ranges, which together are everything.
  static std::vector<Path> coarsest();
  /// The sixteen parts of a range, in order. Requires: `is_divisible`.
  static std::vector<Path> parts(const Path& path);
  static bool is_divisible(const Path& path) { return path.size() < Path::max; }
  /// Whether a path that was sent to us is one.
  static bool is_path(const Path& path);

  /// The ids in a range, ascending. Requires: `is_path`.
  std::vector<RecordId> in(const Path& path) const;
  /// How many they are.
  std::size_t count(const Path& path) const;
  /// All zero when there is none in it.
  RangeHash hash_of(const Path& path, const RangeKey& key) const;

 private:
  static constexpr std::size_t depths = 4;
  static constexpr std::size_t buckets_a_depth = 64;
  struct Bucket {
    std::vector<RecordId> ids;
    mutable std::optional<Fixed<16>> hash = std::nullopt;
  };
  static std::size_t bucket_of(RecordType type, const RecordId& id);
  template <class Visit>
  void each_run(const Path& path, Visit visit) const;
  Bucket& touch(RecordType type, const RecordId& id);

  std::array<Bucket, depths * buckets_a_depth> buckets_;
  mutable std::optional<Fixed<16>> root_;  // forgotten when a record comes or goes
  std::size_t size_ = 0;
};

}  // namespace grapevine::dns
