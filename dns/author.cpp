#include "dns/author.hpp"

#include <algorithm>
#include <set>

namespace grapevine::dns {

namespace {

constexpr std::string_view sequence_key = "sequence";
constexpr std::chrono::minutes clock_slack{2};  // clocks step back as much when they are set right

/// As much of a list as a record holds.
template <class T, std::size_t Max>
void fill(List<T, Max>& to, const std::vector<T>& from) {
  to.assign(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(std::min(Max, from.size())));
}

bool is_capability(const std::string& word) {
  return !word.empty() && word.size() <= 32 && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

Author::Author(const Self& self, const MeshId& mesh, Store& store, const Config& config)
    : node_(self.node),
      inception_(self.inception),
      key_(self.key),
      mesh_(mesh),
      store_(&store),
      config_(config) {
  if (const auto kept = store.get(Table::meta, view(sequence_key))) {
    sequence_ = wire::decode<std::uint64_t>(*kept).value_or(0);
  }
}

Bytes Author::origin() const {
  return seal(inception_, mesh_, *key_);
}

Bytes Author::address(const Announcement& announcement, WallTime now) {
  Address address;
  address.node = node_;
  address.seq = next_sequence(now);
  address.issued = now;
  address.lease_s = static_cast<std::uint32_t>(config_.address_lease.count());
  fill(address.endpoints, announcement.endpoints);
  fill(address.services, announcement.services);
  const std::set<std::string> words(announcement.capabilities.begin(), announcement.capabilities.end());
  for (const auto& word : words) {
    if (is_capability(word) && address.capabilities.size() < address.capabilities.max)
      address.capabilities.emplace_back(word);
  }
  return seal(address, mesh_, *key_);
}

Bytes Author::claim(const Name& name, std::chrono::seconds lease, WallTime now, Random& random) {
  NameClaim claim;
  claim.node = node_;
  claim.seq = next_sequence(now);
  claim.name = Text<63>(name.text());
  claim.key_lease_s = static_cast<std::uint32_t>(lease.count());
  for (auto& byte : claim.salt.bytes) byte = static_cast<std::uint8_t>(random.next());
  claim.issued = now;
  return seal(claim, mesh_, *key_);
}

bool Author::is_ahead_of(WallTime now) const {
  return sequence_ > static_cast<std::uint64_t>(
                         std::max<SignedClock::rep>((now + clock_slack).time_since_epoch().count(), 0));
}

void Author::jump_past(std::uint64_t sequence) {
  if (sequence <= sequence_) return;
  sequence_ = sequence;
  remember();
}

std::uint64_t Author::next_sequence(WallTime now) {
  const auto clock =
      static_cast<std::uint64_t>(std::max<SignedClock::rep>(now.time_since_epoch().count(), 0));
  sequence_ = std::min(std::max(sequence_ + 1, clock), sequence_last);
  remember();
  return sequence_;
}

void Author::remember() {
  store_->put(Table::meta, view(sequence_key), wire::encode(sequence_));
}

}  // namespace grapevine::dns
