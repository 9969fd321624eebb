// What two registries say to become equal (sync.hpp). The side that asks keeps the state; the side that
// answers keeps none: every message can be answered from the registry alone. Numbers 60-79 belong to this
// floor.
#pragma once

#include "crypto/certificate.hpp"
#include "dns/record.hpp"

#include <variant>

namespace grapevine::dns {

inline constexpr std::size_t buckets = 256;
inline constexpr std::size_t listed_ids_max =
    2048;  // in one Listing: more than one bucket of a full registry holds
inline constexpr std::size_t batch_records_max = 64;  // some 3 ms of signatures to check
inline constexpr std::size_t batch_bytes_max = 48 * 1024;

/// The first half of a record id: enough to tell records apart.
using ShortId = Fixed<16>;

/// "This is the sum of each of my buckets": eight bytes each, in order.
struct Digest {
  static constexpr std::uint8_t number = 60;
  Fixed<buckets * 8> sums;
  static auto fields(auto& self) { return std::tie(self.sums); }
};

/// All records in one bucket, as short ids one after the other.
struct Bucket {
  std::uint8_t number = 0;
  Blob<listed_ids_max * ShortId::size()> ids;
  static auto fields(auto& self) { return std::tie(self.number, self.ids); }
};
/// "We differ in these": whole buckets in ascending order; none when we are equal.
struct Listing {
  static constexpr std::uint8_t number = 61;
  List<Bucket, buckets> differing;
  static auto fields(auto& self) { return std::tie(self.differing); }
};

/// "Send me these"; answered by Records of the same turn, be it empty.
struct Wanted {
  static constexpr std::uint8_t number = 62;
  std::uint32_t turn = 1;
  List<ShortId, batch_records_max> ids;
  static auto fields(auto& self) { return std::tie(self.turn, self.ids); }
};

/// Records, at most `batch_records_max` and `batch_bytes_max` bytes in all. Turn 0 was not asked for: it is
/// what the receiver lacks.
struct Records {
  static constexpr std::uint8_t number = 63;
  std::uint32_t turn = 0;
  List<Blob<record_bytes_max>, batch_records_max> records;
  static auto fields(auto& self) { return std::tie(self.turn, self.records); }
};

using Message = std::variant<Digest, Listing, Wanted, Records>;

}  // namespace grapevine::dns
