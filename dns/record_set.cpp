#include "dns/record_set.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

/// Eight bytes of an id as a number, the same on every machine.
std::uint64_t number_at(const RecordId& id, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | id.value.bytes[at + i];
  return number;
}

void write_number(std::uint8_t* to, std::uint64_t number) {
  for (std::size_t i = 0; i < 8; ++i) to[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
}

/// Records refer to those of lower depth, or to others of their own.
std::size_t depth(RecordType type) {
  switch (type) {
    case RecordType::member: return 0;
    case RecordType::id:
    case RecordType::rotation:
    case RecordType::suspension:
    case RecordType::retirement: return 1;
    case RecordType::name:
    case RecordType::transfer:
    case RecordType::vote:
    case RecordType::certificate: return 2;
    case RecordType::address:
    case RecordType::evidence: return 3;
  }
  return 0;
}

}  // namespace

bool RecordSet::contains(RecordType type, const RecordId& id) const {
  const auto& ids = buckets_[bucket_of(type, id)].ids;
  return std::binary_search(ids.begin(), ids.end(), id);
}

void RecordSet::insert(RecordType type, const RecordId& id) {
  Slot& slot = buckets_[bucket_of(type, id)];
  const auto at = std::lower_bound(slot.ids.begin(), slot.ids.end(), id);
  ensure(at == slot.ids.end() || *at != id, "a record is inserted once");
  slot.ids.insert(at, id);
  slot.sum += number_at(id, 8);
  sum_[0] += number_at(id, 16);
  sum_[1] += number_at(id, 24);
  ++size_;
}

void RecordSet::erase(RecordType type, const RecordId& id) {
  Slot& slot = buckets_[bucket_of(type, id)];
  const auto at = std::lower_bound(slot.ids.begin(), slot.ids.end(), id);
  ensure(at != slot.ids.end() && *at == id, "only a held record is erased");
  slot.ids.erase(at);
  slot.sum -= number_at(id, 8);
  sum_[0] -= number_at(id, 16);
  sum_[1] -= number_at(id, 24);
  --size_;
}

Fixed<16> RecordSet::root() const {
  Fixed<16> root;
  write_number(root.data(), sum_[0]);
  write_number(root.data() + 8, sum_[1]);
  return root;
}

Digest RecordSet::digest() const {
  Digest digest;
  for (std::size_t i = 0; i < buckets; ++i) write_number(digest.sums.data() + 8 * i, buckets_[i].sum);
  return digest;
}

std::size_t RecordSet::bucket_of(RecordType type, const RecordId& id) {
  return depth(type) * 64 + id.value.bytes[0] / 4u;
}

}  // namespace grapevine::dns
