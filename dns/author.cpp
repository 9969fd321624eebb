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

void fill(Fixed<16>& nonce, Random& random) {
  for (auto& byte : nonce.bytes) byte = static_cast<std::uint8_t>(random.next());
}

}  // namespace

bool is_capability(std::string_view word) {
  constexpr std::size_t most = decltype(Address::capabilities)::value_type::max;
  return !word.empty() && word.size() <= most && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Author::Author(const Self& self, const MeshId& mesh, Store& store, const Config& config)
    : node_(self.node),
      inception_(self.inception),
      key_(self.key),
      root_(self.root),
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
  address.rot = rot_;
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
  claim.rot = rot_;
  claim.seq = next_sequence(now);
  claim.name = Text<63>(name.text());
  claim.key_lease_s = static_cast<std::uint32_t>(lease.count());
  fill(claim.salt, random);
  claim.issued = now;
  return seal(claim, mesh_, *key_);
}

bool Author::is_ahead_of(WallTime now) const {
  return sequence_ > static_cast<std::uint64_t>(
                         std::max<SignedClock::rep>((now + clock_slack).time_since_epoch().count(), 0));
}

Bytes Author::vote(const Skeleton& name, const Choice& choice) const {
  Vote vote;
  vote.voter = node_;
  vote.rot = rot_;
  vote.skeleton.assign(name.value);
  vote.term = choice.term;
  vote.since = choice.since;
  vote.claim = choice.claim;
  return seal(vote, mesh_, *key_);
}

void Author::speak_as(const SigningKey& key, std::uint32_t rot) {
  key_ = &key;
  rot_ = rot;
}

Bytes Author::revocation(Revocation revocation) const {
  revocation.by = root_ != nullptr ? NodeId{} : node_;
  revocation.rot = root_ != nullptr ? 0 : rot_;
  return seal_member(Signed<Revocation>(revocation, mesh_, root_ != nullptr ? *root_ : *key_));
}

Bytes Author::rotation(const SigningKey& key, std::uint32_t rot, const RecordId& prev,
                       const KeyCommitment& promise) const {
  return seal(Rotation{.node = node_, .rot = rot, .prev = prev, .key = key.public_key(), .next = promise},
              mesh_, key);
}

Bytes Author::suspension(Cause cause) const {
  return seal(Suspension{.node = node_, .rot = rot_, .cause = cause}, mesh_, *key_);
}

Offer Author::offer(const Name& name, const NodeId& to, std::uint32_t to_rot, Term not_before, WallTime now,
                    Random& random) {
  Transfer transfer;
  transfer.name = Text<63>(name.text());
  transfer.from = node_;
  transfer.from_rot = rot_;
  transfer.from_seq = next_sequence(now);
  transfer.to = to;
  transfer.to_rot = to_rot;
  transfer.not_before = not_before;
  fill(transfer.nonce, random);
  return {transfer, key_->sign(sentence_of(transfer, mesh_))};
}

Bytes Author::accept(const Offer& offer) const {
  return envelope_of(offer.transfer, {offer.signature, key_->sign(sentence_of(offer.transfer, mesh_))});
}

Bytes retirement(const MeshId& mesh, const NodeId& node, const SigningKey& ending, Cause cause) {
  return seal(Retirement{.node = node, .key = ending.public_key(), .cause = cause}, mesh, ending);
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
