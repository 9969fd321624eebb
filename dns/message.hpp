// What two registries say to become equal (sync.hpp), a giver to the receiver of a name, and a claimant to
// its jury. The side that asks keeps the state; the side that answers keeps none: every message can be
// answered from the registry alone. Numbers
// 60-79 belong to this floor.
#pragma once

#include "crypto/certificate.hpp"
#include "dns/record.hpp"

#include <variant>

namespace grapevine::dns {

inline constexpr std::size_t range_parts = 16;
inline constexpr std::size_t asked_ranges_max = 64;  // in one Question
/// Of a range with no more records their ids are listed: two such ranges, where an address was replaced, and
/// what leads to them fit into 4 KB.
inline constexpr std::size_t leaf_ids_max = 64;
inline constexpr std::size_t listed_ids_max = 2048;   // in one Comparison
inline constexpr std::size_t batch_records_max = 64;  // some 3 ms of signatures to check
inline constexpr std::size_t batch_bytes_max = 48 * 1024;

/// The first half of a record id: enough to tell records apart.
using ShortId = Fixed<16>;

/// Which records a range holds (record_set.hpp): a depth, then nibbles of the id. Sixteen are 2^60 deep.
using Path = Blob<16>;
/// Drawn by the asker for one exchange, so that nobody can have prepared records that hash alike under it.
using RangeKey = Fixed<8>;
using RangeHash = Fixed<8>;

struct AskedRange {
  Path path;
  RangeHash hash;  // zero: I hold nothing there
  static auto fields(auto& self) { return std::tie(self.path, self.hash); }
};
/// "This is what I hold in these ranges: where do we differ?"
struct Question {
  static constexpr std::uint8_t number = 60;
  std::uint32_t turn = 1;
  RangeKey key;
  List<AskedRange, asked_ranges_max> ranges;
  static auto fields(auto& self) { return std::tie(self.turn, self.key, self.ranges); }
};

/// An asked range that differs: short ids of all I hold there, or the hashes of its sixteen parts.
struct Difference {
  std::uint8_t range = 0;  // which one of those asked
  Blob<listed_ids_max * ShortId::size()> ids;
  Blob<range_parts * RangeHash::size()> hashes;  // empty when ids are listed
  static auto fields(auto& self) { return std::tie(self.range, self.ids, self.hashes); }
};
/// What is said in the same turn of the first `ranges` of those asked, as many as fit; those not mentioned
/// are equal.
struct Comparison {
  static constexpr std::uint8_t number = 61;
  std::uint32_t turn = 0;
  std::uint8_t ranges = 0;
  List<Difference, asked_ranges_max> differing;
  static auto fields(auto& self) { return std::tie(self.turn, self.ranges, self.differing); }
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

/// Half a transfer: what the giver has signed and the receiver has not yet. Said to the receiver alone, and
/// not answered: a person decides (offers.hpp).
struct Offer {
  static constexpr std::uint8_t number = 64;
  Transfer transfer;
  Signature signature;
  static auto fields(auto& self) { return std::tie(self.transfer, self.signature); }
};

/// "I shall make the claim with this hash" (arrivals.hpp): to a jury, ahead of the claim.
struct ClaimAhead {
  static constexpr std::uint8_t number = 65;
  Fixed<32> hash;
  static auto fields(auto& self) { return std::tie(self.hash); }
};

using Message = std::variant<Question, Comparison, Wanted, Records, Offer, ClaimAhead>;

}  // namespace grapevine::dns
