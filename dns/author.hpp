// What this node says about itself, written and signed. Every NAME and ADDR takes the next sequence number,
// and the number is in the store before the record leaves: a node that used one twice would contradict
// itself. Numbers also never fall behind the wall clock in milliseconds, so that a node whose store was lost
// still speaks louder than its past.
#pragma once

#include "crypto/random.hpp"
#include "dns/config.hpp"
#include "dns/name.hpp"
#include "dns/record.hpp"
#include "dns/store.hpp"

namespace grapevine::dns {

/// Who we are in this mesh. The key signs our records and must outlive the registry.
struct Self {
  NodeId node;
  Inception inception;
  Signed<Certificate> certificate;
  const SigningKey* key = nullptr;
};

/// Where we listen and what we can do. More than a record holds (8, 8, 16) is cut off, unfit capabilities
/// left out.
struct Announcement {
  std::vector<Endpoint> endpoints = {};
  std::vector<Offering> services = {};
  std::vector<std::string> capabilities = {};
};

class Author {
 public:
  Author(const Self& self, const MeshId& mesh, Store& store, const Config& config);

  Bytes origin() const;
  Bytes address(const Announcement& announcement, WallTime now);
  /// A claim for the given lease; a lease of 0 gives the name up.
  Bytes claim(const Name& name, std::chrono::seconds lease, WallTime now, Random& random);

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
  MeshId mesh_;
  Store* store_;
  Config config_;
  std::uint64_t sequence_ = 0;
};

}  // namespace grapevine::dns
