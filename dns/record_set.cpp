#include "dns/record_set.hpp"

#include "crypto/hash.hpp"

#include <algorithm>

namespace grapevine::dns {

namespace {

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

View bytes_of(const std::vector<RecordId>& ids) {
  static_assert(sizeof(RecordId) == 32, "ids lie one after the other");
  return {reinterpret_cast<const std::uint8_t*>(ids.data()), ids.size() * sizeof(RecordId)};
}

/// The least id in a range, or with `fill` 0xf the greatest.
RecordId bound(const Path& path, std::uint8_t fill) {
  RecordId id;
  id.value.bytes.fill(static_cast<std::uint8_t>(fill << 4 | fill));
  for (std::size_t nibble = 0; nibble + 1 < path.size(); ++nibble) {
    std::uint8_t& byte = id.value.bytes[nibble / 2];
    byte = nibble % 2 == 0 ? static_cast<std::uint8_t>(path[nibble + 1] << 4 | (byte & 0x0f))
                           : static_cast<std::uint8_t>((byte & 0xf0) | path[nibble + 1]);
  }
  return id;
}

}  // namespace

bool RecordSet::contains(RecordType type, const RecordId& id) const {
  const auto& ids = buckets_[bucket_of(type, id)].ids;
  return std::binary_search(ids.begin(), ids.end(), id);
}

void RecordSet::insert(RecordType type, const RecordId& id) {
  auto& ids = touch(type, id).ids;
  const auto at = std::lower_bound(ids.begin(), ids.end(), id);
  ensure(at == ids.end() || *at != id, "a record is inserted once");
  ids.insert(at, id);
  ++size_;
}

void RecordSet::erase(RecordType type, const RecordId& id) {
  auto& ids = touch(type, id).ids;
  const auto at = std::lower_bound(ids.begin(), ids.end(), id);
  ensure(at != ids.end() && *at == id, "only a held record is erased");
  ids.erase(at);
  --size_;
}

Fixed<16> RecordSet::root() const {
  if (root_) return *root_;
  Bytes hashes;
  for (const Bucket& bucket : buckets_) {
    if (!bucket.hash) bucket.hash = hash<16>(purpose::registry_root, {bytes_of(bucket.ids)});
    append(hashes, bucket.hash->view());
  }
  root_ = hash<16>(purpose::registry_root, {hashes});
  return *root_;
}

std::vector<Path> RecordSet::coarsest() {
  std::vector<Path> paths;
  for (std::uint8_t depth = 0; depth < depths; ++depth) {
    for (auto& path : parts(Path(Bytes{depth}))) paths.push_back(std::move(path));
  }
  return paths;
}

std::vector<Path> RecordSet::parts(const Path& path) {
  std::vector<Path> parts(range_parts, path);
  for (std::size_t i = 0; i < range_parts; ++i) parts[i].push_back(static_cast<std::uint8_t>(i));
  return parts;
}

bool RecordSet::is_path(const Path& path) {
  return path.size() >= 2 && path[0] < depths &&
         std::all_of(path.begin() + 1, path.end(), [](std::uint8_t nibble) { return nibble < range_parts; });
}

std::vector<RecordId> RecordSet::in(const Path& path) const {
  std::vector<RecordId> found;
  each_run(path, [&](auto begin, auto end) { found.insert(found.end(), begin, end); });
  return found;
}

std::size_t RecordSet::count(const Path& path) const {
  std::size_t counted = 0;
  each_run(path, [&](auto begin, auto end) { counted += static_cast<std::size_t>(end - begin); });
  return counted;
}

/// What each bucket has of a range, in order.
template <class Visit>
void RecordSet::each_run(const Path& path, Visit visit) const {
  const RecordId first = bound(path, 0), last = bound(path, 0xf);
  const std::size_t of_depth = path[0] * buckets_a_depth;
  for (std::size_t i = first.value.bytes[0] / 4u; i <= last.value.bytes[0] / 4u; ++i) {
    const auto& ids = buckets_[of_depth + i].ids;
    visit(std::lower_bound(ids.begin(), ids.end(), first), std::upper_bound(ids.begin(), ids.end(), last));
  }
}

RangeHash RecordSet::hash_of(const Path& path, const RangeKey& key) const {
  const auto ids = in(path);
  return ids.empty() ? RangeHash{} : hash<8>(purpose::registry_range, {key.view(), bytes_of(ids)});
}

RecordSet::Bucket& RecordSet::touch(RecordType type, const RecordId& id) {
  Bucket& bucket = buckets_[bucket_of(type, id)];
  bucket.hash.reset();
  root_.reset();
  return bucket;
}

std::size_t RecordSet::bucket_of(RecordType type, const RecordId& id) {
  return depth(type) * buckets_a_depth + id.value.bytes[0] / (256 / buckets_a_depth);
}

}  // namespace grapevine::dns
