// What this node says about itself, written and signed. Every NAME and ADDR takes the next sequence number,
// and the number is in the store before the record leaves: a node that used one twice would contradict
// itself. Numbers also never fall behind the wall clock in milliseconds, so that a node whose store was lost
// still speaks louder than its past. What is said is signed with one key at a time, the last of the chain.
#pragma once

#include "crypto/random.hpp"
#include "dns/config.hpp"
#include "dns/message.hpp"
#include "dns/name.hpp"
#include "dns/poll.hpp"
#include "dns/record.hpp"
#include "dns/store.hpp"

namespace grapevine::dns {

/// Who we are in this mesh. The keys must outlive the registry.
struct Self {
  NodeId node;
  Inception inception;
  Signed<Certificate> certificate;
  const SigningKey* key = nullptr;   // signs our records
  const SigningKey* root = nullptr;  // signs revocations and certificates, on the device that has it
  std::vector<Bytes> chain = {};     // once rotated: ID and every ROT, lest a lost store leaves us mute
};

/// Where we listen and what we can do. More than a record holds (8, 8, 16) is cut off, unfit capabilities
/// left out.
struct Announcement {
  std::vector<Endpoint> endpoints = {};
  std::vector<Offering> services = {};
  std::vector<std::string> capabilities = {};
};

/// What a device can do, as one word: 1 to 32 of a-z, 0-9 and hyphen.
bool is_capability(std::string_view word);

/// The RETIRE record of a node whose inception names this ending key. Made at birth and kept on paper, it
/// needs no key when it is needed.
Bytes retirement(const MeshId& mesh, const NodeId& node, const SigningKey& ending, Cause cause);

class Author {
 public:
  Author(const Self& self, const MeshId& mesh, Store& store, const Config& config);

  Bytes origin() const;
  Bytes address(const Announcement& announcement, WallTime now);
  /// A claim for the given lease; a lease of 0 gives the name up.
  Bytes claim(const Name& name, std::chrono::seconds lease, WallTime now, Random& random);

  /// ROT: from now on `key` speaks, the `rot`-th after the first; `prev` showed the one before.
  Bytes rotation(const SigningKey& key, std::uint32_t rot, const RecordId& prev,
                 const KeyCommitment& promise) const;
  /// Our key, and its number in its chain.
  void speak_as(const SigningKey& key, std::uint32_t rot);
  /// MEMBER: this node is one no more. By the root, on the device that has its key.
  Bytes revocation(Revocation revocation) const;
  Bytes suspension(Cause cause) const;
  /// Our half of a transfer to whoever speaks with its key `to_rot`.
  Offer offer(const Name& name, const NodeId& to, std::uint32_t to_rot, Term not_before, WallTime now,
              Random& random);
  /// XFER: their half and ours.
  Bytes accept(const Offer& offer) const;
  /// Our vote on a name. Requires: `voter.hpp` has chosen it.
  Bytes vote(const Skeleton& name, const Choice& choice) const;

  /// The last number used.
  std::uint64_t sequence() const { return sequence_; }
  /// Whether the last number used lies well ahead of this clock: a clock that was set back no longer keeps
  /// numbers apart by itself.
  bool is_ahead_of(WallTime now) const;
  /// A record of ours that we do not remember has come: never use its number, or a lesser one, again.
  void jump_past(std::uint64_t sequence);

 private:
  std::uint64_t next_sequence(WallTime now);
  void remember();

  NodeId node_;
  Inception inception_;
  const SigningKey* key_;
  const SigningKey* root_;
  std::uint32_t rot_ = 0;
  MeshId mesh_;
  Store* store_;
  Config config_;
  std::uint64_t sequence_ = 0;
};

}  // namespace grapevine::dns
