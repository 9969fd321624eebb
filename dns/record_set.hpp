// The set of record ids a registry holds, in 256 buckets that sum their ids as they come and go. Sums do not
// depend on order, so equal sets have equal sums however they came about, and one root tells whether there is
// anything to talk about. Buckets are sixty-four for members, for their keys, for names, and for addresses
// and evidence: who fills the buckets in order has each record's grounds before the record.
//
// A limit, stated: sums of ids can be forged ahead by a member who grinds records (Wagner's generalised
// birthday, 2002). The forger gains that two registries believe themselves equal and one misses records; it
// cannot make anybody believe a record. Ranges hashed under a fresh key, as in negentropy, will close this.
#pragma once

#include "dns/message.hpp"

#include <array>
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
  /// The sum of the second halves of all ids, which are hashes already.
  Fixed<16> root() const;
  /// Eight bytes a bucket.
  Digest digest() const;
  /// The ids of one bucket, ascending.
  const std::vector<RecordId>& bucket(std::uint8_t number) const { return buckets_[number].ids; }

 private:
  struct Slot {
    std::vector<RecordId> ids;
    std::uint64_t sum = 0;
  };
  static std::size_t bucket_of(RecordType type, const RecordId& id);

  std::array<Slot, buckets> buckets_;
  std::array<std::uint64_t, 2> sum_{};
  std::size_t size_ = 0;
};

}  // namespace grapevine::dns
